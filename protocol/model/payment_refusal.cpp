#include "protocol/model/payment_refusal.hpp"

namespace suanpan {

std::string_view name_of(payment_refusal refusal) {
  switch (refusal) {
    case payment_refusal::none:
      return "none";
    case payment_refusal::order_number_reused:
      return "order_number_reused";
    case payment_refusal::request_in_progress:
      return "request_in_progress";
    case payment_refusal::product_not_allowed:
      return "product_not_allowed";
    case payment_refusal::merchant_closed:
      return "merchant_closed";
    case payment_refusal::card_not_found:
      return "card_not_found";
    case payment_refusal::no_channel:
      return "no_channel";
    case payment_refusal::amount_out_of_range:
      return "amount_out_of_range";
    case payment_refusal::expired:
      return "expired";
    case payment_refusal::payment_not_found:
      return "payment_not_found";
    case payment_refusal::not_retryable:
      return "not_retryable";
    case payment_refusal::attempts_exhausted:
      return "attempts_exhausted";
    case payment_refusal::attempt_open:
      return "attempt_open";
    case payment_refusal::already_terminal:
      return "already_terminal";
    case payment_refusal::not_refundable:
      return "not_refundable";
    case payment_refusal::exceeds_refundable:
      return "exceeds_refundable";
    case payment_refusal::overloaded:
      return "overloaded";
    case payment_refusal::unavailable:
      return "unavailable";
    case payment_refusal::internal:
      return "internal";
  }
  return "refusal_not_known";
}

}  // namespace suanpan
