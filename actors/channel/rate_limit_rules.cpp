#include "actors/channel/rate_limit_rules.hpp"

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::int64_t token = 1'000'000;

}  // namespace

rate_limit::rate_limit(rate_limits limits) noexcept
    : limits_(limits), millionths_(limits.burst * token) {}

void rate_limit::fill(std::int64_t now_micros) noexcept {
  const std::int64_t room = limits_.burst * token - millionths_;
  // One microsecond brings `per_second` millionths; a long pause fills, and must not overflow.
  const std::int64_t pause =
      std::clamp<std::int64_t>(now_micros - filled_micros_, 0, room / limits_.per_second + 1);
  millionths_ += std::min(room, pause * limits_.per_second);
  filled_micros_ = std::max(filled_micros_, now_micros);
}

bool rate_limit::take(std::int64_t now_micros) noexcept {
  if (limits_.per_second == 0) return true;
  fill(now_micros);
  if (millionths_ < token) return false;
  millionths_ -= token;
  return true;
}

std::int64_t rate_limit::next_micros(std::int64_t now_micros) noexcept {
  if (limits_.per_second == 0) return now_micros;
  fill(now_micros);
  const std::int64_t lacking = std::max<std::int64_t>(0, token - millionths_);
  return now_micros + (lacking + limits_.per_second - 1) / limits_.per_second;
}

}  // namespace suanpan
