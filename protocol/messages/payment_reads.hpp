// What the endpoint asks the payment reader beside payments: lists of notifications and of cases.
// As requests.hpp: one object for each call, finished exactly once, never blocking or throwing.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/payment_life.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace suanpan {

/// ListNotifications: newest order first, within an order by sequence.
class notification_list_read {
 public:
  virtual ~notification_list_read() = default;
  virtual void finish() noexcept = 0;

  std::optional<merchant_id> merchant;  // in: only this merchant's
  std::optional<payment_id> order;      // in: only this order's
  bool waiting_only = false;            // in: neither acknowledged nor given up
  // in: page token: those of older orders, and of this order those above `after_sequence`; a zero
  // id: from the newest.
  payment_id from_order;
  std::int32_t after_sequence = 0;
  std::uint32_t limit = 100;  // in: the endpoint asks for one more than a page holds

  read_result result = read_result::none;
  std::vector<listed_notification> found;  // out
};
using notification_list_read_ptr = std::shared_ptr<notification_list_read>;

/// ListCases: newest first.
class case_list_read {
 public:
  virtual ~case_list_read() = default;
  virtual void finish() noexcept = 0;

  std::optional<merchant_id> merchant;  // in: only this merchant's
  std::optional<payment_id> order;      // in: only this order's
  std::optional<case_reason> reason;    // in: only of this reason
  std::int64_t before_micros = 0;       // in: page token: opened before; 0: from the newest
  std::uint32_t limit = 100;            // in: the endpoint asks for one more than a page holds

  read_result result = read_result::none;
  std::vector<found_case> found;  // out
};
using case_list_read_ptr = std::shared_ptr<case_list_read>;

// --- endpoint -> PAYMENT_READER
// -------------------------------------------------------------------------------------------------
struct read_notifications {
  notification_list_read_ptr read;
};
struct read_cases {
  case_list_read_ptr read;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_notifications)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_cases)
