// One request to a channel from the moment at which its supervisor took it: who is to be told, how
// far it came, and that they are told once. Shared by the supervisor, the channel and, while the
// bank is asked, the adapter: whoever of them is the last to know of it tells.
#pragma once

#include "actors/channel/channel_messages.hpp"
#include "actors/channel/routing_rules.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>
#include <variant>

namespace suanpan {

struct open_ask {
  std::variant<ask_channel, ask_binding, ask_unbinding> what;
  std::uint64_t number = 0;  // unique within the supervisor
  channel_lane lane = channel_lane::fast;
  std::int64_t asked_micros = 0;    // of the actor clock
  std::int64_t give_up_micros = 0;  // likewise: when its answer is due
  /// Set before the adapter is given it: from then on it may have been sent, and the adapter
  /// answers.
  std::atomic<bool> begun{false};
  std::atomic<bool> told{false};

  [[nodiscard]] channel_operation operation() const noexcept;
  /// Unix microseconds; of its caller.
  [[nodiscard]] std::int64_t deadline_micros() const noexcept;

  /// Tells the answer to who asked. False: they had been told. Thread-safe.
  bool tell(channel_answer answer);
  bool tell(card_binding answer);
  /// Unknown, with the doubt and a code of ours: to any kind of request.
  bool tell_unknown(channel_doubt doubt, std::string_view code);
};
using open_ask_ptr = std::shared_ptr<open_ask>;

/// Codes with which a request is turned back without being sent.
namespace turned_back {
inline constexpr std::string_view overloaded = "channel_overloaded";    // its lane is full
inline constexpr std::string_view unavailable = "channel_unavailable";  // breaker open, or no actor
inline constexpr std::string_view too_late = "deadline_passed";         // before it could be sent
inline constexpr std::string_view unknown_channel = "unknown_channel";
}  // namespace turned_back

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::open_ask_ptr)
