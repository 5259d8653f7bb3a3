// The ids that the teller knows without asking: complete from a known time on, bounded (R4).
#include "actors/teller/recent_ids.hpp"

#include "tests/support/random.hpp"
#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace suanpan;
using namespace suanpan::samples;

TEST_CASE("recent ids: the first claim is fresh, every later one meets the first") {
  recent_ids ids(100);
  const auto id = id_at(5'000, 1);
  const auto first = ids.claim(id, 77);
  CHECK(first.fresh);
  CHECK(first.entry->result == item_result::none);
  const auto second = ids.claim(id, 78);
  CHECK_FALSE(second.fresh);
  CHECK(second.entry->content == 77);
  CHECK(ids.size() == 1);
}

TEST_CASE("recent ids: a fate is remembered with its ticket, a forgotten id is fresh again") {
  recent_ids ids(100);
  const auto id = id_at(5'000, 1);
  ids.claim(id, 77);
  ids.resolve(id, {9}, item_result::debit_account_closed);
  REQUIRE(ids.find(id) != nullptr);
  CHECK(ids.find(id)->at == ticket{9});
  CHECK(ids.find(id)->result == item_result::debit_account_closed);
  ids.forget(id);
  CHECK(ids.find(id) == nullptr);
  CHECK(ids.size() == 0);
  CHECK(ids.claim(id, 77).fresh);
}

TEST_CASE("recent ids: a fate below the complete range is not kept") {
  recent_ids ids(100);
  ids.reset(6'000);
  const auto old = id_at(5'999, 1);
  const auto young = id_at(6'000, 1);
  for (const auto& id : {old, young}) {
    ids.claim(id, 1);
    ids.resolve(id, {3}, item_result::posted);
  }
  CHECK(ids.find(old) == nullptr);
  CHECK(ids.find(young) != nullptr);
}

TEST_CASE("recent ids: completeness only moves up until everything is forgotten") {
  recent_ids ids(100);
  ids.reset(500);
  ids.raise_completeness(400);
  CHECK(ids.complete_since_millis() == 500);
  ids.raise_completeness(600);
  CHECK(ids.complete_since_millis() == 600);
  ids.claim(id_at(700, 1), 1);
  ids.reset(10);
  CHECK(ids.complete_since_millis() == 10);
  CHECK(ids.size() == 0);
}

TEST_CASE("recent ids: what outgrows the bound goes oldest first, and the range says so") {
  recent_ids ids(64);
  for (std::uint64_t n = 0; n < 1'000; ++n) {
    const auto id = id_at(static_cast<std::int64_t>(10 * n), n);
    ids.claim(id, n);
    ids.resolve(id, {1}, item_result::posted);
    CHECK(ids.size() <= 64);
  }
  CHECK(ids.complete_since_millis() > 9'000);
  for (std::uint64_t n = 0; n < 1'000; ++n) {
    const auto millis = static_cast<std::int64_t>(10 * n);
    if (millis >= ids.complete_since_millis()) CHECK(ids.find(id_at(millis, n)) != nullptr);
  }
}

TEST_CASE("recent ids: an id in flight outlives the bound") {
  recent_ids ids(64);
  const auto held = id_at(1, 1);
  ids.claim(held, 42);
  for (std::uint64_t n = 0; n < 1'000; ++n) {
    const auto id = id_at(static_cast<std::int64_t>(1'000 + 10 * n), n);
    ids.claim(id, n);
    ids.resolve(id, {1}, item_result::posted);
  }
  REQUIRE(ids.find(held) != nullptr);
  CHECK(ids.find(held)->content == 42);
}

TEST_CASE("recent ids: over random acts every durable id of the complete range is known") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    random_source chance(seed);
    recent_ids ids(static_cast<std::size_t>(chance.between(8, 60)));
    std::map<transfer_id, item_result> durable;
    std::set<transfer_id> in_flight;
    for (int act = 0; act < 300; ++act) {
      const auto id = id_at(chance.between(0, 3'000), chance.below(3));
      const bool complete = id.unix_millis() >= ids.complete_since_millis();
      switch (chance.below(4)) {
        case 0: {
          if (!complete && !in_flight.contains(id)) break;  // the teller asks the index for it
          const auto known = ids.claim(id, 1);
          CHECK(known.fresh == (!durable.contains(id) && !in_flight.contains(id)));
          if (known.fresh) in_flight.insert(id);
          break;
        }
        case 1:
          if (in_flight.erase(id) == 0) break;
          durable[id] = item_result::posted;
          ids.resolve(id, {act + 1}, item_result::posted);
          break;
        case 2:
          if (in_flight.erase(id) == 1) ids.forget(id);
          break;
        default:
          if (chance.one_in(20)) ids.raise_completeness(chance.between(0, 3'000));
      }
    }
    for (const auto& [id, result] : durable) {
      CAPTURE(seed);
      if (id.unix_millis() >= ids.complete_since_millis()) CHECK(ids.find(id) != nullptr);
    }
  }
}
