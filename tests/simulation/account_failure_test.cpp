// R11: an account that meets an exception is never restarted alone. Its undecided legs are
// unavailable, its shard is given up, taken again and recovered; others serve meanwhile; beyond the
// intensity the shard stays released and the node says why.
#include "actors/fault_points.hpp"
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

struct failing_stage : sim_stage {
  explicit failing_stage(const stage_options& options = {}) : sim_stage(options) {
    bank = open("internal", 0);
    user = open("user:1", 0, account_flags::no_overdraft);
    other_bank = open("internal:2", 1);
    other = open("user:2", 1, account_flags::no_overdraft);
    REQUIRE(post_one(make(bank, user, 100)).result == posted);
    REQUIRE(post_one(make(other_bank, other, 100)).result == posted);
  }

  // The next `times` decisions of accounts meet an exception.
  void throw_next(int times) {
    left = times;
    on_fault_point = [this](std::string_view name) {
      if (name != "account.decide" || left == 0) return;
      --left;
      throw std::runtime_error("planted");
    };
  }
  int left = 0;
  account_number bank;
  account_number user;
  account_number other_bank;
  account_number other;
};

}  // namespace

TEST_CASE("account failure: its legs are unavailable, its shard recovers, nothing is lost") {
  failing_stage s;
  s.throw_next(1);
  const auto pay = s.make(s.user, s.bank, 30);
  CHECK(s.post_one(pay).result == unavailable);
  CHECK_FALSE(s.stored(pay));
  s.wait(2 * seconds);
  CHECK(s.node().status().ready());
  CHECK(s.credit_balance(s.user) == 100);
  CHECK(s.post_one(pay).result == posted);
  CHECK(s.credit_balance(s.user) == 70);
  CHECK(s.audit() == "");
}

TEST_CASE("account failure: the items of others in the same batch go on") {
  failing_stage s;
  s.throw_next(1);
  const auto told = s.post({s.make(s.bank, s.user, 1), s.make(s.other_bank, s.other, 5)});
  const auto done = static_cast<int>(told[0].result == posted) + (told[1].result == posted);
  const auto not_done =
      static_cast<int>(told[0].result == unavailable) + (told[1].result == unavailable);
  CHECK(done == 1);
  CHECK(not_done == 1);
  s.wait(2 * seconds);
  CHECK(s.audit() == "");
}

TEST_CASE("account failure: other shards serve while one is given up and taken again") {
  failing_stage s;
  s.throw_next(1);
  CHECK(s.post_one(s.make(s.user, s.bank, 30)).result == unavailable);
  CHECK(s.post_one(s.make(s.other_bank, s.other, 5)).result == posted);
  CHECK(s.credit_balance(s.other) == 105);
  s.wait(2 * seconds);
  CHECK(s.audit() == "");
}

TEST_CASE("account failure: the epoch grows with the new taking, in the same session") {
  failing_stage s;
  const auto owner = s.database.holder({0});
  s.throw_next(1);
  CHECK(s.post_one(s.make(s.user, s.bank, 30)).result == unavailable);
  s.wait(2 * seconds);
  CHECK(s.database.holder({0}) == owner);
  CHECK(s.credit_balance(s.user) == 100);
}

TEST_CASE("account failure: beyond the intensity the shard stays released, and the node says why") {
  failing_stage s({.restart_intensity = 2});
  for (int incident = 0; incident < 2; ++incident) {
    s.throw_next(1);
    CHECK(s.post_one(s.make(s.user, s.bank, 1)).result == unavailable);
    s.wait(1 * seconds);
    CHECK(s.node().status().ready());
  }
  s.throw_next(1);
  CHECK(s.post_one(s.make(s.user, s.bank, 1)).result == unavailable);
  s.wait(5 * seconds);
  CHECK_FALSE(s.node().status().ready());
  CHECK(s.node().status().reason() == "shard_failed: shard 0: planted");
  CHECK(s.post_one(s.make(s.user, s.bank, 1)).result == unavailable);
  CHECK_FALSE(s.database.holder({0}).has_value());
  CHECK(s.post_one(s.make(s.other_bank, s.other, 5)).result == posted);
  CHECK(s.audit() == "");
}

TEST_CASE("account failure: reads of the failed account are unavailable, never stale") {
  failing_stage s;
  s.throw_next(1);
  const auto pay = s.send({s.make(s.user, s.bank, 30)});
  auto read = std::make_shared<sim_read>(s.world, s.told, s.node().party(), s.user);
  s.node().read(read);
  s.wait_for([&] { return pay->finished && read->finished; });
  if (read->result == read_result::found)
    CHECK(balance_of(read->row.totals, normal_side::credit) == 100);
  s.wait(2 * seconds);
  CHECK(s.audit() == "");
}
