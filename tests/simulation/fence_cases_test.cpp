// Answers from memory or from the index wait for a round trip on the owning session (R8): while
// the journal handles nothing, none of them leaves.
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

TEST_CASE("fence: what the index knows leaves after a round trip, for original and copy (R8)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto shop = s.open("merchant:M1", 1);
  auto pay = s.make(bank, shop, 100);
  pay.id = samples::id_at(unix_micros_at_start / 1'000 - 3'600'000, 1);
  REQUIRE(s.post_one(pay).result == posted);
  s.restart(0);  // the id is older than what memory holds
  s.world.hold("journal");
  const auto original = s.send({pay});
  const auto copy = s.send({pay});
  s.wait(200 * millis);
  CHECK_FALSE(original->finished);
  CHECK_FALSE(copy->finished);
  s.world.let_go();
  REQUIRE(s.wait_for([&] { return original->finished && copy->finished; }));
  CHECK(original->answers[0].result == exists);
  CHECK(copy->answers[0].result == exists);
}

TEST_CASE("fence: what memory knows of an id leaves after a round trip (R8)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto shop = s.open("merchant:M1", 1);
  const auto pay = s.make(bank, shop, 100);
  REQUIRE(s.post_one(pay).result == posted);
  s.world.hold("journal");
  const auto again = s.send({pay});
  s.wait(200 * millis);
  CHECK_FALSE(again->finished);
  s.world.let_go();
  REQUIRE(s.wait_for([&] { return again->finished; }));
  CHECK(again->answers[0].result == exists);
}

// Found by seed 3002069 of the sweep: the original's answer was fenced, the copy's was not.
TEST_CASE("fence: that an id is expired leaves after a round trip, for original and copy (R8)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto shop = s.open("merchant:M1", 1);
  auto late = s.make(bank, shop, 100);
  late.id = samples::id_at(unix_micros_at_start / 1'000 - 8LL * 24 * 3'600'000, 1);
  s.world.hold("journal");
  const auto original = s.send({late});
  const auto copy = s.send({late});
  s.wait(200 * millis);
  CHECK_FALSE(original->finished);
  CHECK_FALSE(copy->finished);
  s.world.let_go();
  REQUIRE(s.wait_for([&] { return original->finished && copy->finished; }));
  CHECK(original->answers[0].result == id_expired);
  CHECK(copy->answers[0].result == id_expired);
}
