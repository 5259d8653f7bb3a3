// Latencies in buckets that grow with the value, so that a percentile is right to about 3 % from
// microseconds to hours in 15 KiB, and adding one costs a few instructions. Integers only.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace suanpan::bench {

/// One thread at a time; merge what several have gathered.
class histogram {
 public:
  /// Negative values count as 0.
  void add(std::int64_t micros) noexcept {
    const auto value = static_cast<std::uint64_t>(micros < 0 ? 0 : micros);
    ++buckets_[index_of(value)];
    ++count_;
    if (value > most_) most_ = value;
  }
  void merge(const histogram& other) noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    if (other.most_ > most_) most_ = other.most_;
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t max() const noexcept { return static_cast<std::int64_t>(most_); }
  /// The value that `of_100_000` of 100,000 do not exceed, rounded up by at most 1/32; 0 if empty.
  /// 50,000 is the median, 99,900 the p99.9.
  [[nodiscard]] std::int64_t percentile(std::uint32_t of_100_000) const noexcept {
    if (count_ == 0) return 0;
    const std::uint64_t wanted = (count_ * of_100_000 + 99'999) / 100'000;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= wanted && seen > 0)
        return static_cast<std::int64_t>(std::min(upper_of(i), most_));
    }
    return max();
  }

 private:
  // Values below 32 have a bucket each; above, each power of two is cut into 32.
  static constexpr std::uint32_t fraction_bits = 5;
  static constexpr std::size_t buckets_count = (64 - fraction_bits + 1) << fraction_bits;

  static constexpr std::size_t index_of(std::uint64_t value) noexcept {
    if (value < (1U << fraction_bits)) return static_cast<std::size_t>(value);
    const auto shift = static_cast<std::uint32_t>(std::bit_width(value)) - fraction_bits - 1;
    return static_cast<std::size_t>((static_cast<std::uint64_t>(shift) << fraction_bits) +
                                    (value >> shift));
  }
  static constexpr std::uint64_t upper_of(std::size_t index) noexcept {
    if (index < (2U << fraction_bits)) return index;
    const std::size_t shift = (index >> fraction_bits) - 1;
    const std::uint64_t mantissa = (index & ((1U << fraction_bits) - 1)) | (1U << fraction_bits);
    return ((mantissa + 1) << shift) - 1;
  }

  std::array<std::uint64_t, buckets_count> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace suanpan::bench
