// Clients that ask again: whatever was told once is told again, before and after a recovery, and
// nothing is booked twice (R4, R5, R6).
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

// A bank that may go below zero, a payer who may not, and a shop.
struct paying_scene : sim_stage {
  explicit paying_scene(const stage_options& options = {}) : sim_stage(options) {
    bank = open("internal", 0);
    payer = open("user:1", 0, no_overdraft);
    shop = open("merchant:M1", 1, no_overdraft);
    CHECK(post_one(make(bank, payer, 100)).result == posted);
  }
  account_number bank;
  account_number payer;
  account_number shop;
};

}  // namespace

TEST_CASE("retry: acknowledged, answer lost, payer now empty: exists, with the first ticket") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 100);
  const auto first = s.post_one(pay);
  REQUIRE(first.result == posted);
  CHECK(s.post_one(s.make(s.payer, s.shop, 1)).result == debit_insufficient_funds);
  const auto again = s.post_one(pay);
  CHECK(again.result == exists);
  CHECK(again.at == first.at);
  CHECK(s.credit_balance(s.payer) == 0);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: likewise after the node was killed and its shards recovered") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 100);
  const auto first = s.post_one(pay);
  REQUIRE(first.result == posted);
  s.restart(0);
  const auto again = s.post_one(pay);
  CHECK(again.result == exists);
  CHECK(again.at == first.at);
  CHECK(s.credit_balance(s.payer) == 0);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: likewise at another node that took the shards over") {
  paying_scene s({.nodes = 2});
  const auto pay = s.make(s.payer, s.shop, 100);
  REQUIRE(s.post_one(pay).result == posted);
  s.told.lose(s.node(0).party());
  s.node(0).crash();
  s.wait_until_served();
  REQUIRE(s.node(1).status().ready());
  CHECK(s.post_one(pay, 1).result == exists);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: a refused id gets the same refusal, although it would succeed by now") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 150);
  const auto first = s.post_one(pay);
  REQUIRE(first.result == debit_insufficient_funds);
  REQUIRE(s.post_one(s.make(s.bank, s.payer, 1'000)).result == posted);
  const auto again = s.post_one(pay);
  CHECK(again.result == debit_insufficient_funds);
  CHECK(again.at == first.at);
  s.restart(0);
  CHECK(s.post_one(pay).result == debit_insufficient_funds);
  CHECK(s.credit_balance(s.shop) == 0);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: other content under a known id is told which field differs, and books nothing") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 40);
  REQUIRE(s.post_one(pay).result == posted);
  auto other = pay;
  other.amount = {41};
  CHECK(s.post_one(other).result == exists_with_different_amount);
  other = pay;
  other.memo = "rent";
  CHECK(s.post_one(other).result == exists_with_different_memo);
  const auto refused = s.make(s.payer, s.shop, 1'000);
  REQUIRE(s.post_one(refused).result == debit_insufficient_funds);
  other = refused;
  other.amount = {1};
  CHECK(s.post_one(other).result == exists_with_different_content);
  CHECK(s.credit_balance(s.shop) == 40);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: the same id twice in one batch is booked once") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 60);
  auto other = pay;
  other.amount = {61};
  const auto told = s.post({pay, pay, other});
  CHECK(told[0].result == posted);
  CHECK(told[1].result == exists);
  CHECK(told[1].at == told[0].at);
  CHECK(told[2].result == exists_with_different_amount);
  CHECK(s.credit_balance(s.shop) == 60);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: the same refused id twice in one batch is refused twice, recorded once") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 600);
  const auto told = s.post({pay, pay});
  CHECK(told[0].result == debit_insufficient_funds);
  CHECK(told[1].result == debit_insufficient_funds);
  CHECK(told[1].at == told[0].at);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: of a hundred copies at once one is posted and the others exist") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 70);
  std::vector<std::shared_ptr<sim_posting>> copies;
  for (int i = 0; i < 100; ++i) {
    copies.push_back(s.send({pay}));
    if (i % 7 == 0) s.wait(200);
  }
  s.wait_for(
      [&] { return std::ranges::all_of(copies, [](const auto& c) { return c->finished; }); });
  const auto told = [&](item_result r) {
    return std::ranges::count_if(copies, [r](const auto& c) { return c->answers[0].result == r; });
  };
  CHECK(told(posted) == 1);
  CHECK(told(exists) == 99);
  CHECK(s.credit_balance(s.shop) == 70);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: an id of long ago, its partition gone, is expired and never booked again (R6)") {
  paying_scene s;
  const auto pay = s.make(s.payer, s.shop, 30);
  REQUIRE(s.post_one(pay).result == posted);
  const auto before = s.database.rows().size();
  s.node().clock().step_by(40LL * 24 * 3'600 * seconds);
  s.restart(0);
  CHECK(s.post_one(pay).result == exists);  // still in the index
  s.database.detach_before((unix_micros_at_start + s.world.now()) / 1'000 + 1);
  CHECK(s.post_one(pay).result == id_expired);
  s.restart(0);
  CHECK(s.post_one(pay).result == id_expired);
  CHECK(s.database.rows().size() == before);
  CHECK(s.credit_balance(s.shop) == 30);
}

// No index of recent ids spans two nodes: only the unique key can tell (R4, R12).
TEST_CASE("retry: one id at once at two nodes that share the shards, with two contents") {
  paying_scene s({.nodes = 2});
  const auto other_bank = s.open("internal", 1);
  s.faults.lock_lingers = 2;
  const auto shared = [&s] {
    const auto first = s.database.holder({0});
    const auto second = s.database.holder({1});
    return first && second && *first != *second;
  };
  for (int i = 0; i < 200 && !shared(); ++i) {
    s.restart(i % 2);
    s.wait(10 * seconds);  // until the session of the life before is gone, too
  }
  s.faults.lock_lingers = 0;
  REQUIRE(shared());
  for (std::size_t n = 0; n < 2; ++n) {  // the accounts are in memory: nothing is read on the way
    static_cast<void>(s.post_one(s.make(s.bank, s.payer, 1), n));
    static_cast<void>(s.post_one(s.make(other_bank, s.shop, 1), n));
  }
  const auto pay = s.make(s.bank, s.payer, 30);
  auto changed = pay;
  changed.debit = other_bank;
  changed.credit = s.shop;
  std::vector<std::shared_ptr<sim_posting>> all;
  for (std::size_t n = 0; n < 2; ++n)
    for (const auto& what : {pay, changed}) all.push_back(s.send({what}, n));
  REQUIRE(s.wait_for([&all] { return std::ranges::all_of(all, &sim_posting::finished); }));
  CHECK(s.world.met().contains("duplicate in COPY"));
  const auto told = [&all](item_result what) {
    return std::ranges::count_if(all,
                                 [what](const auto& a) { return a->answers[0].result == what; });
  };
  CHECK(told(posted) == 1);
  CHECK(told(exists_with_different_debit_account) == 1);
  CHECK(told(unavailable) == 2);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: an id from the future is told so, and may be used when its time has come (R6)") {
  paying_scene s;
  auto pay = s.make(s.payer, s.shop, 30);
  pay.id = samples::id_at((unix_micros_at_start + s.world.now()) / 1'000 + 600'000, 1);
  CHECK(s.post_one(pay).result == id_in_future);
  CHECK_FALSE(s.stored(pay));
  s.node().clock().step_by(400 * seconds);
  CHECK(s.post_one(pay).result == posted);
  CHECK(s.audit() == "");
}

TEST_CASE("retry: an old id within the window is looked up before it is judged (R4)") {
  paying_scene s;
  auto pay = s.make(s.payer, s.shop, 100);
  pay.id = samples::id_at(unix_micros_at_start / 1'000 - 3'600'000, 1);
  REQUIRE(s.post_one(pay).result == posted);
  s.restart(0);
  CHECK(s.post_one(pay).result == exists);
  CHECK(s.credit_balance(s.payer) == 0);
  // The unique key would have known it, too, at the cost of writing the whole batch twice (R12).
  CHECK_FALSE(s.world.met().contains("duplicate in COPY"));
  CHECK(s.audit() == "");
}
