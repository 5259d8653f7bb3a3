#include "tools/bank/online_book.hpp"

namespace suanpan::bank {

const online_order& online_book::place(online_order fresh) {
  handle_by_reference_[{fresh.what.merchant, fresh.what.reference}] = fresh.handle;
  const auto handle = fresh.handle;
  return orders_.insert_or_assign(handle, std::move(fresh)).first->second;
}

void online_book::close(std::string_view handle) {
  const auto it = orders_.find(handle);
  if (it != orders_.end()) it->second.open = false;
}

const online_order* online_book::find(std::string_view handle) const {
  const auto it = orders_.find(handle);
  return it == orders_.end() ? nullptr : &it->second;
}

const online_order* online_book::find(std::string_view merchant, std::string_view reference) const {
  const auto it =
      handle_by_reference_.find(std::pair{std::string(merchant), std::string(reference)});
  return it == handle_by_reference_.end() ? nullptr : find(it->second);
}

}  // namespace suanpan::bank
