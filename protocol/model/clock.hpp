// Time comes from outside, so that tests and the simulation own it.
#pragma once

#include <cstdint>

namespace suanpan {

/// Wall-clock time in Unix microseconds. May step; nothing that must be safe relies on it (R17).
/// Thread-safe.
class wall_clock {
 public:
  virtual ~wall_clock() = default;
  [[nodiscard]] virtual std::int64_t unix_micros() const noexcept = 0;
};

/// The machine's clock.
class system_wall_clock final : public wall_clock {
 public:
  [[nodiscard]] std::int64_t unix_micros() const noexcept override;
};

}  // namespace suanpan
