// Lengths of time as people type them.
#include "tools/cli/duration.hpp"

#include <doctest/doctest.h>

using suanpan::cli::parse_duration;

TEST_CASE("duration: seconds, minutes, hours and days") {
  CHECK(parse_duration("1s") == 1);
  CHECK(parse_duration("90s") == 90);
  CHECK(parse_duration("15m") == 900);
  CHECK(parse_duration("12h") == 43'200);
  CHECK(parse_duration("7d") == 604'800);
  CHECK(parse_duration("3650d") == suanpan::cli::duration_seconds_max);
}

TEST_CASE("duration: anything else is none") {
  for (const char* text : {"", "s", "15", "0s", "-1s", "1.5h", "15 m", "m15", "3651d", "1w",
                           "99999999999999999999s", "15M"})
    CHECK_MESSAGE(!parse_duration(text), text);
}
