#include "tools/orders/order_cases.hpp"

#include <array>

namespace suanpan::orders {
namespace {

using bank::behaviour;

// Whether the lie moves money in the end; the others leave a lawful refusal or nothing at all.
constexpr bool comes_to_nothing(behaviour lie) {
  return lie == behaviour::timeout_then_nothing || lie == behaviour::dropped_before;
}
constexpr bool is_declined(behaviour lie) {
  return lie == behaviour::declined || lie == behaviour::no_funds;
}

order_case judged(payment_kind kind, behaviour lie) {
  order_case one{.kind = kind, .lie = lie};
  if (is_declined(lie)) {
    one.ends = payment_stage::failed;
    one.failure = lie == behaviour::declined ? "card_declined" : "insufficient_funds";
  } else if (comes_to_nothing(lie)) {
    // Proved by a final "not found": nothing was paid, and nothing can come any more.
    one.ends = payment_stage::failed;
    one.failure = "never_received";
  }
  if (lie == behaviour::callback_wrong_amount) one.opens = case_reason::answer_mismatched;
  return one;
}

}  // namespace

std::string order_case::name() const {
  const auto& entry = bank::behaviours()[static_cast<std::size_t>(lie)];
  return std::string(name_of(kind)) + ' ' + std::string(entry.digits) + ' ' +
         std::string(entry.name);
}

std::vector<order_case> order_cases() {
  std::vector<order_case> all;
  all.push_back({.kind = payment_kind::transfer});
  for (const auto kind : payment_kinds) {
    if (kind == payment_kind::transfer) continue;
    for (const auto& entry : bank::behaviours()) {
      const bool by_page = kind == payment_kind::online_bank_pay;
      // The payer tries again at the page until something comes of it: the order stays open.
      if (by_page && comes_to_nothing(entry.what)) continue;
      auto one = judged(kind, entry.what);
      if (kind == payment_kind::refund && one.ends != payment_stage::succeeded) continue;
      all.push_back(one);
    }
  }
  return all;
}

std::string card_number_of(behaviour lie, int serial) {
  const auto digits = bank::behaviours()[static_cast<std::size_t>(lie)].digits;
  auto serial_text = std::to_string(10'000 + serial % 10'000).substr(1);
  std::string number = "622588" + serial_text + "0" + std::string(digits);
  // The digit in front of the last four is free: one value of it satisfies Luhn.
  for (char free = '0'; free <= '9'; ++free) {
    number[number.size() - 5] = free;
    int sum = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
      int digit = number[number.size() - 1 - i] - '0';
      if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
      sum += digit;
    }
    if (sum % 10 == 0) return number;
  }
  return number;
}

}  // namespace suanpan::orders
