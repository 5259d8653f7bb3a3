// From two verdicts to one fate, and what each account must then be told.
#include "actors/teller/verdict_rules.hpp"

#include "actors/account/account_rules.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/sequential_model.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace suanpan;
using namespace suanpan::samples;
using verdict_rules::combine;
using verdict_rules::fate;
using verdict_rules::notice;
using verdict_rules::notice_for;
using enum item_result;

namespace {

constexpr leg said(verdict v, item_result why = none) {
  return {no_leg, v, why};
}

constexpr auto accepted = said(verdict::accepted);
constexpr auto gone = said(verdict::unavailable);

struct combination {
  leg debit;
  leg credit;
  fate is;
  item_result reason;
};

constexpr auto refused = [](item_result why) { return said(verdict::refused, why); };
constexpr auto deferred = [](item_result why) { return said(verdict::deferred, why); };

}  // namespace

TEST_CASE("verdicts: every pair has one fate, by precedence and by what is still possible") {
  const std::array<combination, 13> table = {{
      {accepted, accepted, fate::booked, posted},
      {refused(debit_account_closed), accepted, fate::refused, debit_account_closed},
      {accepted, refused(credit_account_closed), fate::refused, credit_account_closed},
      {refused(debit_account_closed), refused(credit_account_currency_differs), fate::refused,
       credit_account_currency_differs},
      {refused(debit_account_frozen), refused(credit_account_frozen), fate::refused,
       debit_account_frozen},
      {deferred(debit_insufficient_funds), accepted, fate::deferred, none},
      {accepted, deferred(credit_insufficient_funds), fate::deferred, none},
      {deferred(debit_insufficient_funds), deferred(credit_insufficient_funds), fate::deferred,
       none},
      // Nothing that the debit account may still say has a smaller number.
      {deferred(debit_insufficient_funds), refused(credit_account_closed), fate::refused,
       credit_account_closed},
      // The debit account may still come up with a smaller one: a serial run would tell that.
      {deferred(debit_insufficient_funds), refused(credit_insufficient_funds), fate::deferred,
       none},
      {refused(debit_insufficient_funds), deferred(credit_total_overflow), fate::deferred, none},
      {refused(debit_insufficient_funds), deferred(credit_insufficient_funds), fate::refused,
       debit_insufficient_funds},
      {refused(debit_total_overflow), deferred(credit_total_overflow), fate::refused,
       debit_total_overflow},
  }};
  for (const auto& row : table) {
    CAPTURE(&row - table.data());
    const auto ruling = combine(std::array{row.debit, row.credit});
    CHECK(ruling.is == row.is);
    CHECK(ruling.reason == row.reason);
  }
}

TEST_CASE("verdicts: one account that failed makes the item unavailable, whatever the other says") {
  for (const auto& other :
       {accepted, refused(debit_account_closed), gone, deferred(debit_insufficient_funds)}) {
    CHECK(combine(std::array{gone, other}).is == fate::unavailable);
    CHECK(combine(std::array{other, gone}).is == fate::unavailable);
    CHECK(combine(std::array{other, gone}).reason == item_result::unavailable);
  }
}

TEST_CASE("verdicts: an account hears of its leg whenever the fate is not what it said") {
  struct told {
    verdict account_said;
    fate item;
    notice expected;
  };
  const std::array<told, 14> table = {{
      {verdict::accepted, fate::booked, notice::nothing},
      {verdict::accepted, fate::refused, notice::undo},
      {verdict::accepted, fate::unavailable, notice::undo},
      {verdict::accepted, fate::deferred, notice::undo_to_return},
      {verdict::refused, fate::refused, notice::nothing},
      {verdict::refused, fate::unavailable, notice::nothing},
      {verdict::refused, fate::deferred, notice::count_to_return},
      {verdict::deferred, fate::deferred, notice::nothing},
      {verdict::deferred, fate::refused, notice::drop},
      {verdict::deferred, fate::unavailable, notice::drop},
      {verdict::unavailable, fate::unavailable, notice::nothing},
      {verdict::undecided, fate::booked, notice::nothing},
      {verdict::undecided, fate::refused, notice::nothing},
      {verdict::undecided, fate::unavailable, notice::nothing},
  }};
  for (const auto& row : table) {
    CAPTURE(&row - table.data());
    CHECK(notice_for(row.account_said, row.item) == row.expected);
  }
}

// Items with two faults, one on each account: what the rules say must be what one serial run says.
TEST_CASE("refusals: of an item with a fault on each account the smaller number is told") {
  struct fault {
    account_flags flags;
    currency ccy;
    int128 balance;
  };
  const std::array<fault, 6> faults = {{
      {account_flags::none, cny, 1'000},
      {account_flags::none, usd, 1'000},
      {account_flags::closed, cny, 1'000},
      {account_flags::frozen_debit | account_flags::frozen_credit, cny, 1'000},
      {account_flags::none, cny, (~(static_cast<int128>(1) << 127)) - 50},
      {account_flags::no_overdraft, cny, 0},
  }};
  for (const auto& a : faults)
    for (const auto& b : faults) {
      // The payer's balance stands on the credit side, the payee's on the debit side: each is
      // lowered.
      auto payer = make_row({.sequence = 1, .flags = a.flags, .ccy = a.ccy, .balance = a.balance});
      auto payee = make_row({.sequence = 2,
                             .flags = b.flags,
                             .side = normal_side::debit,
                             .ccy = b.ccy,
                             .balance = b.balance});
      payer.totals.debits_posted = a.balance > 2'000 ? a.balance : 0;
      payee.totals.credits_posted = b.balance > 2'000 ? b.balance : 0;
      const auto item = make_transfer(1, payer.number, payee.number, 100);
      std::array<leg, 2> legs;
      for (const auto side : {leg_side::debit, leg_side::credit}) {
        auto state = account_rules::from_row(side == leg_side::debit ? payer : payee);
        account_rules::batch_decider decider(state, {10}, 4);
        const auto d = decider.decide({&item, item.id, side, 0});
        REQUIRE(d.said != account_rules::answer::deferred);
        legs.at(static_cast<std::size_t>(side)) =
            d.said == account_rules::answer::accepted ? accepted : said(verdict::refused, d.reason);
      }
      sequential_model model;
      model.open(payer);
      model.open(payee);
      const auto expected = model.run(item);
      CAPTURE(name_of(expected));
      CHECK(combine(legs).reason == expected);
    }
}

TEST_CASE(
    "verdict: a balancing transfer moves what the limiting account has, if the other takes it") {
  using enum transfer_kind;
  struct row {
    transfer_kind kind;
    std::int64_t debit;
    std::int64_t credit;
    std::int64_t moved;  // 0: refused
  };
  for (const auto& r : {row{balancing_debit, 30, 50, 30}, row{balancing_debit, 30, 30, 30},
                        row{balancing_debit, 30, 29, 0}, row{balancing_credit, 30, 50, 0},
                        row{balancing_credit, 50, 30, 30}}) {
    const std::array legs{said(verdict::accepted, debit_insufficient_funds),
                          said(verdict::accepted, credit_exceeds_maximum)};
    const std::array<minor_units, 2> most{{{r.debit}, {r.credit}}};
    const auto balanced = verdict_rules::balance(r.kind, legs, most);
    CHECK(balanced.moved.value == r.moved);
    CHECK(balanced.is.is == (r.moved == 0 ? fate::refused : fate::booked));
    if (r.moved == 0)
      CHECK(balanced.is.reason ==
            (r.kind == balancing_debit ? credit_exceeds_maximum : debit_insufficient_funds));
  }
}
