// What the bench measures with: latency buckets and the figures of /proc.
#include "tools/bench/cpu_time.hpp"
#include "tools/bench/histogram.hpp"
#include "tools/bench/random.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace suanpan::bench;

TEST_CASE("histogram: a percentile is never below the true value and at most 1/32 above it") {
  for (std::int64_t value = 0; value < 5'000'000'000; value = value * 5 / 4 + 1) {
    CAPTURE(value);
    histogram one;
    one.add(value);
    one.add(2 * value);
    const auto median = one.percentile(50'000);
    CHECK(median >= value);
    CHECK(median <= value + value / 32);
    CHECK(one.percentile(100'000) == 2 * value);
    CHECK(one.max() == 2 * value);
  }
}

TEST_CASE("histogram: percentiles of 1 … 10,000, gathered by two threads' worth of histograms") {
  histogram even;
  histogram odd;
  for (int i = 1; i <= 10'000; ++i) (i % 2 == 0 ? even : odd).add(i);
  even.merge(odd);
  CHECK(even.count() == 10'000);
  CHECK(even.percentile(50'000) >= 5'000);
  CHECK(even.percentile(50'000) <= 5'000 + 5'000 / 32);
  CHECK(even.percentile(99'900) >= 9'990);
  CHECK(even.percentile(99'900) <= 10'000);
  CHECK(even.percentile(1) == 1);
}

TEST_CASE("histogram: nothing measured is zero, and a clock that stepped back counts as zero") {
  histogram none;
  CHECK(none.percentile(99'000) == 0);
  CHECK(none.max() == 0);
  none.add(-5);
  CHECK(none.percentile(50'000) == 0);
  CHECK(none.count() == 1);
}

TEST_CASE("cpu time: /proc/PID/stat is read even when the program's name has blanks and brackets") {
  const auto stat = parse_stat(
      "4711 (post gres) (x) S 4700 4711 4711 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 100 1 1",
      100);
  REQUIRE(stat.has_value());
  CHECK(stat->name == "post gres) (x");
  CHECK(stat->parent == 4'700);
  CHECK(stat->own_micros == 2'000'000);
  CHECK(stat->reaped_micros == 500'000);
  CHECK_FALSE(parse_stat("", 100).has_value());
  CHECK_FALSE(parse_stat("1 (x) S 2", 100).has_value());
}

TEST_CASE("cpu time: this process and its family are seen") {
  CHECK(stat_of(getpid()).value().parent == getppid());
  CHECK(family_cpu_micros(getppid()) >= cpu_micros_of(getpid()));
  CHECK(cpu_micros_of(0) == 0);
}

TEST_CASE("random: the sequence of a seed is that of splitmix64, the same for ever") {
  random_source source(1'234'567);
  CHECK(source.next() == 6'457'827'717'110'365'317ULL);
  CHECK(source.next() == 3'203'168'211'198'807'973ULL);
  for (int i = 0; i < 1'000; ++i) CHECK(source.below(7) < 7);
}

TEST_CASE("random: ranks are drawn in proportion to 1 / (rank + 1)") {
  const skewed_ranks ranks(100);
  random_source source(1);
  std::vector<int> drawn(100);
  for (int i = 0; i < 100'000; ++i) ++drawn[ranks.draw(source)];
  CHECK(drawn[0] > 18'000);
  CHECK(drawn[0] < 21'000);
  CHECK(drawn[1] * 2 > drawn[0] * 9 / 10);
  CHECK(drawn[1] * 2 < drawn[0] * 11 / 10);
  CHECK(drawn[99] > 100);
}
