// Methods of Payments that only read: GetPayment, ListPayments, ExplainPayment.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"
#include "protocol/messages/payment_requests.hpp"

namespace suanpan::endpoint {

/// One payment, by its id or the merchant's order number.
class one_payment_call : public queued_call, public payment_read {
 public:
  void finish() noexcept final;

 protected:
  using queued_call::queued_call;
  /// Judges how the payment is named, and asks; `Request`: GetPayment's or ExplainPayment's.
  template <class Request>
  void look_up(const Request& request);
  virtual void tell(const payment_life& life) = 0;
};

/// GetPayment.
class get_payment_call final : public one_payment_call {
 public:
  explicit get_payment_call(const arrival& call)
      : one_payment_call(call, rpc_method::get_payment) {}

 private:
  void begin() override;
  void tell(const payment_life& life) override;
};

/// ExplainPayment.
class explain_payment_call final : public one_payment_call {
 public:
  explicit explain_payment_call(const arrival& call)
      : one_payment_call(call, rpc_method::explain_payment) {}

 private:
  void begin() override;
  void tell(const payment_life& life) override;
};

/// ListPayments.
class list_payments_call final : public queued_call, public payment_read {
 public:
  explicit list_payments_call(const arrival& call) : queued_call(call, rpc_method::list_payments) {}
  void finish() noexcept override;

 private:
  void begin() override;

  std::string filter_;
  std::uint32_t page_size_ = 0;
};

}  // namespace suanpan::endpoint
