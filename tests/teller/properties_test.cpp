// Properties of the pure rules over random batches: several in flight, rows that fail, items that
// come again, memory that is lost. Each property runs 10,000 cases and has named one-line faults
// under which it must fail.
#include "tests/support/pure_ledger.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/sequential_model.hpp"
#include "tests/teller/random_case.hpp"
#include "tests/teller/running_books.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace suanpan;
using namespace suanpan::samples;

namespace {

constexpr int cases = 10'000;
constexpr int cases_under_a_fault = 3'000;

// By (ticket, index); commits came in ticket order, rows in index order.
sequential_model opened(const one_case& c) {
  sequential_model model;
  for (const auto& row : c.accounts) model.open(row);
  return model;
}

bool serial_meaning(one_case& c) {
  if (!c.run()) return false;
  auto model = opened(c);
  const auto& rows = c.ledger.rows();
  for (std::size_t i = 0; i < rows.size();) {
    std::vector<transfer> unit;
    std::vector<item_result> told;
    const auto at = rows[i].at;
    const auto voucher = rows[i].voucher;
    const auto moved = rows[i].moved;
    do {
      unit.push_back(rows[i].what);
      told.push_back(rows[i].result);
    } while (rows[i++].what.linked && i < rows.size() && rows[i].voucher == voucher);
    if (unit.back().linked || model.run_voucher(unit, at) != told) return false;
    if (told.front() == item_result::posted && unit.size() == 1 && model.moved() != moved)
      return false;
  }
  return true;
}

bool limits_hold(one_case& c) {
  if (!c.run()) return false;
  running_books books(c.accounts);
  for (const auto& row : c.ledger.rows()) {
    books.take(row);
    if (row.what.linked) continue;  // only a voucher's net effect counts (R2)
    if (!books.within_limits()) return false;
  }
  return true;
}

// Live totals: what accounts would tell a reader.
bool money_is_conserved(one_case& c) {
  std::map<currency, int128> before;
  for (const auto& row : c.accounts)
    before[row.key.ccy] += row.totals.debits_posted - row.totals.credits_posted;
  if (!c.run()) return false;
  c.ledger.settle_all();
  std::map<currency, int128> after;
  for (const auto& row : c.accounts) {
    const auto& state = c.ledger.live(row.number);
    after[row.key.ccy] += state.settled.debits_posted - state.settled.credits_posted;
    if (!account_rules::is_quiet(state)) return false;
  }
  return before == after && !c.ledger.broke_a_precondition();
}

// R4, R5: one row an id; whoever asks again hears what the first was told.
bool ids_are_idempotent(one_case& c) {
  if (!c.run()) return false;
  std::map<transfer_id, const ledger_row*> stored;
  for (const auto& row : c.ledger.rows())
    if (!stored.try_emplace(row.what.id, &row).second) return false;
  std::map<transfer_id, ledger_answer> first;
  for (const auto& told : c.ledger.answers()) {
    const auto [known, fresh] = first.try_emplace(told.what.id, told);
    if (fresh) continue;
    const auto& fate = known->second;
    const auto same = compare_content(fate.what, told.what);
    auto expected = fate.result;
    if (is_booked(fate.result))
      expected = same;
    else if (same != item_result::exists && is_recorded_refusal(fate.result))
      expected = item_result::exists_with_different_content;
    if (fate.result == item_result::internal) {
      first.erase(known);  // nothing is stored: the next one is judged anew
      first.emplace(told.what.id, told);
      continue;
    }
    if (told.result != expected) return false;
  }
  return c.ledger.answers().size() == c.asked.size();
}

held_totals held_of(const account_rules::state& live) {
  return live.holds ? live.holds->held() : held_totals{};
}

held_totals held_at(const one_case& c, account_number n, ticket upto) {
  running_books books(c.accounts);
  for (const auto& row : c.ledger.rows())
    if (row.at <= upto) books.take(row);
  return books.now.at(n).held;
}

// At any moment: an account's durable totals are the rows up to what it covers, and so are those
// that recovery would make.
bool recovered_is_live(one_case& c) {
  const auto folded = [&](const account_row& from, ticket upto) {
    auto totals = from.totals;
    for (const auto& row : c.ledger.rows()) {
      if (row.result != item_result::posted || row.at > upto) continue;
      if (row.what.debit == from.number) apply_leg(totals, leg_side::debit, row.moved);
      if (row.what.credit == from.number) apply_leg(totals, leg_side::credit, row.moved);
    }
    return totals;
  };
  constexpr ticket end{1'000'000};
  for (int steps = 0; steps < 20'000; ++steps) {
    const bool more = c.ledger.step();
    for (const auto& row : c.accounts) {
      const auto& live = c.ledger.live(row.number);
      if (live.settled != folded(row, live.covers)) return false;
      if (held_of(live) != held_at(c, row.number, live.covers)) return false;
      if (c.ledger.recovered(row.number).totals != folded(row, end)) return false;
    }
    if (!more) return true;
  }
  return false;
}

// A caller's items, each of which a run in order of arrival would book, are all booked: none is
// overtaken by one that depends on it, be its accounts cold or not (R1, R26).
bool order_of_arrival_holds(std::uint64_t seed, planted fault) {
  random_source chance(seed);
  std::vector<account_row> accounts = {make_row({.sequence = 1})};
  for (std::int64_t n = 2; n <= 8; ++n)
    accounts.push_back(make_row({.sequence = n,
                                 .flags = account_flags::no_overdraft,
                                 .balance = static_cast<int128>(chance.between(0, 30))}));
  sequential_model model;
  for (const auto& row : accounts) model.open(row);
  pure_ledger ledger(chance, accounts,
                     {.fault = fault,
                      .batches_in_flight_max = static_cast<std::size_t>(chance.between(1, 4)),
                      .batch_items_max = static_cast<std::size_t>(chance.between(1, 6)),
                      .defer_rounds = static_cast<std::uint16_t>(chance.between(0, 3)),
                      .cold = !chance.one_in(4)});
  std::size_t asked = 0;
  for (std::uint64_t n = 0; n < 60 && asked < 24; ++n) {
    for (auto steps = chance.below(6); steps > 0 && chance.one_in(3); --steps)
      static_cast<void>(ledger.step());
    const auto from = chance.below(8);
    const auto to = (from + 1 + chance.below(7)) % 8;
    const auto t =
        make_transfer(n, accounts[from].number, accounts[to].number, chance.between(1, 50));
    auto before = model;
    if (model.run(t) != item_result::posted) {
      model = std::move(before);
      continue;
    }
    ledger.ask(t);
    ++asked;
  }
  for (int steps = 0; steps < 20'000 && ledger.step(); ++steps) {
  }
  return ledger.rows().size() == asked &&
         std::ranges::all_of(ledger.rows(), [](const ledger_row& row) {
           return row.result == item_result::posted;
         });
}

// The first seed that breaks the property; 0: none does.
std::uint64_t breaking_seed(bool (*property)(one_case&), planted fault, int runs,
                            bool crashes = false) {
  for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(runs); ++seed) {
    one_case c(seed, fault, crashes);
    if (!property(c)) return seed;
  }
  return 0;
}

}  // namespace

TEST_CASE("property: answers equal one run item by item in (ticket, index) order (R1)") {
  std::size_t batches = 0;
  for (std::uint64_t seed = 1; seed <= 2 * cases; ++seed) {
    one_case c(seed, planted::nothing, seed % 4 >= 2);
    CAPTURE(seed);
    REQUIRE(serial_meaning(c));
    batches += c.ledger.batches();
  }
  MESSAGE(batches << " batches of all kinds");
  CHECK(batches >= 100'000);
}

TEST_CASE("property: serial meaning breaks when a reservation is dropped or doubt is a refusal") {
  CHECK(breaking_seed(serial_meaning, planted::reservation_dropped, cases_under_a_fault) != 0);
  CHECK(breaking_seed(serial_meaning, planted::doubt_is_refusal, cases_under_a_fault) != 0);
  CHECK(breaking_seed(serial_meaning, planted::uncommitted_credits_spent, cases_under_a_fault) !=
        0);
}

TEST_CASE("property: serial meaning breaks when reversals don't wait for what they depend on") {
  CHECK(breaking_seed(serial_meaning, planted::reversed_unasked, cases_under_a_fault) != 0);
}

TEST_CASE(
    "property: serial meaning breaks when a voucher is judged leg by leg, or loses its last") {
  CHECK(breaking_seed(serial_meaning, planted::net_effect_per_leg, cases_under_a_fault) != 0);
  CHECK(breaking_seed(serial_meaning, planted::last_leg_lost, cases_under_a_fault) != 0);
}

TEST_CASE(
    "property: no account is ever beyond its limits, what is held counted, at any place (R1)") {
  CHECK(breaking_seed(limits_hold, planted::nothing, cases) == 0);
  CHECK(breaking_seed(limits_hold, planted::nothing, cases, true) == 0);
}

TEST_CASE("property: overdrafts appear when reservations drop or uncommitted credits are spent") {
  CHECK(breaking_seed(limits_hold, planted::reservation_dropped, cases_under_a_fault) != 0);
  CHECK(breaking_seed(limits_hold, planted::uncommitted_credits_spent, cases_under_a_fault) != 0);
}

TEST_CASE("property: money is conserved in live totals, and nothing stays reserved") {
  CHECK(breaking_seed(money_is_conserved, planted::nothing, cases) == 0);
  CHECK(breaking_seed(money_is_conserved, planted::nothing, cases, true) == 0);
}

TEST_CASE("property: what a balancing transfer did not move must be given back") {
  CHECK(breaking_seed(serial_meaning, planted::rest_stays_reserved, cases_under_a_fault) != 0);
  CHECK(breaking_seed(money_is_conserved, planted::rest_stays_reserved, cases_under_a_fault) != 0);
}

TEST_CASE("property: money is made when one side of a failed row is not undone") {
  CHECK(breaking_seed(money_is_conserved, planted::one_side_undone, cases_under_a_fault) != 0);
}

TEST_CASE("property: whoever asks again under an id hears the same fate (R4, R5)") {
  CHECK(breaking_seed(ids_are_idempotent, planted::nothing, cases) == 0);
}

TEST_CASE("property: ids are not idempotent when forgotten, or when a refusal comes first") {
  CHECK(breaking_seed(ids_are_idempotent, planted::ids_forgotten, cases_under_a_fault) != 0);
  CHECK(breaking_seed(ids_are_idempotent, planted::refusal_before_exists, cases_under_a_fault) !=
        0);
}

TEST_CASE("property: recovered totals equal live ones at every moment (R10, R13)") {
  CHECK(breaking_seed(recovered_is_live, planted::nothing, cases) == 0);
  CHECK(breaking_seed(recovered_is_live, planted::nothing, cases, true) == 0);
}

TEST_CASE("property: recovery differs when rows are applied twice or undone legs are folded") {
  CHECK(breaking_seed(recovered_is_live, planted::applied_twice_on_recovery, cases_under_a_fault) !=
        0);
  CHECK(breaking_seed(recovered_is_live, planted::fold_from_own_decision, cases_under_a_fault) !=
        0);
}

TEST_CASE("property: whatever is deferred is decided within a few rounds (R1, liveness)") {
  std::uint16_t most = 0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    one_case c(seed, planted::nothing);
    CHECK(c.run());
    most = std::max(most, c.ledger.rounds_most());
  }
  CHECK(most >= 2);
  CHECK(most <= 16);  // defer_rounds (3) + batches in flight (4), and others ahead of it
}

TEST_CASE("property: what a run in order of arrival would book is booked (R1, R26)") {
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    CAPTURE(seed);
    REQUIRE(order_of_arrival_holds(seed, planted::nothing));
  }
}

TEST_CASE("property: items are overtaken where accounts don't expect those that wait") {
  std::uint64_t seed = 1;
  while (seed <= cases_under_a_fault && order_of_arrival_holds(seed, planted::cold_not_expected))
    ++seed;
  CHECK(seed <= cases_under_a_fault);
}
