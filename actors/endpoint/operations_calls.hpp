// Methods of Operations: notifications and cases.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"
#include "protocol/messages/notifier_messages.hpp"
#include "protocol/messages/payment_reads.hpp"
#include "protocol/messages/payment_requests.hpp"

#include <cstdint>
#include <string>

namespace suanpan::endpoint {

/// ListNotifications.
class list_notifications_call final : public queued_call, public notification_list_read {
 public:
  explicit list_notifications_call(const arrival& call)
      : queued_call(call, rpc_method::list_notifications) {}
  void finish() noexcept override;

 private:
  void begin() override;

  std::string filter_;
  std::uint32_t page_size_ = 0;
};

/// ResendNotifications.
class resend_notifications_call final : public queued_call, public notification_resend {
 public:
  explicit resend_notifications_call(const arrival& call)
      : queued_call(call, rpc_method::resend_notifications) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// ListCases.
class list_cases_call final : public queued_call, public case_list_read {
 public:
  explicit list_cases_call(const arrival& call) : queued_call(call, rpc_method::list_cases) {}
  void finish() noexcept override;

 private:
  void begin() override;

  std::string filter_;
  std::uint32_t page_size_ = 0;
};

/// GetCase: the order's life, and the one case of it.
class get_case_call final : public queued_call, public payment_read {
 public:
  explicit get_case_call(const arrival& call) : queued_call(call, rpc_method::get_case) {}
  void finish() noexcept override;

 private:
  void begin() override;

  std::uint32_t which_ = 0;  // 0: the last one
};

}  // namespace suanpan::endpoint
