#include "tools/bank/card_book.hpp"

namespace suanpan::bank {

bool is_token(std::string_view card) {
  return card.starts_with("tok_");
}

void card_book::bind(bound_card fresh) {
  token_by_reference_[{fresh.merchant, fresh.reference}] = fresh.token;
  const key at{fresh.merchant, fresh.token};
  by_token_[at] = std::move(fresh);
}

bool card_book::unbind(std::string_view merchant, std::string_view token) {
  const auto it = by_token_.find(std::pair{std::string(merchant), std::string(token)});
  if (it == by_token_.end()) return false;
  it->second.bound = false;
  return true;
}

const bound_card* card_book::find(std::string_view merchant, std::string_view reference) const {
  const auto it =
      token_by_reference_.find(std::pair{std::string(merchant), std::string(reference)});
  return it == token_by_reference_.end() ? nullptr : find_token(merchant, it->second);
}

const bound_card* card_book::find_token(std::string_view merchant, std::string_view token) const {
  const auto it = by_token_.find(std::pair{std::string(merchant), std::string(token)});
  return it == by_token_.end() ? nullptr : &it->second;
}

}  // namespace suanpan::bank
