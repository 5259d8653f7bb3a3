// The machine's wall clock, and nothing else.
#include "protocol/model/clock.hpp"

#include <chrono>

namespace suanpan {

std::int64_t system_wall_clock::unix_micros() const noexcept {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace suanpan
