// A booking can't be refused (R22): what its target would refuse is booked elsewhere under the same
// ids, so the refusal must leave no trace.
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

struct desk : sim_stage {
  std::shared_ptr<sim_posting> ask(const std::vector<transfer>& what) {
    auto request = std::make_shared<sim_posting>(world, told, node().party(), what);
    request->refusals_unrecorded = true;
    node().post(request);
    return request;
  }
  std::vector<item_answer> book(const std::vector<transfer>& what) {
    const auto request = ask(what);
    wait_for([&] { return request->finished; });
    return request->answers;
  }

  account_number bank = open("internal", 0);
  account_number poor = open("user:1", 0, account_flags::no_overdraft);
  account_number shop = open("merchant:M1", 1);
};

}  // namespace

TEST_CASE("booking: a refusal leaves no row, and its id is booked elsewhere afterwards (R22)") {
  desk s;
  const auto wanted = s.make(s.poor, s.shop, 100);
  CHECK(s.book({wanted}).front().result == debit_insufficient_funds);
  CHECK_FALSE(s.stored(wanted));
  auto instead = wanted;
  instead.debit = s.bank;
  CHECK(s.book({instead}).front().result == posted);
  CHECK(s.book({instead}).front().result == exists);
  CHECK(s.book({wanted}).front().result == exists_with_different_debit_account);
  CHECK(s.credit_balance(s.shop) == 100);
  CHECK(s.audit() == "");
}

TEST_CASE("booking: a refusal is nothing that is replayed once there are funds (R22)") {
  desk s;
  const auto wanted = s.make(s.poor, s.shop, 100);
  CHECK(s.book({wanted}).front().result == debit_insufficient_funds);
  REQUIRE(s.post_one(s.make(s.bank, s.poor, 100)).result == posted);
  CHECK(s.book({wanted}).front().result == posted);
  CHECK(s.audit() == "");
}

TEST_CASE("booking: of a refused voucher no leg leaves a row (R2, R22)") {
  desk s;
  auto first = s.make(s.bank, s.shop, 5);
  first.linked = true;
  const auto second = s.make(s.poor, s.shop, 100);
  const auto told = s.book({first, second});
  CHECK(told[0].result == linked_failed);
  CHECK(told[1].result == debit_insufficient_funds);
  CHECK_FALSE(s.stored(first));
  auto instead = second;
  instead.debit = s.bank;
  const auto again = s.book({first, instead});
  CHECK(again[0].result == posted);
  CHECK(again[1].result == posted);
  CHECK(s.audit() == "");
}

TEST_CASE("booking: a refusal that has no row leaves after a round trip (R8, R22)") {
  desk s;
  REQUIRE(s.post_one(s.make(s.bank, s.shop, 1)).result == posted);
  REQUIRE(s.book({s.make(s.poor, s.shop, 1)}).front().result == debit_insufficient_funds);
  s.world.hold("journal");
  const auto refused = s.ask({s.make(s.poor, s.shop, 100)});
  s.wait(200 * millis);
  CHECK_FALSE(refused->finished);
  s.world.let_go();
  REQUIRE(s.wait_for([&] { return refused->finished; }));
  CHECK(refused->answers.front().result == debit_insufficient_funds);
}

TEST_CASE("booking: a refusal that was in flight when the node died is decided anew (R9, R22)") {
  desk s;
  const auto wanted = s.make(s.poor, s.shop, 100);
  s.world.hold("journal");
  s.ask({wanted});
  s.wait(50 * millis);
  s.world.let_go();
  s.restart(0);
  auto instead = wanted;
  instead.debit = s.bank;
  CHECK(s.book({instead}).front().result == posted);
  CHECK(s.audit() == "");
}
