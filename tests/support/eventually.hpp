// Waiting for what another process or thread does, where nothing signals it. Bounded.
#pragma once

#include <chrono>
#include <thread>

namespace suanpan::testing {

/// True as soon as `holds()` is; false if it does not become true within the deadline.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate holds,
                              std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace suanpan::testing
