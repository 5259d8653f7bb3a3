// Methods of Payments that act: Create…, RetryPayment, ClosePayment. Each is handed to the
// supervisor of its merchant's shard and answered with how the order stands.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"
#include "protocol/messages/payment_requests.hpp"
#include "protocol/wire/payments.hpp"
#include "suanpan/v1/payments.pb.h"

namespace suanpan::endpoint {

/// What they share once it is known what is asked.
class payment_act_call : public queued_call, public payment_call {
 public:
  void finish() noexcept final;

 protected:
  using queued_call::queued_call;
  /// Create: hands it on, or refuses what is at fault.
  void take(wire::judged<payment_order> order);
  /// Hands it to the supervisor of the merchant's shard.
  void ask();

 private:
  /// The order may have been accepted: says so, and how to ask.
  void answer_late() noexcept override;
};

/// Create…, one for each kind.
template <class Request, rpc_method Method>
class create_payment_call final : public payment_act_call {
 public:
  explicit create_payment_call(const arrival& from) : payment_act_call(from, Method) {}

 private:
  void begin() override {
    Request request;
    if (parse(request)) take(wire::translate(request, own_merchant(*who_)));
  }
};

/// RetryPayment.
class retry_payment_call final : public payment_act_call {
 public:
  explicit retry_payment_call(const arrival& from)
      : payment_act_call(from, rpc_method::retry_payment) {}

 private:
  void begin() override;
};

/// ClosePayment.
class close_payment_call final : public payment_act_call {
 public:
  explicit close_payment_call(const arrival& from)
      : payment_act_call(from, rpc_method::close_payment) {}

 private:
  void begin() override;
};

}  // namespace suanpan::endpoint
