// How long the teller lets items gather before it makes them the next batch. A commit costs the
// same for one item as for a hundred: where hundreds of callers wait for one item each, a short
// pause between batches costs them less than the commits that it saves. Whoever is alone, or one of
// a few, never waits.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace suanpan {

struct gathering {
  std::chrono::microseconds most{8'000};  // between batches; 0: items never wait for others
  /// For each item that is not answered yet: less than one costs all processes in CPU.
  std::chrono::microseconds per_item{16};
  std::chrono::microseconds least{200};  // less than this isn't worth a timer
  /// So many waiting items are a batch at once; and so is half of all that are not answered: the
  /// other half is in the batches ahead, and comes again when those are.
  std::size_t enough = 4'096;
};

/// How long the next batch is to wait yet; 0: make it now. `in_flight`: items that are not
/// answered, the waiting ones included; `since_last`: time since the last batch was made.
[[nodiscard]] constexpr std::chrono::microseconds pause_before_batch(
    const gathering& by, std::size_t waiting, std::int64_t in_flight,
    std::chrono::microseconds since_last) noexcept {
  const auto pause = std::min(by.most, by.per_item * in_flight);
  const bool has_gathered =
      waiting >= by.enough || 2 * static_cast<std::int64_t>(waiting) >= in_flight;
  if (pause < by.least || has_gathered || since_last >= pause) return {};
  return pause - since_last;
}

}  // namespace suanpan
