#include "tools/orders/successes.hpp"

#include "protocol/model/payment.hpp"

namespace suanpan::orders {
namespace {

std::string_view bank_kind_of(const v1::PaymentAttempt& attempt) {
  if (attempt.operation() == "refund") return "refund";
  return attempt.operation() == "payout" ? "payout" : "pay";
}

}  // namespace

std::vector<our_success> successes_of(const std::vector<v1::Payment>& all) {
  std::vector<our_success> found;
  for (const auto& one : all)
    for (const auto& attempt : one.attempts())
      if (attempt.outcome() == v1::CHANNEL_OUTCOME_SUCCEEDED)
        found.push_back({.order = std::string(name_of(static_cast<payment_kind>(one.kind()))) +
                                  ' ' + one.order_number(),
                         .reference = attempt.reference(),
                         .kind = std::string(bank_kind_of(attempt)),
                         .amount = {one.amount()},
                         .currency = one.currency()});
  return found;
}

}  // namespace suanpan::orders
