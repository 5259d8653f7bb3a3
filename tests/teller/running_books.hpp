// What the rows of a pure ledger add up to, by nothing but the rows.
#pragma once

#include "tests/support/pure_ledger.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace suanpan::samples {

// Balances and sums of open holds after each unit, from the rows alone.
struct running_books {
  explicit running_books(const std::vector<account_row>& accounts) {
    for (const auto& row : accounts) now[row.number] = row;
  }
  void take(const ledger_row& row) {
    if (!is_booked(row.result)) return;
    auto& from = now[row.what.debit];
    auto& to = now[row.what.credit];
    if (row.result == item_result::held) holds[row.what.id] = row.what.amount.value;
    const int128 held =
        row.result == item_result::held ? row.what.amount.value : -held_by(row.what.related);
    if (is_about_hold(row.what.kind)) {
      from.held.debits += held;
      to.held.credits += held;
    }
    if (row.result != item_result::posted) return;
    apply_leg(from.totals, leg_side::debit, row.moved);
    apply_leg(to.totals, leg_side::credit, row.moved);
  }
  [[nodiscard]] int128 held_by(const transfer_id& hold) const {
    const auto it = holds.find(hold);
    return it == holds.end() ? 0 : it->second;
  }
  [[nodiscard]] bool within_limits() const {
    return std::ranges::all_of(now, [](const auto& one) {
      const account_row& row = one.second;
      const bool credit = row.side == normal_side::credit;
      const auto promised =
          balance_of(row.totals, row.side) + (credit ? row.held.credits : row.held.debits);
      return (!has(row.flags, account_flags::no_overdraft) ||
              available_of(row) >= -row.limits.credit_limit) &&
             (!row.limits.maximum_balance || promised <= *row.limits.maximum_balance);
    });
  }

  std::map<account_number, account_row> now;
  std::map<transfer_id, int128> holds;
};

}  // namespace suanpan::samples
