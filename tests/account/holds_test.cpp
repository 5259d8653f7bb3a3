// Holds, their captures and voids, and limits, as one account judges them (R23, R1).
#include "actors/account/account_rules.hpp"
#include "tests/account/one_account.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace suanpan;
using namespace suanpan::samples;
using account_rules::answer;
using enum item_result;

namespace {

constexpr auto debit = leg_side::debit;
constexpr auto credit = leg_side::credit;
constexpr auto no_overdraft = account_flags::no_overdraft;

asked_leg hold(std::uint64_t n, std::int64_t amount, leg_side side = debit,
               std::int64_t expires_at = 0) {
  return {.n = n,
          .side = side,
          .amount = amount,
          .kind = transfer_kind::hold,
          .expires_at = expires_at};
}
asked_leg capture(std::uint64_t n, std::uint64_t of, std::int64_t amount, leg_side side = debit) {
  return {.n = n, .side = side, .amount = amount, .kind = transfer_kind::capture, .hold = of};
}
asked_leg void_of(std::uint64_t n, std::uint64_t of, std::int64_t amount, leg_side side = debit) {
  return {.n = n, .side = side, .amount = amount, .kind = transfer_kind::void_hold, .hold = of};
}
asked_leg post(std::uint64_t n, std::int64_t amount, leg_side side = debit) {
  return {.n = n, .side = side, .amount = amount};
}

// 100 on the account, of which hold 1 takes 60; durable.
struct with_hold : one_account {
  explicit with_hold(std::int64_t expires_at = 0)
      : one_account({.flags = no_overdraft, .balance = 100}) {
    REQUIRE(decide_one(10, hold(1, 60, debit, expires_at)).said == answer::accepted);
    settle(10);
  }
  item_result refusal(std::int64_t at, const asked_leg& leg) {
    const auto d = decide_one(at, leg);
    CHECK(d.said == answer::refused);
    return d.reason;
  }
};

}  // namespace

TEST_CASE("holds: what is held is not available, and no money has moved") {
  with_hold a;
  CHECK(a.state.settled.debits_posted == 0);
  CHECK(a.state.holds->held().debits == 60);
  CHECK(a.refusal(20, post(2, 41)) == debit_insufficient_funds);
  CHECK(a.refusal(20, hold(3, 41)) == debit_insufficient_funds);
  CHECK(a.decide_one(20, post(4, 40)).said == answer::accepted);
}

TEST_CASE("holds: a partial capture moves its amount and frees the rest") {
  with_hold a;
  REQUIRE(a.decide_one(20, capture(2, 1, 25)).said == answer::accepted);
  a.settle(20);
  CHECK(a.state.settled.debits_posted == 25);
  CHECK(a.state.holds->held().debits == 0);
  CHECK(a.state.holds->open_holds() == 0);
  CHECK(a.decide_one(30, post(3, 75)).said == answer::accepted);
}

TEST_CASE("holds: a void frees what is held, once it is durable and not before (R23)") {
  with_hold a;
  REQUIRE(a.decide_one(20, void_of(2, 1, 60)).said == answer::accepted);
  CHECK(a.decide_one(30, post(3, 100)).said == answer::deferred);
  a.settle(20);
  CHECK(a.state.settled.debits_posted == 0);
  CHECK(a.decide_one(40, {.n = 3, .side = debit, .amount = 100, .rounds = 1}).said ==
        answer::accepted);
}

TEST_CASE("holds: each refusal of a capture or void, in order of precedence") {
  with_hold a(50);
  auto elsewhere = capture(2, 1, 99);
  elsewhere.side = credit;  // another pair of accounts than the hold's
  CHECK(a.refusal(20, elsewhere) == hold_accounts_differ);
  CHECK(a.refusal(20, capture(3, 9, 10)) == hold_not_open);
  CHECK(a.refusal(49, capture(4, 1, 61)) == exceeds_hold);
  CHECK(a.refusal(49, void_of(5, 1, 59)) == hold_amount_differs);
  CHECK(a.refusal(50, capture(6, 1, 61)) == hold_expired);
  CHECK(a.refusal(50, capture(7, 1, 10)) == hold_expired);
  CHECK(a.decide_one(51, void_of(8, 1, 60)).said == answer::accepted);
  a.settle(51);
  CHECK(a.refusal(52, capture(9, 1, 10)) == hold_not_open);
  CHECK(a.refusal(52, void_of(10, 1, 60)) == hold_not_open);
  CHECK(a.refusal(60, hold(11, 5, debit, 60)) == hold_expired);
}

TEST_CASE("holds: a capture waits for the fate of its hold, and of what would end it first (R1)") {
  one_account a({.flags = no_overdraft, .balance = 100});
  const auto both = a.decide(10, {hold(1, 60), capture(2, 1, 60)});
  CHECK(both[0].said == answer::accepted);
  CHECK(both[1].said == answer::deferred);

  SUBCASE("the payee refuses the hold: there is none") {
    CHECK(a.undo(10, hold(1, 60)));
    a.settle(10);
    auto again = capture(2, 1, 60);
    again.rounds = 1;
    const auto said = a.decide_one(20, again);
    CHECK(said.said == answer::refused);
    CHECK(said.reason == hold_not_open);
  }
  SUBCASE("it is booked: one of two captures has it") {
    a.settle(10);
    auto again = capture(2, 1, 60);
    again.rounds = 1;
    CHECK(a.decide_one(20, again).said == answer::accepted);
    CHECK(a.decide_one(21, capture(3, 1, 60)).said == answer::deferred);
    a.settle(20);
    auto second = capture(3, 1, 60);
    second.rounds = 1;
    CHECK(a.decide_one(30, second).reason == hold_not_open);
  }
}

TEST_CASE("holds: an undone capture leaves the hold open") {
  with_hold a;
  REQUIRE(a.decide_one(20, capture(2, 1, 30)).said == answer::accepted);
  CHECK(a.undo(20, capture(2, 1, 30)));
  CHECK_FALSE(a.undo(20, capture(2, 1, 30)));
  a.settle(20);
  CHECK(a.state.settled.debits_posted == 0);
  CHECK(a.state.holds->held().debits == 60);
  CHECK(account_rules::is_quiet(a.state));
  CHECK(a.decide_one(30, capture(3, 1, 60)).said == answer::accepted);
}

TEST_CASE("holds: within its own voucher a hold can't be ended, and no hold twice (R2)") {
  with_hold a;
  CHECK(a.decide_voucher(20, {hold(2, 5), capture(3, 2, 5)})[1].reason == hold_not_open);
  CHECK(a.decide_voucher(21, {capture(4, 1, 5), capture(5, 1, 5)})[1].reason == hold_not_open);
  const auto said = a.decide_voucher(22, {capture(6, 1, 60), post(7, 40)});
  CHECK(said[0].said == answer::accepted);
}

TEST_CASE("holds: a freeze stops new ones, and honours those that were made before") {
  with_hold a;
  a.state.flags = a.state.flags | account_flags::frozen_debit;
  CHECK(a.refusal(20, hold(2, 1)) == debit_account_frozen);
  CHECK(a.refusal(20, post(3, 1)) == debit_account_frozen);
  CHECK(a.decide_one(20, capture(4, 1, 60)).said == answer::accepted);
}

TEST_CASE("limits: a credit limit is spent by holds, too, and not beyond") {
  auto row = make_row({.flags = no_overdraft, .balance = 10});
  row.limits.credit_limit = 50;
  one_account a({.flags = no_overdraft});
  a.state = account_rules::from_row(row);
  CHECK(a.decide_one(10, post(1, 61)).reason == debit_insufficient_funds);
  CHECK(a.decide_one(10, hold(2, 40)).said == answer::accepted);
  CHECK(a.decide_one(11, post(3, 21)).said == answer::deferred);
  CHECK(a.decide_one(11, post(4, 5)).said == answer::deferred);  // post 3 may yet be booked
  a.settle(11);
  CHECK(a.decide_one(12, {.n = 3, .amount = 21, .rounds = 1}).reason == debit_insufficient_funds);
}

TEST_CASE("limits: what a hold would bring counts against the maximum balance") {
  auto row = make_row({.balance = 10});
  row.limits.maximum_balance = 100;
  one_account a({});
  a.state = account_rules::from_row(row);
  CHECK(a.decide_one(10, post(1, 91, credit)).reason == credit_exceeds_maximum);
  REQUIRE(a.decide_one(10, hold(2, 60, credit)).said == answer::accepted);
  a.settle(10);
  CHECK(a.decide_one(11, post(3, 31, credit)).reason == credit_exceeds_maximum);
  REQUIRE(a.decide_one(12, capture(4, 2, 20, credit)).said == answer::accepted);
  a.settle(12);
  CHECK(a.state.settled.credits_posted == 30);
  CHECK(a.decide_one(13, post(5, 70, credit)).said == answer::accepted);
}

TEST_CASE("holds: an account that becomes active knows those that are open") {
  auto row = make_row({.flags = no_overdraft, .balance = 100});
  const auto other = account_number::make({0}, 99);
  row.holds.push_back({id_at(0, 1), row.number, other, {60}, 0, cny, {5}});
  one_account a({});
  a.state = account_rules::from_row(row);
  CHECK(a.decide_one(10, post(2, 41)).reason == debit_insufficient_funds);
  CHECK(a.decide_one(10, capture(3, 1, 60)).said == answer::accepted);
}
