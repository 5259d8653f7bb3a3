// The bounds of one channel, as its actor takes them.
#pragma once

#include "actors/channel/breaker_rules.hpp"
#include "actors/channel/lane_rules.hpp"
#include "actors/channel/rate_limit_rules.hpp"
#include "actors/channel/routing_rules.hpp"

namespace suanpan {

struct channel_limits {
  std::array<lane_limits, 2> lanes{};  // by channel_lane
  breaker_limits breaker;              // each lane has one of its own
  rate_limits rate;                    // both lanes together

  [[nodiscard]] const lane_limits& of(channel_lane which) const noexcept {
    return lanes[static_cast<std::size_t>(which)];
  }
};

}  // namespace suanpan
