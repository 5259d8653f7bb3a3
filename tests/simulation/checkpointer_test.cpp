// The checkpointer alone, between a teller and a journal that the test plays: what belongs to one
// round is never counted for another (R13).
#include "actors/checkpointer/checkpointer.hpp"

#include "tests/simulation/sim_world.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::simulation;

namespace {

struct checkpointer_alone {
  sim_world world{7};
  std::vector<begin_checkpoint> begun;
  std::vector<write_checkpoint> written;
  caf::actor teller = world.system().spawn(hear_begun, &begun);
  caf::actor journal = world.system().spawn(hear_written, &written);
  caf::actor points = world.system().spawn<checkpointer>(
      checkpointer_options{.interval = std::chrono::seconds(1),
                           .rows_max = 100,
                           .round_deadline = std::chrono::seconds(10)});

  checkpointer_alone() { caf::anon_send(points, checkpointer_peers{teller, journal}); }
  ~checkpointer_alone() {
    for (const auto& a : {teller, journal, points}) caf::anon_send_exit(a, caf::exit_reason::kill);
    world.shut_down();
  }
  static caf::behavior hear_begun(caf::event_based_actor*, std::vector<begin_checkpoint>* into) {
    return {[into](const begin_checkpoint& m) { into->push_back(m); }};
  }
  static caf::behavior hear_written(caf::event_based_actor*, std::vector<write_checkpoint>* into) {
    return {[into](const write_checkpoint& m) { into->push_back(m); }};
  }
  void wait(sim_time how_long) { world.run_until(world.now() + how_long, nullptr); }
  void plan(std::uint64_t round, std::uint32_t reports, std::int64_t position) {
    plan_below(round, reports, {position, position});
  }
  struct bounds {
    std::int64_t position;
    std::int64_t settled;
  };
  void plan_below(std::uint64_t round, std::uint32_t reports, bounds b) {
    caf::anon_send(points,
                   checkpoint_begun{{1}, round, reports, {b.settled}, {{{0}, {b.position}}}});
  }
  void full_round(std::uint64_t round, bounds b) {
    plan_below(round, 100, b);
    for (int i = 0; i < 100; ++i) report(round, b.position);
    wait(100 * millis);
    caf::anon_send(points, checkpoint_written{{1}, round});
    wait(100 * millis);
  }
  void report(std::uint64_t round, std::int64_t covers) {
    caf::anon_send(points, balance_reported{round, {account_number::make({0}, 1), {}, {covers}}});
  }
};

}  // namespace

TEST_CASE(
    "checkpointer: a round is handed on when all its reports are in, before or after its plan") {
  checkpointer_alone with;
  with.wait(1'500 * millis);
  REQUIRE(with.begun.size() == 1);
  with.report(1, 50);
  with.plan(1, 2, 50);
  with.wait(100 * millis);
  CHECK(with.written.empty());
  with.report(1, 51);
  with.wait(100 * millis);
  REQUIRE(with.written.size() == 1);
  CHECK(with.written[0].round == 1);
  CHECK(with.written[0].balances.size() == 2);
}

TEST_CASE("checkpointer: a report of a round that was given up counts for no other (R13)") {
  checkpointer_alone with;
  with.wait(1'500 * millis);
  with.plan(1, 1, 50);
  with.wait(12 * seconds);
  REQUIRE(with.begun.size() == 2);
  with.plan(2, 1, 90);
  with.report(1, 50);  // late: its balance is not what round 2 promises
  with.wait(100 * millis);
  CHECK(with.written.empty());
  with.report(2, 90);
  with.wait(100 * millis);
  REQUIRE(with.written.size() == 1);
  CHECK(with.written[0].balances[0].covers == ticket{90});
  CHECK(with.written[0].positions == std::vector<shard_position>{{{0}, {90}}});
}

TEST_CASE("checkpointer: a full round is followed at once only if it left older dirt behind") {
  checkpointer_alone with;
  with.wait(1'500 * millis);
  with.full_round(1, {.position = 40, .settled = 50});
  REQUIRE(with.begun.size() == 2);  // 200 ms later: no tick yet
  with.full_round(2, {.position = 60, .settled = 60});
  CHECK(with.begun.size() == 2);
  with.wait(1 * seconds);
  CHECK(with.begun.size() == 3);
}
