// Which channel an attempt goes to: product, currency, amount, priority, health; and for each that
// is passed over, why. Pure: health is a picture of the moment, taken by who asks.
#pragma once

#include "actors/payment/payment_rules.hpp"
#include "protocol/model/channel_answer.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace suanpan {

/// The lanes of a channel: what is quick, and what may take its time. A full one leaves the other
/// alone.
enum class channel_lane : std::uint8_t { fast = 0, slow = 1 };
inline constexpr std::array<channel_lane, 2> channel_lanes = {channel_lane::fast,
                                                              channel_lane::slow};
[[nodiscard]] std::string_view name_of(channel_lane lane);

/// What a channel is for; constant.
struct channel_terms {
  channel_name name;
  channel_traits traits;
  std::vector<payment_kind> products;
  std::vector<currency> currencies;
  minor_units amount_least{1};
  minor_units amount_most;
  std::int64_t priority = 100;  // the smallest is asked first; of equal ones the first by name
  std::vector<channel_operation> slow_operations;
  bool binds = true;  // takes cards on file

  [[nodiscard]] channel_lane lane_of(channel_operation operation) const noexcept;
};

/// Whether a lane would take a request now.
enum class lane_condition : std::uint8_t {
  open,          // it would
  trying,        // it failed of late; one request is trying, or may
  broken,        // its breaker is open: nobody is asked for a while
  full,          // so many wait that a further one is refused
  out_of_order,  // the channel's actor is being restarted, or was given up
};
[[nodiscard]] std::string_view name_of(lane_condition condition);

/// A picture of one channel's lanes.
struct channel_condition {
  std::array<lane_condition, 2> lanes{};  // by channel_lane

  [[nodiscard]] lane_condition of(channel_lane lane) const noexcept {
    return lanes[static_cast<std::size_t>(lane)];
  }
};

/// What is to be sent somewhere.
struct route_question {
  payment_kind product = payment_kind::quick_pay;  // a refund of a surplus: refund
  channel_operation operation = channel_operation::charge;
  currency ccy;
  minor_units amount;
  /// The only channel that can do it: whose card it is, or that has the payment that is refunded.
  /// Then product and priority do not matter.
  std::optional<channel_name> only;
  /// Where attempts of this order were certainly not sent: asked again only if no other would.
  std::vector<channel_name> unsent_at;
};

/// A channel and its condition now.
struct route_candidate {
  const channel_terms* terms = nullptr;  // must outlive the call
  channel_condition condition;
};

struct route_choice {
  /// Its `reasons` are those below. Nothing: no channel would take it.
  std::optional<chosen_channel> chosen;
  /// "icbc: breaker open; abc: EUR not taken": every candidate passed over and why. For people; at
  /// most 512 bytes.
  std::string reasons;
};
[[nodiscard]] route_choice choose_route(const route_question& question,
                                        std::span<const route_candidate> candidates);

}  // namespace suanpan
