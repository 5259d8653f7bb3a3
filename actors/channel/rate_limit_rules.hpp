// How many requests a second a channel gets: a token bucket. Pure: time is told, in microseconds of
// a clock that does not step.
#pragma once

#include <cstdint>

namespace suanpan {

struct rate_limits {
  std::int64_t per_second = 0;  // 0: no limit; at most 1,000,000
  std::int64_t burst = 1;       // so many at once after a pause; 1 … 1,000,000
};

class rate_limit {
 public:
  /// Begins full.
  explicit rate_limit(rate_limits limits) noexcept;

  /// Takes a token. False: there is none now.
  [[nodiscard]] bool take(std::int64_t now_micros) noexcept;
  /// When the next token is there; `now_micros` if one is.
  [[nodiscard]] std::int64_t next_micros(std::int64_t now_micros) noexcept;

 private:
  void fill(std::int64_t now_micros) noexcept;

  rate_limits limits_;
  std::int64_t millionths_ = 0;  // of tokens
  std::int64_t filled_micros_ = 0;
};

}  // namespace suanpan
