// Random batches of all kinds between few accounts, for the properties of the pure rules.
#pragma once

#include "tests/support/pure_ledger.hpp"
#include "tests/support/samples.hpp"

#include <algorithm>
#include <vector>

namespace suanpan::samples {

inline account_row limited(const account_kind& kind, account_limits limits) {
  auto row = make_row(kind);
  row.limits = limits;
  return row;
}

// Few accounts, so that they meet often: of both sides, frozen, closed, of another currency.
inline std::vector<account_row> town(random_source& chance) {
  const auto funds = [&] { return static_cast<int128>(chance.between(0, 60)); };
  return {
      make_row({.sequence = 1}),
      make_row({.sequence = 2, .flags = account_flags::no_overdraft, .balance = funds()}),
      make_row({.sequence = 3, .flags = account_flags::no_overdraft, .balance = funds()}),
      make_row({.sequence = 4,
                .flags = account_flags::no_overdraft,
                .side = normal_side::debit,
                .balance = funds()}),
      make_row({.sequence = 5, .flags = account_flags::frozen_debit, .balance = funds()}),
      make_row({.sequence = 6, .flags = account_flags::closed}),
      make_row(
          {.sequence = 7, .flags = account_flags::no_overdraft, .ccy = usd, .balance = funds()}),
      limited({.sequence = 8, .flags = account_flags::no_overdraft, .balance = funds()}, {20, 90}),
      limited({.sequence = 9, .side = normal_side::debit, .balance = funds()}, {0, 80}),
  };
}

// One random case, run until nothing is left to do.
struct one_case {
  explicit one_case(std::uint64_t seed, planted fault, bool crashes = false)
      : chance(seed),
        accounts(town(chance)),
        ledger(chance, accounts,
               {.fault = fault,
                .batches_in_flight_max = static_cast<std::size_t>(chance.between(1, 4)),
                .batch_items_max = static_cast<std::size_t>(chance.between(1, 6)),
                .defer_rounds = static_cast<std::uint16_t>(chance.between(0, 3)),
                .crash = crashes ? 40U : 0U,
                .cold = seed % 2 == 0}) {
    const auto items = chance.between(3, 24);
    for (std::int64_t n = 0; n < items; ++n) ask(static_cast<std::uint64_t>(n));
  }

  void ask(std::uint64_t n) {
    if (!asked.empty() && chance.one_in(5)) {  // a retry, or another thing under a known id
      auto again = asked[chance.below(asked.size())];
      again.linked = false;
      if (chance.one_in(4)) again.amount.value += 1;
      asked.push_back(again);
    } else {
      if (chance.one_in(4)) return ask_voucher(n);
      asked.push_back(invent(n));
    }
    ledger.ask(asked.back());
  }

  transfer invent(std::uint64_t n) {
    // Mostly between those that have little.
    const auto some = [&] {
      if (chance.one_in(4)) return accounts[7 + chance.below(2)].number;
      return accounts[chance.below(chance.one_in(4) ? 7 : 4)].number;
    };
    const auto debit = some();
    auto credit = some();
    while (credit == debit) credit = some();
    auto t = make_transfer(n, debit, credit, chance.between(1, 50));
    if (chance.one_in(12)) t.ccy = usd;
    if (chance.one_in(15)) t.event_code = poison_code;
    if (!holds.empty() && chance.one_in(3)) return end_hold(t);
    if (!posts.empty() && chance.one_in(4)) return reverse(t);
    if (chance.one_in(5))
      t.kind = chance.one_in(2) ? transfer_kind::balancing_debit : transfer_kind::balancing_credit;
    if (is_balancing(t.kind) || !chance.one_in(4)) {
      posts.push_back(t);
      return t;
    }
    t.kind = transfer_kind::hold;
    if (chance.one_in(3)) t.expires_at = chance.between(1, 12);
    holds.push_back(t);
    return t;
  }

  // Of some posting that was asked for, or will be: mostly as it should be.
  transfer reverse(transfer t) {
    const auto& original = posts[chance.below(posts.size())];
    t.kind = transfer_kind::reverse;
    t.related = chance.one_in(12) ? t.id : original.id;
    if (chance.one_in(8)) return t;
    t.debit = original.credit;
    t.credit = original.debit;
    t.ccy = original.ccy;
    t.amount.value =
        chance.one_in(2) ? original.amount.value : chance.between(1, original.amount.value + 1);
    return t;
  }

  // A capture or void of some hold that was asked for: mostly of what it names, sometimes not.
  transfer end_hold(const transfer& fresh) {
    auto t = holds[chance.below(holds.size())];
    t.id = fresh.id;
    t.related = holds[chance.below(holds.size())].id;
    if (!chance.one_in(4)) t.related = std::ranges::find(holds, t.amount, &transfer::amount)->id;
    t.expires_at = 0;
    t.event_code = fresh.event_code;
    t.linked = false;
    t.kind = chance.one_in(3) ? transfer_kind::void_hold : transfer_kind::capture;
    if (chance.one_in(3)) t.amount.value = chance.between(1, t.amount.value + 2);
    return t;
  }

  // Its items are retried alone later on, which is other content.
  void ask_voucher(std::uint64_t n) {
    std::vector<transfer> items;
    for (auto left = chance.between(2, 4); left > 0; --left) {
      items.push_back(invent(1'000 * n + static_cast<std::uint64_t>(left) + 1'000'000));
      if (is_balancing(items.back().kind)) items.back().kind = transfer_kind::post;
      items.back().linked = left > 1;
      asked.push_back(items.back());
    }
    ledger.ask_voucher(items);
  }

  bool run() {
    for (int steps = 0; steps < 20'000; ++steps)
      if (!ledger.step()) return true;
    return false;
  }

  random_source chance;
  std::vector<account_row> accounts;
  pure_ledger ledger;
  std::vector<transfer> asked;
  std::vector<transfer> holds;  // among them
  std::vector<transfer> posts;  // likewise
};

}  // namespace suanpan::samples
