// Interleavings that a busy machine brings about once a year: one actor far behind all others.
#include "actors/fault_points.hpp"
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

TEST_CASE("checkpoint: a round that was given up leaves its accounts dirty (R13)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto user = s.open("user:1", 0);
  s.wait(1 * seconds);
  REQUIRE(s.post_one(s.make(bank, user, 100)).result == posted);
  s.world.hold("account");
  s.wait(25 * seconds);  // rounds begin and are given up, reports come too late
  s.world.let_go();
  s.wait(15 * seconds);
  CHECK(s.audit() == "");
  s.restart(0);
  CHECK(s.credit_balance(user) == 100);
  CHECK(s.audit() == "");
}

TEST_CASE("opening: who names the number before it is durable waits for the row (R1)") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    sim_stage s({.seed = seed});
    const auto bank = s.open("internal", 0);
    const auto guessed = account_number::make({0}, bank.sequence() + 1);
    s.faults.slow = 1;
    s.faults.slow_read = 1;
    const auto early = s.send({s.make(bank, guessed, 5)});
    auto opening = std::make_shared<sim_opening>(
        s.world, s.told, s.node().party(),
        std::vector<account_opening>{
            {{"user:1", "2001", samples::cny, "", {0}}, normal_side::credit, {}}});
    s.node().open(opening);
    std::vector<std::shared_ptr<sim_posting>> later;
    for (int i = 0; i < 8; ++i) {
      s.wait(300 * millis);
      later.push_back(s.send({s.make(bank, guessed, 5)}));
    }
    s.wait_for([&] { return later.back()->finished && early->finished && opening->finished; });
    CAPTURE(seed);
    CHECK(opening->answers[0].number == guessed);
    CHECK(s.audit() == "");
  }
}

TEST_CASE("recovery: actors of the time before a shard was retaken are never spoken to (R11)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto user = s.open("user:1", 0);
  REQUIRE(s.post_one(s.make(bank, user, 100)).result == posted);
  s.wait(2 * seconds);
  const auto third = s.open("user:2", 0);
  int left = 1;
  on_fault_point = [&left](std::string_view) {
    if (left-- > 0) throw std::runtime_error("planted");
  };
  // The third account is activated while the shard fails, and its supervisor is slow to say so.
  const auto failing = s.send({s.make(bank, user, 1)});
  s.wait_for([&] { return left == 0; });
  const auto activating = s.send({s.make(bank, third, 5)});
  s.world.hold("account_supervisor");
  s.wait(20 * millis);
  s.world.let_go();
  s.wait(5 * seconds);
  on_fault_point = nullptr;
  REQUIRE(s.wait_for([&] { return failing->finished && activating->finished; }));
  CHECK(s.post_one(s.make(bank, third, 7)).result == posted);
  CHECK(s.audit() == "");
}
