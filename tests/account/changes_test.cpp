// Freezing, unfreezing and closing an account, between the legs that it decides (R1).
#include "actors/account/account_rules.hpp"
#include "tests/account/one_account.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::samples;
using account_rules::answer;
using account_rules::change_flags;
using account_rules::change_refusal;
using account_rules::judge_change;

namespace {

constexpr auto none = account_flags::none;
constexpr auto closed = account_flags::closed;
constexpr auto frozen_debit = account_flags::frozen_debit;

asked_leg post(std::uint64_t n, std::int64_t amount) {
  return {.n = n, .side = leg_side::debit, .amount = amount};
}

}  // namespace

TEST_CASE("a freeze meets what is decided after it, and is told once it is durable") {
  one_account account({.balance = 100});
  CHECK(account.decide_one(10, post(1, 5)).said == answer::accepted);
  REQUIRE(judge_change(account.state, frozen_debit) == change_refusal::none);
  change_flags(account.state, {10}, frozen_debit);
  CHECK(account.state.settled_flags == none);
  const auto later = account.decide_one(11, post(2, 5));
  CHECK(later.said == answer::refused);
  CHECK(later.reason == item_result::debit_account_frozen);
  account.settle(10);
  CHECK(account.state.settled_flags == frozen_debit);
  CHECK(account.state.settled.debits_posted == 5);
  change_flags(account.state, {12}, none);
  CHECK(account.decide_one(13, post(3, 5)).said == answer::accepted);
  CHECK_FALSE(account_rules::is_quiet(account.state));
  account.settle(13);
  CHECK(account.state.settled_flags == none);
  CHECK(account_rules::is_quiet(account.state));
}

TEST_CASE("an account is closed when nothing is left of it") {
  one_account rich({.balance = 1});
  CHECK(judge_change(rich.state, closed) == change_refusal::balance_not_zero);
  CHECK(rich.decide_one(10, post(1, 1)).said == answer::accepted);
  CHECK(judge_change(rich.state, closed) == change_refusal::transfers_in_flight);
  rich.settle(10);
  CHECK(judge_change(rich.state, closed) == change_refusal::none);

  one_account holding({.balance = 0});
  auto hold = post(1, 5);
  hold.kind = transfer_kind::hold;
  CHECK(holding.decide_one(10, hold).said == answer::accepted);
  CHECK(judge_change(holding.state, closed) == change_refusal::transfers_in_flight);
  holding.settle(10);
  CHECK(judge_change(holding.state, closed) == change_refusal::holds_open);
  CHECK(judge_change(holding.state, frozen_debit) == change_refusal::none);

  one_account waited_for({.balance = 0});
  account_rules::expect(waited_for.state, 0, 5);
  CHECK(judge_change(waited_for.state, closed) == change_refusal::transfers_in_flight);
}

TEST_CASE("closed is for ever, and closing it again changes nothing") {
  one_account account({.balance = 0});
  change_flags(account.state, {5}, closed);
  CHECK(judge_change(account.state, closed) == change_refusal::none);
  CHECK(judge_change(account.state, frozen_debit) == change_refusal::closed);
  CHECK(judge_change(account.state, none) == change_refusal::closed);
  const auto late = account.decide_one(6, post(1, 5));
  CHECK(late.reason == item_result::debit_account_closed);
}
