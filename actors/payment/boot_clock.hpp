// The clock by which the age of a commit is told before an act (R19): it counts the time that the
// machine, or the process, was suspended.
#pragma once

#include <cstdint>

namespace suanpan {

class boot_clock {
 public:
  virtual ~boot_clock() = default;
  /// Microseconds since some moment of this boot; never goes back.
  [[nodiscard]] virtual std::int64_t micros() const noexcept = 0;
};

/// CLOCK_BOOTTIME.
class system_boot_clock final : public boot_clock {
 public:
  [[nodiscard]] std::int64_t micros() const noexcept override;
};

}  // namespace suanpan
