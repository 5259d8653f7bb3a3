// Payments of suanpan.v1 on gRPC's callback API, as ledger_service.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "suanpan/v1/payments.grpc.pb.h"

#include <memory>
#include <utility>

namespace suanpan::endpoint {

namespace detail {
using v1::Payments;
using raw_payment_reads =
    Payments::WithRawCallbackMethod_GetPayment<Payments::WithRawCallbackMethod_ListPayments<
        Payments::WithRawCallbackMethod_ExplainPayment<Payments::Service>>>;
using raw_payment_ends = Payments::WithRawCallbackMethod_RetryPayment<
    Payments::WithRawCallbackMethod_ClosePayment<raw_payment_reads>>;
using raw_payouts =
    Payments::WithRawCallbackMethod_CreatePayout<Payments::WithRawCallbackMethod_CreateWithdrawal<
        Payments::WithRawCallbackMethod_CreateRefund<raw_payment_ends>>>;
using raw_payments = Payments::WithRawCallbackMethod_CreateTopUp<
    Payments::WithRawCallbackMethod_CreateTransfer<Payments::WithRawCallbackMethod_CreateQuickPay<
        Payments::WithRawCallbackMethod_CreateOnlineBankPay<
            Payments::WithRawCallbackMethod_CreateWithholding<raw_payouts>>>>>;
}  // namespace detail

class payment_service final : public detail::raw_payments {
 public:
  explicit payment_service(std::shared_ptr<ledger_context> context)
      : context_(std::move(context)) {}

  using bytes = grpc::ByteBuffer;
  using unary = grpc::ServerUnaryReactor;
  using call = grpc::CallbackServerContext;

  unary* CreateTopUp(call* from, const bytes* in, bytes* out) override;
  unary* CreateTransfer(call* from, const bytes* in, bytes* out) override;
  unary* CreateQuickPay(call* from, const bytes* in, bytes* out) override;
  unary* CreateOnlineBankPay(call* from, const bytes* in, bytes* out) override;
  unary* CreateWithholding(call* from, const bytes* in, bytes* out) override;
  unary* CreatePayout(call* from, const bytes* in, bytes* out) override;
  unary* CreateWithdrawal(call* from, const bytes* in, bytes* out) override;
  unary* CreateRefund(call* from, const bytes* in, bytes* out) override;
  unary* RetryPayment(call* from, const bytes* in, bytes* out) override;
  unary* ClosePayment(call* from, const bytes* in, bytes* out) override;
  unary* GetPayment(call* from, const bytes* in, bytes* out) override;
  unary* ListPayments(call* from, const bytes* in, bytes* out) override;
  unary* ExplainPayment(call* from, const bytes* in, bytes* out) override;

 private:
  std::shared_ptr<ledger_context> context_;
};

}  // namespace suanpan::endpoint
