// What the teller bounds, and the day that it books under.
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

constexpr std::int64_t micros_per_minute = 60'000'000;
constexpr std::int64_t minutes_per_day = 1'440;

bool all_are(const std::vector<item_answer>& answers, item_result what) {
  return std::ranges::all_of(answers, [what](const auto& a) { return a.result == what; });
}

std::vector<transfer> several(sim_stage& s, account_number from, account_number to, int count) {
  std::vector<transfer> items;
  for (int i = 0; i < count; ++i) items.push_back(s.make(from, to, 1));
  return items;
}

}  // namespace

TEST_CASE("queue: what exceeds the teller's bound is unavailable at once, what fits is not (R26)") {
  sim_stage s({.queue_items_max = 4});
  const auto bank = s.open("internal", 0);
  const auto shop = s.open("merchant:M1", 1);
  const auto too_many = several(s, bank, shop, 5);
  CHECK(all_are(s.post(too_many), unavailable));
  for (const auto& what : too_many) CHECK_FALSE(s.stored(what));
  CHECK(all_are(s.post(several(s, bank, shop, 4)), posted));
  const auto first = s.send(several(s, bank, shop, 3));
  const auto second = s.send(several(s, bank, shop, 2));
  REQUIRE(s.wait_for([&] { return first->finished && second->finished; }));
  CHECK(all_are(first->answers, posted));
  CHECK(all_are(second->answers, unavailable));
  CHECK(all_are(s.post(too_many), unavailable));
  CHECK(s.credit_balance(shop) == 7);
  CHECK(s.audit() == "");
}

TEST_CASE("date: the accounting day turns at the configured cut-off, not at midnight UTC (R28)") {
  const auto minute = unix_micros_at_start / micros_per_minute % minutes_per_day;
  // The day turns five minutes after the world begins.
  const auto shift = static_cast<std::int32_t>(minutes_per_day - minute - 5);
  sim_stage s({.day_shift_minutes = shift});
  const auto bank = s.open("internal", 0);
  const auto shop = s.open("merchant:M1", 1);
  const auto today =
      static_cast<std::int32_t>(unix_micros_at_start / micros_per_minute / minutes_per_day);
  const auto date_of = [&s](const transfer& what) { return s.database.rows().at(what.id).date; };
  const auto before = s.make(bank, shop, 1);
  REQUIRE(s.post_one(before).result == posted);
  CHECK(date_of(before).days == today);
  s.wait(6 * 60 * seconds);
  const auto after = s.make(bank, shop, 1);
  REQUIRE(s.post_one(after).result == posted);
  CHECK(date_of(after).days == today + 1);
}
