// What is asked of the NOTIFIER beside what payment_messages.hpp says of it.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/payment_records.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace suanpan {

/// Send again by hand what was acknowledged, given up, or is waiting: one event, all of an order,
/// or all of a merchant that were caused in a range of time. Under the same webhook-id as before. A
/// receiver is told at least once; a resend that is cut off by a crash is not taken up again.
class notification_resend {
 public:
  virtual ~notification_resend() = default;
  virtual void finish() noexcept = 0;

  merchant_id merchant;             // in: whose they must be
  std::optional<payment_id> order;  // in: of this order alone
  std::int32_t sequence = 0;        // in, with `order`: this event alone; 0: all of the order
  std::int64_t from_micros = 0;     // in, without `order`: caused at or after
  std::int64_t to_micros = 0;       // in, likewise: before; 0: until now
  std::uint32_t limit = 1'000;      // in: at most so many, oldest first; at most resend_most

  read_result result = read_result::none;  // out: not_found: the order is not this merchant's
  std::uint32_t taken = 0;                 // out: so many are on their way
  bool more = false;                       // out: the limit cut it short
  std::int64_t last_micros = 0;            // out: caused time of the last one taken

  static constexpr std::uint32_t resend_most = 10'000;
};
using notification_resend_ptr = std::shared_ptr<notification_resend>;

// --- endpoint -> NOTIFIER
// -------------------------------------------------------------------------------------------------
struct resend_notifications {
  notification_resend_ptr call;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::resend_notifications)
