#include "actors/endpoint/payment_service.hpp"

#include "actors/endpoint/payment_calls.hpp"
#include "actors/endpoint/payment_read_calls.hpp"

namespace suanpan::endpoint {

using unary = payment_service::unary;

unary* payment_service::CreateTopUp(call* from, const bytes* in, bytes* out) {
  return unary_call::start<create_payment_call<v1::CreateTopUpRequest, rpc_method::create_top_up>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreateTransfer(call* from, const bytes* in, bytes* out) {
  return unary_call::start<
      create_payment_call<v1::CreateTransferRequest, rpc_method::create_transfer>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreateQuickPay(call* from, const bytes* in, bytes* out) {
  return unary_call::start<
      create_payment_call<v1::CreateQuickPayRequest, rpc_method::create_quick_pay>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreateOnlineBankPay(call* from, const bytes* in, bytes* out) {
  return unary_call::start<
      create_payment_call<v1::CreateOnlineBankPayRequest, rpc_method::create_online_bank_pay>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreateWithholding(call* from, const bytes* in, bytes* out) {
  return unary_call::start<
      create_payment_call<v1::CreateWithholdingRequest, rpc_method::create_withholding>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreatePayout(call* from, const bytes* in, bytes* out) {
  return unary_call::start<create_payment_call<v1::CreatePayoutRequest, rpc_method::create_payout>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreateWithdrawal(call* from, const bytes* in, bytes* out) {
  return unary_call::start<
      create_payment_call<v1::CreateWithdrawalRequest, rpc_method::create_withdrawal>>(
      {context_, *from, *in, *out});
}

unary* payment_service::CreateRefund(call* from, const bytes* in, bytes* out) {
  return unary_call::start<create_payment_call<v1::CreateRefundRequest, rpc_method::create_refund>>(
      {context_, *from, *in, *out});
}

unary* payment_service::RetryPayment(call* from, const bytes* in, bytes* out) {
  return unary_call::start<retry_payment_call>({context_, *from, *in, *out});
}

unary* payment_service::ClosePayment(call* from, const bytes* in, bytes* out) {
  return unary_call::start<close_payment_call>({context_, *from, *in, *out});
}

unary* payment_service::GetPayment(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_payment_call>({context_, *from, *in, *out});
}

unary* payment_service::ListPayments(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_payments_call>({context_, *from, *in, *out});
}

unary* payment_service::ExplainPayment(call* from, const bytes* in, bytes* out) {
  return unary_call::start<explain_payment_call>({context_, *from, *in, *out});
}

}  // namespace suanpan::endpoint
