// What an account answers to one leg: every refusal in order of precedence, the worst and the best
// case, and how totals follow (R1, R10).
#include "actors/account/account_rules.hpp"

#include "tests/account/one_account.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace suanpan;
using namespace suanpan::samples;
using account_rules::answer;
using enum item_result;

namespace {

constexpr auto debit = leg_side::debit;
constexpr auto credit = leg_side::credit;
constexpr int128 largest = ~(static_cast<int128>(1) << 127);

// A state that refuses a leg, and nothing else that is wrong with it.
struct wrong {
  item_result on_debit;
  item_result on_credit;
  void (*plant)(one_account&, asked_leg&);
};

// In order of precedence.
constexpr std::array<wrong, 5> wrongs = {{
    {debit_account_currency_differs, credit_account_currency_differs,
     [](one_account&, asked_leg& leg) { leg.ccy = usd; }},
    {debit_account_closed, credit_account_closed,
     [](one_account& a, asked_leg&) { a.state.flags = a.state.flags | account_flags::closed; }},
    {debit_account_frozen, credit_account_frozen,
     [](one_account& a, asked_leg&) {
       a.state.flags = a.state.flags | account_flags::frozen_debit | account_flags::frozen_credit;
     }},
    {debit_total_overflow, credit_total_overflow,
     [](one_account& a, asked_leg&) {
       a.state.settled = {largest - 99, largest - 99};
     }},
    {debit_insufficient_funds, credit_insufficient_funds,
     [](one_account& a, asked_leg& leg) {
       a.state.flags = a.state.flags | account_flags::no_overdraft;
       a.state.side = leg.side == leg_side::debit ? normal_side::credit : normal_side::debit;
     }},
}};

item_result expected(const wrong& w, leg_side side) {
  return side == debit ? w.on_debit : w.on_credit;
}

}  // namespace

TEST_CASE("account: a leg with nothing wrong is accepted on either side") {
  for (const auto side : {debit, credit})
    for (const auto normal : {normal_side::debit, normal_side::credit}) {
      one_account a({.side = normal});
      const auto d = a.decide_one(10, {.side = side, .amount = 100});
      CHECK(d.said == answer::accepted);
      CHECK(d.reason == none);
    }
}

TEST_CASE("account: each fault alone is refused by its own name, on either side") {
  for (const auto side : {debit, credit})
    for (const auto& w : wrongs) {
      one_account a({});
      asked_leg leg{.side = side, .amount = 100};
      w.plant(a, leg);
      const auto d = a.decide_one(10, leg);
      CAPTURE(name_of(expected(w, side)));
      CHECK(d.said == answer::refused);
      CHECK(d.reason == expected(w, side));
      CHECK(account_rules::is_quiet(a.state));
    }
}

TEST_CASE("account: of two faults the one with the smaller number is told") {
  for (const auto side : {debit, credit})
    for (std::size_t first = 0; first < wrongs.size(); ++first)
      for (std::size_t second = first + 1; second < wrongs.size(); ++second) {
        one_account a({});
        asked_leg leg{.side = side, .amount = 100};
        wrongs[second].plant(a, leg);
        wrongs[first].plant(a, leg);
        const auto d = a.decide_one(10, leg);
        CAPTURE(name_of(expected(wrongs[second], side)));
        CHECK(d.said == answer::refused);
        CHECK(d.reason == expected(wrongs[first], side));
      }
}

TEST_CASE("account: a freeze of one side lets the other side pass") {
  one_account a({.flags = account_flags::frozen_debit});
  CHECK(a.decide_one(10, {.side = credit}).said == answer::accepted);
  CHECK(a.decide_one(11, {.side = debit}).reason == debit_account_frozen);
  one_account b({.flags = account_flags::frozen_credit});
  CHECK(b.decide_one(10, {.side = debit}).said == answer::accepted);
  CHECK(b.decide_one(11, {.side = credit}).reason == credit_account_frozen);
}

TEST_CASE("account: no_overdraft spends the last unit and not one more") {
  for (const auto normal : {normal_side::debit, normal_side::credit}) {
    const auto lowering = normal == normal_side::credit ? debit : credit;
    const account_kind kind{.flags = account_flags::no_overdraft, .side = normal, .balance = 100};
    CHECK(one_account(kind).decide_one(10, {.side = lowering, .amount = 100}).said ==
          answer::accepted);
    const auto d = one_account(kind).decide_one(10, {.side = lowering, .amount = 101});
    CHECK(d.said == answer::refused);
    CHECK(d.reason == (lowering == debit ? debit_insufficient_funds : credit_insufficient_funds));
  }
}

TEST_CASE("account: without no_overdraft a balance may fall below zero") {
  one_account a({});
  CHECK(a.decide_one(10, {.side = debit, .amount = 1'000'000}).said == answer::accepted);
}

TEST_CASE("account: the worst case counts what is accepted and not yet durable as gone") {
  one_account a({.flags = account_flags::no_overdraft, .balance = 100});
  CHECK(a.decide_one(10, {.n = 1, .side = debit, .amount = 60}).said == answer::accepted);
  // 40 are certain; 60 more only if the first comes to nothing.
  const auto d = a.decide_one(11, {.n = 2, .side = debit, .amount = 50});
  CHECK(d.said == answer::deferred);
  CHECK(d.reason == debit_insufficient_funds);
  CHECK(a.decide_one(12, {.n = 3, .side = debit, .amount = 101}).reason ==
        debit_insufficient_funds);
}

TEST_CASE("account: the best case hopes for credits that are not yet durable, and does not spend") {
  one_account a({.flags = account_flags::no_overdraft});
  const auto said = a.decide(
      10, {{.n = 1, .side = credit, .amount = 100}, {.n = 2, .side = debit, .amount = 100}});
  CHECK(said[0].said == answer::accepted);
  CHECK(said[1].said == answer::deferred);
  a.settle(10);
  CHECK(a.decide_one(11, {.n = 2, .side = debit, .amount = 100, .rounds = 1}).said ==
        answer::accepted);
}

TEST_CASE("account: what fails even in the best case is refused at once") {
  one_account a({.flags = account_flags::no_overdraft});
  static_cast<void>(a.decide_one(10, {.n = 1, .side = credit, .amount = 100}));
  const auto d = a.decide_one(10, {.n = 2, .side = debit, .amount = 101});
  CHECK(d.said == answer::refused);
  CHECK(d.reason == debit_insufficient_funds);
}

TEST_CASE("account: a deferred leg counts as uncertain for those behind it") {
  one_account a({.flags = account_flags::no_overdraft, .balance = 50});
  const auto said = a.decide(10, {{.n = 1, .side = credit, .amount = 50},
                                  {.n = 2, .side = debit, .amount = 80},
                                  {.n = 3, .side = debit, .amount = 40}});
  CHECK(said[1].said == answer::deferred);
  CHECK(said[2].said == answer::deferred);  // 40 of 50, but the 80 may come first
}

TEST_CASE("account: returning legs count only those ahead of them that were deferred again") {
  one_account a({.flags = account_flags::no_overdraft, .balance = 50});
  static_cast<void>(a.decide(10, {{.n = 1, .side = credit, .amount = 50},
                                  {.n = 2, .side = debit, .amount = 80},
                                  {.n = 3, .side = debit, .amount = 40}}));
  CHECK(a.undo(10, credit, 50));  // the payer of the 50 was refused
  a.settle(10);
  const auto said = a.decide(11, {{.n = 2, .side = debit, .amount = 80, .rounds = 1},
                                  {.n = 3, .side = debit, .amount = 40, .rounds = 1}});
  CHECK(said[0].said == answer::refused);
  CHECK(said[1].said == answer::accepted);
  a.settle(11);
  CHECK(account_rules::is_quiet(a.state));
  CHECK(balance_of(a.state.settled, normal_side::credit) == 10);
}

TEST_CASE("account: new legs count every leg that will come again, in whatever batch") {
  one_account a({.flags = account_flags::no_overdraft, .balance = 50});
  static_cast<void>(a.decide(
      10, {{.n = 1, .side = credit, .amount = 50}, {.n = 2, .side = debit, .amount = 80}}));
  a.settle(10);
  // 100 are there; the 80 has not come again, so only 20 are certain.
  CHECK(a.decide_one(11, {.n = 3, .side = debit, .amount = 20}).said == answer::accepted);
  CHECK(a.decide_one(11, {.n = 4, .side = debit, .amount = 1}).said == answer::deferred);
}

TEST_CASE("account: a total that might overflow defers, one that must overflow refuses") {
  one_account a({});
  a.state.settled.debits_posted = largest - 10;
  a.state.settled.credits_posted = largest - 10;
  CHECK(a.decide_one(10, {.n = 1, .side = debit, .amount = 6}).said == answer::accepted);
  const auto d = a.decide_one(11, {.n = 2, .side = debit, .amount = 6});
  CHECK(d.said == answer::deferred);
  CHECK(d.reason == debit_total_overflow);
  CHECK(a.decide_one(11, {.n = 3, .side = debit, .amount = 11}).reason == debit_total_overflow);
}

TEST_CASE("account: what settles is folded, by ticket, and only up to the watermark") {
  one_account a({});
  static_cast<void>(a.decide_one(10, {.side = debit, .amount = 1}));
  static_cast<void>(a.decide_one(12, {.side = debit, .amount = 20}));
  static_cast<void>(a.decide_one(14, {.side = credit, .amount = 300}));
  a.settle(13);
  CHECK(a.state.settled.debits_posted == 21);
  CHECK(a.state.settled.credits_posted == 0);
  CHECK(a.state.covers == ticket{13});
  a.settle(11);  // an older message changes nothing
  CHECK(a.state.covers == ticket{13});
  a.settle(14);
  CHECK(a.state.settled.credits_posted == 300);
  CHECK(account_rules::is_quiet(a.state));
}

TEST_CASE("account: an undone leg leaves no trace in any total") {
  one_account a({.flags = account_flags::no_overdraft, .balance = 100});
  static_cast<void>(a.decide_one(10, {.n = 1, .side = debit, .amount = 100}));
  CHECK(a.undo(10, debit, 100));
  CHECK(a.decide_one(11, {.n = 2, .side = debit, .amount = 100}).said == answer::accepted);
  a.settle(11);
  CHECK(a.state.settled.debits_posted == 100);
}

TEST_CASE("account: to undo what is not pending is a bug and says so") {
  one_account a({});
  CHECK_FALSE(a.undo(10, debit, 1));
  static_cast<void>(a.decide_one(10, {.side = debit, .amount = 5}));
  CHECK_FALSE(a.undo(10, debit, 6));
  CHECK_FALSE(a.undo(10, credit, 5));
  CHECK_FALSE(a.undo(11, debit, 5));
  a.settle(10);
  CHECK_FALSE(a.undo(10, debit, 5));
  CHECK(a.state.settled.debits_posted == 5);
}

TEST_CASE("account: legs that wait for another account are uncertain, both ways (R26)") {
  one_account a(
      {.flags = account_flags::no_overdraft, .side = normal_side::credit, .balance = 100});
  account_rules::expect(a.state, 60, 0);
  CHECK(a.decide_one(10, {.n = 1, .side = debit, .amount = 40}).said == answer::accepted);
  CHECK(a.decide_one(11, {.n = 2, .side = debit, .amount = 40}).said == answer::deferred);
  CHECK(a.decide_one(12, {.n = 3, .side = debit, .amount = 101}).said == answer::refused);
  account_rules::expect(a.state, 0, 50);
  CHECK(a.decide_one(13, {.n = 4, .side = debit, .amount = 101}).said == answer::deferred);
}

TEST_CASE(
    "account: a leg that was expected is judged against the others, not against itself (R26)") {
  one_account a(
      {.flags = account_flags::no_overdraft, .side = normal_side::credit, .balance = 100});
  account_rules::expect(a.state, 100, 0);
  const auto said = a.decide(10, {{.n = 1, .side = debit, .amount = 60, .expected = true},
                                  {.n = 2, .side = debit, .amount = 40, .expected = true}});
  CHECK(said[0].said == answer::accepted);
  CHECK(said[1].said == answer::accepted);
  CHECK(a.state.deferred_debits == 0);
}

TEST_CASE("account: a voucher's legs are judged together, on what they do to it all in all (R2)") {
  struct row {
    std::int64_t balance;
    std::vector<asked_leg> legs;
    answer said;
    std::vector<item_result> reasons;
  };
  const auto out = [](std::int64_t amount) { return asked_leg{.side = debit, .amount = amount}; };
  const auto in = [](std::int64_t amount) { return asked_leg{.side = credit, .amount = amount}; };
  auto foreign = in(5);
  foreign.ccy = usd;
  const std::vector<row> table = {
      {0, {out(50), in(50)}, answer::accepted, {none, none}},
      {0, {out(51), in(50)}, answer::refused, {debit_insufficient_funds, linked_failed}},
      {1, {out(51), in(50)}, answer::accepted, {none, none}},
      {0, {in(50), out(60)}, answer::refused, {linked_failed, debit_insufficient_funds}},
      {10, {out(6), out(6)}, answer::refused, {debit_insufficient_funds, linked_failed}},
      {0, {out(50), foreign}, answer::refused, {linked_failed, credit_account_currency_differs}},
  };
  for (const auto& r : table) {
    CAPTURE(&r - table.data());
    one_account a({.flags = account_flags::no_overdraft, .balance = r.balance});
    const auto said = a.decide_voucher(10, r.legs);
    for (std::size_t i = 0; i < said.size(); ++i) {
      CHECK(said[i].said == r.said);
      CHECK(said[i].reason == r.reasons[i]);
    }
    CHECK((a.state.pending_debits != 0) == (r.said == answer::accepted));
  }
}

TEST_CASE("account: a voucher that depends on what is uncertain is deferred whole (R1, R2)") {
  one_account a({.flags = account_flags::no_overdraft, .balance = 0});
  REQUIRE(a.decide_one(10, {.side = credit, .amount = 30}).said == answer::accepted);
  std::vector<asked_leg> legs = {{.n = 2, .side = debit, .amount = 40},
                                 {.n = 3, .side = credit, .amount = 15}};
  auto said = a.decide_voucher(20, legs);
  CHECK(said[0].said == answer::deferred);
  CHECK(said[0].reason == item_result::debit_insufficient_funds);
  CHECK(said[1].said == answer::deferred);
  CHECK(a.state.deferred_debits == 40);
  CHECK(a.state.deferred_credits == 15);
  a.settle(10);
  for (auto& leg : legs) leg.rounds = 1;
  said = a.decide_voucher(30, legs);
  CHECK(said[0].said == answer::accepted);
  CHECK(a.state.deferred_debits == 0);
}
