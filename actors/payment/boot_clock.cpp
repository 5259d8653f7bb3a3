#include "actors/payment/boot_clock.hpp"

#include <ctime>

namespace suanpan {

std::int64_t system_boot_clock::micros() const noexcept {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace suanpan
