// Why a merchant's wish is refused: lawful answers, for ever the same while nothing changes.
#pragma once

#include <cstdint>
#include <string_view>

namespace suanpan {

/// Why a call is refused. Nothing was done, and nothing is recorded.
enum class payment_refusal : std::uint8_t {
  none,
  // About the order number (R4): before anything else.
  order_number_reused,  // same number, other content: `field` names the first that differs
  request_in_progress,  // the same request is being worked on right now: ask again
  // About the request and the merchant's terms.
  product_not_allowed,
  merchant_closed,
  card_not_found,  // or unbound, or another merchant's
  no_channel,      // none is configured for product, currency and amount
  amount_out_of_range,
  expired,  // its time had passed when it came
  payment_not_found,
  // About the stage of an order.
  not_retryable,  // not a quick pay that waits for another card
  attempts_exhausted,
  attempt_open,  // an attempt is processing or unknown: no second card, no close, no refund
  already_terminal,
  not_refundable,      // not paid, or its kind can't be refunded, or not in this currency
  exceeds_refundable,  // `refundable` says how much is left
  // Nothing is known to have happened.
  overloaded,
  unavailable,
  internal,
};
[[nodiscard]] std::string_view name_of(payment_refusal refusal);

}  // namespace suanpan
