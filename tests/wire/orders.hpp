// A merchant's requests as they would come, without fault.
#pragma once

#include "suanpan/v1/payments.pb.h"

#include <string>

namespace suanpan::wire {

inline const std::string some_card = "card_01J8ZQ4K2M7N9P0R1S2T3V4W5X";
inline const std::string some_payment = "pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y";

/// Merchant, number, amount, currency, description; what is the kind's own is not set.
template <class Request>
[[nodiscard]] Request plain_request() {
  Request r;
  r.set_merchant("M001");
  r.set_order_number("order-1");
  r.set_amount(10'000);
  r.set_currency("CNY");
  r.set_description("午餐");
  return r;
}

[[nodiscard]] inline v1::CreateQuickPayRequest good_quick_pay() {
  auto r = plain_request<v1::CreateQuickPayRequest>();
  r.set_card(some_card);
  return r;
}
[[nodiscard]] inline v1::CreateTopUpRequest good_top_up() {
  auto r = plain_request<v1::CreateTopUpRequest>();
  r.set_card(some_card);
  r.set_payer("user:42");
  return r;
}
[[nodiscard]] inline v1::CreateTransferRequest good_transfer_order() {
  auto r = plain_request<v1::CreateTransferRequest>();
  r.set_payer("user:42");
  r.set_payee("merchant:M002");
  return r;
}
[[nodiscard]] inline v1::CreateOnlineBankPayRequest good_online_bank_pay() {
  auto r = plain_request<v1::CreateOnlineBankPayRequest>();
  r.set_return_url("https://shop.example/done?order=1");
  return r;
}
[[nodiscard]] inline v1::CreateRefundRequest good_refund() {
  auto r = plain_request<v1::CreateRefundRequest>();
  r.set_payment_id(some_payment);
  return r;
}

}  // namespace suanpan::wire
