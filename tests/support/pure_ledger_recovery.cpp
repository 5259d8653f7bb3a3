// Checkpoints, the loss of memory, and what recovery makes of the rows.
#include "tests/support/pure_ledger.hpp"

#include <algorithm>
#include <utility>

namespace suanpan::samples {

// Any account, at any time, in its mailbox's order (R13).
void pure_ledger::checkpoint() {
  auto it = accounts_.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(chance_.below(accounts_.size())));
  auto& account = it->second;
  account.mailbox.emplace_back([&account, settled = settled_] {
    account_rules::settle(account.state, settled);
    account.stored.totals = account.state.settled;
    account.stored.covers = account.state.covers;
  });
}

account_row pure_ledger::recovered(account_number n) const {
  auto row = accounts_.at(n).stored;
  const auto covered = row.covers;
  for (const auto& r : rows_) {
    if (!is_booked(r.result) || (r.what.debit != n && r.what.credit != n)) continue;
    const bool again = is(planted::applied_twice_on_recovery) && r.at == covered;
    if (r.at <= covered && !again) continue;
    const auto side = r.what.debit == n ? leg_side::debit : leg_side::credit;
    if (moves_money(r.what.kind)) apply_leg(row.totals, side, r.moved);
    row.covers = std::max(row.covers, r.at);
  }
  row.holds = open_holds(n);
  return row;
}

// Those of the rows that no row ends.
std::vector<open_hold> pure_ledger::open_holds(account_number n) const {
  std::vector<open_hold> open;
  for (const auto& r : rows_) {
    if (r.what.debit != n && r.what.credit != n) continue;
    if (r.result == item_result::held) open.push_back(hold_of(r.what, r.at));
    if (is_booked(r.result) && ends_hold(r.what.kind))
      std::erase_if(open, [&](const open_hold& h) { return h.id == r.what.related; });
  }
  return open;
}

void pure_ledger::settle_all() {
  for (auto& [number, account] : accounts_) account_rules::settle(account.state, {last_ticket_});
}

// Losing the session voids all memory (R9): what was in flight is told so, accounts are recovered.
void pure_ledger::crash() {
  flights_.clear();
  room_.clear();
  held_.clear();
  desk_.clear();
  asking_.clear();
  for (const auto& [id, items] : std::exchange(parked_, {}))
    for (const auto& waiting : items)
      for (const auto& what : waiting.whats) answers_.push_back({what, item_result::unavailable});
  const auto lost = std::exchange(in_flight_, {});
  for (const auto& [id, copies] : lost) {
    transfer what;
    what.id = id;
    answers_.push_back({what, item_result::unavailable});
  }
  for (auto& [number, account] : accounts_) {
    account.mailbox.clear();
    account.stored = recovered(number);
    account.state = account_rules::from_row(account.stored);
    account.stored.holds.clear();
    account.active = !with_.cold;
    account.asked_for = false;
  }
  settled_ = {last_ticket_};
}

}  // namespace suanpan::samples
