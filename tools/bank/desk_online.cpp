// The desk's part of online orders: placed by a merchant, settled by a payer or by the time.
#include "tools/bank/desk.hpp"

namespace suanpan::bank {

void desk::place_online(const online_order& wanted, std::function<void(const online_order&)> told) {
  const std::lock_guard lock(mutex_);
  online_order answer;
  const auto& asked = wanted.what;
  if (const auto* known = online_.find(asked.merchant, asked.reference)) {
    if (known->what.amount == asked.amount && known->what.ccy == asked.ccy) answer = *known;
  } else if (bank_.query(asked.merchant, asked.reference).is == status::not_found) {
    answer = wanted;
    answer.at = clock_micros();
    keep(online_placed{answer});
    expect_expiry(online_.place(answer));
  }
  when_durable([told = std::move(told), answer = std::move(answer)] { told(answer); });
}

online_order desk::online(std::string_view handle) const {
  const std::lock_guard lock(mutex_);
  const auto* known = online_.find(handle);
  return known == nullptr ? online_order{} : *known;
}

page_outcome desk::settle_online(const payer_choice& what, const hears& answered) {
  const std::lock_guard lock(mutex_);
  const auto* known = online_.find(what.handle);
  if (known == nullptr) return page_outcome::unknown_order;
  if (!known->open) return page_outcome::closed_before;
  arrival a{{known->what, known->callback_url}, what.pays ? "" : "payer_declined", what.handle};
  a.order.what.card = what.account;
  return receive(a, answered) == expectation::answer ? page_outcome::answer : page_outcome::silence;
}

void desk::expect_expiry(const online_order& order) {
  hands_.wakes->at(order.at + options_.expire_micros,
                   [this, handle = order.handle] { expire(handle); });
}

void desk::expire(const std::string& handle) {
  const std::lock_guard lock(mutex_);
  const auto* known = online_.find(handle);
  if (known == nullptr || !known->open) return;
  receive({{known->what, known->callback_url}, "expired", handle}, {});
}

}  // namespace suanpan::bank
