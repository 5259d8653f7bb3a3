// What is asked of the NOTIFIER beside what payment_messages.hpp says of it.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/payment_life.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

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
  // in, without `order`: caused at or after; of orders accepted up to 31 days before that
  std::int64_t from_micros = 0;
  std::int64_t to_micros = 0;   // in, likewise: before; 0: until now
  std::uint32_t limit = 1'000;  // in: at most so many, oldest first; at most resend_most

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

// --- NOTIFIER <-> NOTIFICATION_DESK (detached, a session of its own)
// -------------------------------------------------------------------------------------------------
/// A merchant's events, whatever became of them: of one order, or caused in a range of time, oldest
/// first.
struct notification_question {
  merchant_id merchant;
  std::optional<payment_id> order;
  std::int32_t sequence = 0;     // with `order`; 0: all of it
  std::int64_t from_micros = 0;  // without `order`
  std::int64_t to_micros = 0;    // likewise; 0: until now
  std::uint32_t limit = 1'000;
};
struct found_notification {
  undelivered_notification what;
  bool acknowledged = false;
};
struct find_notifications {
  std::uint64_t round = 0;  // echoed
  notification_question what;
  caf::actor answer_to;
};
struct notifications_found {
  std::uint64_t round = 0;
  std::vector<found_notification> found;
  bool unavailable = false;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::resend_notifications)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::find_notifications)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::notifications_found)
