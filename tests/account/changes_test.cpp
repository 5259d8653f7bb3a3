// Freezing, unfreezing, closing an account and changing its limits, between the legs that it
// decides (R1).
#include "actors/account/account_rules.hpp"
#include "tests/account/one_account.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::samples;
using account_rules::answer;
using account_rules::change_refusal;
using account_rules::change_terms;
using account_rules::judge_change;

namespace {

constexpr auto none = account_flags::none;
constexpr auto closed = account_flags::closed;
constexpr auto frozen_debit = account_flags::frozen_debit;
constexpr terms_change closing{.set = closed};
constexpr terms_change freezing{.set = frozen_debit};

asked_leg post(std::uint64_t n, std::int64_t amount) {
  return {.n = n, .side = leg_side::debit, .amount = amount};
}

}  // namespace

TEST_CASE("a freeze meets what is decided after it, and is told once it is durable") {
  one_account account({.balance = 100});
  CHECK(account.decide_one(10, post(1, 5)).said == answer::accepted);
  REQUIRE(judge_change(account.state, freezing) == change_refusal::none);
  CHECK(change_terms(account.state, {10}, changed(terms_of(account.state), freezing)));
  CHECK(account.state.settled_terms.flags == none);
  const auto later = account.decide_one(11, post(2, 5));
  CHECK(later.said == answer::refused);
  CHECK(later.reason == item_result::debit_account_frozen);
  account.settle(10);
  CHECK(account.state.settled_terms.flags == frozen_debit);
  CHECK(account.state.settled.debits_posted == 5);
  CHECK(change_terms(account.state, {12}, {}));
  CHECK_FALSE(change_terms(account.state, {12}, {}));
  CHECK(account.decide_one(13, post(3, 5)).said == answer::accepted);
  CHECK_FALSE(account_rules::is_quiet(account.state));
  account.settle(13);
  CHECK(account.state.settled_terms.flags == none);
  CHECK(account_rules::is_quiet(account.state));
}

TEST_CASE("an account is closed when nothing is left of it") {
  one_account rich({.balance = 1});
  CHECK(judge_change(rich.state, closing) == change_refusal::balance_not_zero);
  CHECK(rich.decide_one(10, post(1, 1)).said == answer::accepted);
  CHECK(judge_change(rich.state, closing) == change_refusal::transfers_in_flight);
  rich.settle(10);
  CHECK(judge_change(rich.state, closing) == change_refusal::none);

  one_account holding({.balance = 0});
  auto hold = post(1, 5);
  hold.kind = transfer_kind::hold;
  CHECK(holding.decide_one(10, hold).said == answer::accepted);
  CHECK(judge_change(holding.state, closing) == change_refusal::transfers_in_flight);
  holding.settle(10);
  CHECK(judge_change(holding.state, closing) == change_refusal::holds_open);
  CHECK(judge_change(holding.state, freezing) == change_refusal::none);

  one_account waited_for({.balance = 0});
  account_rules::expect(waited_for.state, 0, 5);
  CHECK(judge_change(waited_for.state, closing) == change_refusal::transfers_in_flight);
}

TEST_CASE("closed is for ever, and closing it again changes nothing") {
  one_account account({.balance = 0});
  CHECK(change_terms(account.state, {5}, {closed, {}}));
  CHECK(judge_change(account.state, closing) == change_refusal::none);
  CHECK(judge_change(account.state, freezing) == change_refusal::closed);
  CHECK(judge_change(account.state, {}) == change_refusal::closed);
  const auto late = account.decide_one(6, post(1, 5));
  CHECK(late.reason == item_result::debit_account_closed);
}

TEST_CASE("new limits meet what is decided after them, and are told once they are durable") {
  one_account account({.flags = account_flags::no_overdraft, .balance = 10});
  CHECK(account.decide_one(10, post(1, 15)).reason == item_result::debit_insufficient_funds);
  const terms_change credit{.credit_limit = 5};
  REQUIRE(judge_change(account.state, credit) == change_refusal::none);
  CHECK(change_terms(account.state, {11}, changed(terms_of(account.state), credit)));
  CHECK(account.state.settled_terms.limits.credit_limit == 0);
  CHECK(account.decide_one(12, post(2, 16)).reason == item_result::debit_insufficient_funds);
  CHECK(account.decide_one(12, post(3, 15)).said == answer::accepted);
  account.settle(12);
  CHECK(account.state.settled_terms.limits.credit_limit == 5);
}

TEST_CASE("limits that the balance is beyond already: back is allowed, further away is not") {
  one_account account({.flags = account_flags::no_overdraft, .balance = 50});
  const terms_change low{.maximum_balance = 20};
  REQUIRE(judge_change(account.state, low) == change_refusal::none);
  CHECK(change_terms(account.state, {10}, changed(terms_of(account.state), low)));
  auto credit = post(1, 1);
  credit.side = leg_side::credit;
  CHECK(account.decide_one(11, credit).reason == item_result::credit_exceeds_maximum);
  CHECK(account.decide_one(11, post(2, 10)).said == answer::accepted);
  const terms_change away{.no_maximum = true};
  CHECK(change_terms(account.state, {12}, changed(terms_of(account.state), away)));
  credit.n = 3;
  CHECK(account.decide_one(13, credit).said == answer::accepted);
}

TEST_CASE("a credit limit needs no_overdraft; closed accounts keep their limits") {
  one_account account({.balance = 0});
  CHECK(judge_change(account.state, {.credit_limit = 1}) == change_refusal::overdraft_allowed);
  CHECK(judge_change(account.state, {.credit_limit = 0}) == change_refusal::none);
  CHECK(judge_change(account.state, {.maximum_balance = 7}) == change_refusal::none);
  CHECK(change_terms(account.state, {5}, {closed, {}}));
  CHECK(judge_change(account.state, {.maximum_balance = 7}) == change_refusal::closed);
}
