// R1, liveness: an account that cannot decide a leg lets nothing new become uncertain behind it.
#include "actors/account/account_rules.hpp"
#include "tests/account/one_account.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::samples;
using account_rules::answer;

namespace {

constexpr auto debit = leg_side::debit;
constexpr auto credit = leg_side::credit;

// Ticket after ticket a new credit is in flight, so that leg 1 can be judged in no batch.
one_account starved(std::uint16_t rounds_max, std::uint16_t rounds) {
  one_account a({.flags = account_flags::no_overdraft}, rounds_max);
  static_cast<void>(a.decide(
      10, {{.n = 900, .side = credit, .amount = 5}, {.n = 1, .side = debit, .amount = 50}}));
  for (std::uint16_t r = 1; r <= rounds; ++r) {
    static_cast<void>(
        a.decide(10 + r, {{.n = 1, .side = debit, .amount = 50, .rounds = r},
                          {.n = 900U + r, .side = credit, .amount = 50, .rounds = 0}}));
  }
  return a;
}

}  // namespace

TEST_CASE("account: a leg is deferred defer_rounds times before anything behind it is held back") {
  for (std::uint16_t r = 0; r < 4; ++r) CHECK_FALSE(starved(4, r).state.blocked);
  CHECK(starved(4, 4).state.blocked);
  CHECK(starved(4, 4).state.blocked_on == id_at(0, 1));
}

TEST_CASE("account: while blocked it defers new legs that would hold, with the least refusal") {
  auto a = starved(4, 4);
  const auto c = a.decide_one(20, {.n = 30, .side = credit, .amount = 1});
  CHECK(c.said == answer::deferred);
  CHECK(c.reason == item_result::credit_total_overflow);
  const auto d = a.decide_one(20, {.n = 31, .side = debit, .amount = 1});
  CHECK(d.said == answer::deferred);
  CHECK(d.reason == item_result::debit_total_overflow);
}

TEST_CASE("account: while blocked it still refuses what nothing can mend") {
  auto a = starved(4, 4);
  const auto d = a.decide_one(20, {.n = 30, .side = credit, .amount = 1, .ccy = usd});
  CHECK(d.said == answer::refused);
  CHECK(d.reason == item_result::credit_account_currency_differs);
}

TEST_CASE("account: the leg it waits for is judged as soon as what was in flight has settled") {
  auto a = starved(4, 4);
  a.settle(14);
  const auto said = a.decide(20, {{.n = 1, .side = debit, .amount = 50, .rounds = 5},
                                  {.n = 40, .side = credit, .amount = 7}});
  CHECK(said[0].said == answer::accepted);
  CHECK(said[1].said == answer::accepted);
  CHECK_FALSE(a.state.blocked);
}

TEST_CASE("account: a leg that is still undecidable when it comes again blocks again") {
  auto a = starved(4, 4);  // nothing settled meanwhile
  const auto d = a.decide_one(20, {.n = 1, .side = debit, .amount = 50, .rounds = 5});
  CHECK(d.said == answer::deferred);
  CHECK(a.state.blocked);
}

TEST_CASE("account: being told that the leg will not come again ends the wait") {
  auto a = starved(4, 4);
  account_rules::drop_deferred(a.state, id_at(0, 1), {transfer_kind::post, debit, {50}, {}});
  CHECK_FALSE(a.state.blocked);
  CHECK(a.decide_one(20, {.n = 30, .side = credit, .amount = 1}).said == answer::accepted);
}

TEST_CASE("account: legs deferred behind a blocking one do not block for themselves") {
  auto a = starved(4, 4);
  static_cast<void>(a.decide_one(20, {.n = 30, .side = credit, .amount = 1, .rounds = 0}));
  static_cast<void>(a.decide_one(21, {.n = 30, .side = credit, .amount = 1, .rounds = 9}));
  CHECK(a.state.blocked_on == id_at(0, 1));
}

TEST_CASE("account: deferred legs keep it from being let go, until each has come or been dropped") {
  one_account a({});
  account_rules::count_deferred(a.state, {transfer_kind::post, credit, {9}, {}});
  CHECK_FALSE(account_rules::is_quiet(a.state));
  account_rules::drop_deferred(a.state, id_at(0, 9), {transfer_kind::post, credit, {9}, {}});
  CHECK(account_rules::is_quiet(a.state));
}
