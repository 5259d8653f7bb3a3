// Randomness that is the same on every machine and in every release: splitmix64 and integer ranges.
// The standard library's distributions differ between implementations, so none is used.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace suanpan::bench {

class random_source {
 public:
  explicit constexpr random_source(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// 0 … bound−1; bound ≥ 1. The bias of the multiplication is below 2^-32 for the bounds used
  /// here.
  constexpr std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
  }
  /// True `of_thousand` times in 1,000.
  constexpr bool chance(std::uint32_t of_thousand) noexcept { return below(1'000) < of_thousand; }

 private:
  std::uint64_t state_;
};

/// Ranks 0 … size−1 of which rank k is drawn in proportion to 1 / (k + 1): few merchants have most
/// of the business (Zipf). Integer weights only.
class skewed_ranks {
 public:
  explicit skewed_ranks(std::uint32_t size) {
    std::uint64_t sum = 0;
    for (std::uint32_t k = 0; k < size; ++k) below_.push_back(sum += 1'000'000'000ULL / (k + 1));
  }
  std::uint32_t draw(random_source& from) const {
    const std::uint64_t point = from.next() % below_.back();
    const auto place = std::upper_bound(below_.begin(), below_.end(), point);
    return static_cast<std::uint32_t>(place - below_.begin());
  }

 private:
  std::vector<std::uint64_t> below_;
};

}  // namespace suanpan::bench
