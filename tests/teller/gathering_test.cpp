// When the teller waits for more items before it makes a batch, and when it never does.
#include "actors/teller/gathering.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using std::chrono::microseconds;

namespace {

constexpr microseconds long_ago{1'000'000};
constexpr microseconds just_now{0};

}  // namespace

TEST_CASE("gathering: who is alone, or one of a few, never waits") {
  const gathering by;
  for (std::int64_t in_flight = 0; in_flight < by.least / by.per_item; ++in_flight) {
    CAPTURE(in_flight);
    CHECK(pause_before_batch(by, 1, in_flight, just_now) == microseconds{0});
  }
}

TEST_CASE("gathering: the pause grows with what is in flight, up to a bound") {
  const gathering by;
  CHECK(pause_before_batch(by, 1, 12, just_now) == microseconds{0});
  CHECK(pause_before_batch(by, 1, 25, just_now) == microseconds{400});
  CHECK(pause_before_batch(by, 1, 100, just_now) == microseconds{1'600});
  CHECK(pause_before_batch(by, 1, 500, just_now) == microseconds{8'000});
  CHECK(pause_before_batch(by, 1, 1'000'000, just_now) == microseconds{8'000});
}

TEST_CASE("gathering: time that has passed since the last batch counts") {
  const gathering by;
  CHECK(pause_before_batch(by, 1, 500, microseconds{1'500}) == microseconds{6'500});
  CHECK(pause_before_batch(by, 1, 500, microseconds{8'000}) == microseconds{0});
  CHECK(pause_before_batch(by, 1, 500, long_ago) == microseconds{0});
}

TEST_CASE("gathering: half of what is in flight, or enough items, are a batch at once") {
  const gathering by;
  CHECK(pause_before_batch(by, 255, 512, just_now) > microseconds{0});
  CHECK(pause_before_batch(by, 256, 512, just_now) == microseconds{0});
  CHECK(pause_before_batch(by, 4'095, 64'000, just_now) > microseconds{0});
  CHECK(pause_before_batch(by, 4'096, 64'000, just_now) == microseconds{0});
}

TEST_CASE("gathering: a bound of 0 turns it off") {
  gathering never;
  never.most = microseconds{0};
  CHECK(pause_before_batch(never, 1, 1'000, just_now) == microseconds{0});
}
