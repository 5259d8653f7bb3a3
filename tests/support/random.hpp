// The one source of chance in tests: every draw comes from a 64-bit seed, the same on every machine
// and in every build type. The standard library's distributions are not portable; these are.
#pragma once

#include <cstdint>
#include <random>

namespace suanpan::samples {

class random_source {
 public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}

  /// 0 … bound−1. Precondition: bound > 0.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  /// low … high, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  /// True once in `n` draws.
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  std::uint64_t seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace suanpan::samples
