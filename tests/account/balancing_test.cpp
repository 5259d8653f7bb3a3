// How much of a balancing transfer an account accepts: what is there, in the worst case and the
// best.
#include "tests/account/one_account.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::samples;
using account_rules::answer;
using enum item_result;

namespace {

constexpr auto no_overdraft = account_flags::no_overdraft;

asked_leg up_to(std::int64_t amount, leg_side side = leg_side::debit,
                transfer_kind kind = transfer_kind::balancing_debit) {
  return {.n = 9, .side = side, .amount = amount, .kind = kind};
}

asked_leg again(asked_leg leg) {
  leg.rounds = 1;
  return leg;
}

}  // namespace

TEST_CASE("balancing: the limiting account gives what it has, overdraft or not") {
  for (const auto flags : {account_flags::none, no_overdraft}) {
    one_account a({.flags = flags, .balance = 30});
    const auto whole = a.decide_one(10, up_to(20));
    CHECK(whole.said == answer::accepted);
    CHECK(whole.most.value == 20);
    const auto part = a.decide_one(11, up_to(20));
    CHECK(part.said == answer::deferred);  // the first may come to nothing
    a.settle(11);
    const auto rest = a.decide_one(12, again(up_to(20)));
    CHECK(rest.said == answer::accepted);
    CHECK(rest.most.value == 10);
    CHECK(rest.reason == debit_insufficient_funds);
    a.settle(12);
    const auto nothing = a.decide_one(13, up_to(20));
    CHECK(nothing.said == answer::refused);
    CHECK(nothing.reason == debit_insufficient_funds);
  }
}

TEST_CASE("balancing: the other account has its own limits only") {
  one_account free({.balance = 0});
  CHECK(
      free.decide_one(10, up_to(20, leg_side::debit, transfer_kind::balancing_credit)).most.value ==
      20);
  one_account bound({.flags = no_overdraft, .balance = 5});
  const auto part =
      bound.decide_one(10, up_to(20, leg_side::debit, transfer_kind::balancing_credit));
  CHECK(part.most.value == 5);
  CHECK(part.reason == debit_insufficient_funds);
}

TEST_CASE("balancing: a credit limit is there, what is held is not; a maximum leaves its room") {
  one_account a({.flags = no_overdraft, .balance = 30});
  a.state.limits = {10, 50};
  auto hold = up_to(25);
  hold.n = 1;
  hold.kind = transfer_kind::hold;
  REQUIRE(a.decide_one(10, hold).said == answer::accepted);
  a.settle(10);
  CHECK(a.decide_one(11, up_to(99)).most.value == 15);
  CHECK(a.decide_one(11, up_to(99, leg_side::credit)).said == answer::deferred);
  a.settle(11);
  const auto room = a.decide_one(12, again(up_to(99, leg_side::credit)));
  CHECK(room.most.value == 35);
  CHECK(room.reason == credit_exceeds_maximum);
}

TEST_CASE("balancing: what is not moved is given back") {
  one_account a({.balance = 30});
  const auto asked = transfer_of(up_to(20), a.state.number);
  REQUIRE(a.decide_one(10, up_to(20)).most.value == 20);
  auto rest = claim_of(asked, leg_side::debit);
  rest.amount = {13};
  REQUIRE(account_rules::undo_accepted(a.state, {10}, rest));
  a.settle(10);
  CHECK(a.state.settled.debits_posted == make_row({.balance = 30}).totals.debits_posted + 7);
  CHECK(account_rules::is_quiet(a.state));
}
