// Dates of tickets, and how dates read.
#include "protocol/model/accounting_day.hpp"

#include <doctest/doctest.h>

using namespace suanpan;

namespace {

accounting_date day(const char* text) {
  return parse_accounting_date(text).value();
}

}  // namespace

TEST_CASE(
    "accounting day: a date's first ticket is the flip, the ticket before it the day before") {
  for (const std::int32_t minutes : {-2'159, -720, 0, 480, 480 - 120, 840}) {
    CAPTURE(minutes);
    const day_shift shift{minutes};
    const auto today = day("2026-11-23");
    const auto flip = begin_of(today, shift);
    CHECK(date_of(flip, shift) == today);
    CHECK(date_of({flip.micros - 1}, shift).days == today.days - 1);
    CHECK(date_of({begin_of(next(today), shift).micros - 1}, shift) == today);
    CHECK(begin_of(next(today), shift).micros - flip.micros == 86'400'000'000);
  }
}

TEST_CASE(
    "accounting day: in China a date begins at 16:00 UTC of the day before, with the cut later") {
  CHECK(begin_of(day("2026-11-23"), {480}).micros == 1'795'363'200'000'000);  // 22nd, 16:00 UTC
  CHECK(begin_text({480}) == "16:00 UTC");
  CHECK(begin_text({480 - 90}) == "17:30 UTC");
  CHECK(begin_text({0}) == "00:00 UTC");
  CHECK(begin_text({-720}) == "12:00 UTC");
  CHECK(begin_text({-720 - 1'439}) == "11:59 UTC");
}

TEST_CASE("accounting day: only YYYY-MM-DD of a day that exists is a date") {
  CHECK(date_text(day("2024-02-29")) == "2024-02-29");
  CHECK(day("1970-01-02").days == 1);
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-05", "2026-01-5",
                           "20260105", "2026-01-05 ", " 2026-01-05", "+026-01-05", "2026-01-0a",
                           "2026/01/05", "1970-01-01", "1969-12-31", ""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_accounting_date(text));
  }
}
