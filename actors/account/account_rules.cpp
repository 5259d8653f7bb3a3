#include "actors/account/account_rules.hpp"

#include <algorithm>

namespace suanpan::account_rules {
namespace {

// Totals are numeric(39) in SQL and 128 bits here; the smaller bound is the one of 128 bits (R27).
constexpr int128 total_max = ~(static_cast<int128>(1) << 127);

constexpr bool exceeds(int128 total, minor_units amount) {
  return total > total_max - amount.value;
}

// What lowers a balance is the side opposite to the normal one.
constexpr bool lowers(const state& account, leg_side side) {
  return (account.side == normal_side::debit) == (side == leg_side::credit);
}

constexpr item_result on_side(leg_side side, item_result debit, item_result credit) {
  return side == leg_side::debit ? debit : credit;
}

// Refusals that no uncertain item can change.
item_result certain_refusal(const state& account, const leg_command& leg) {
  using enum item_result;
  if (leg.ccy != account.ccy)
    return on_side(leg.side, debit_account_currency_differs, credit_account_currency_differs);
  if (has(account.flags, account_flags::closed))
    return on_side(leg.side, debit_account_closed, credit_account_closed);
  if (leg.side == leg_side::debit && has(account.flags, account_flags::frozen_debit))
    return debit_account_frozen;
  if (leg.side == leg_side::credit && has(account.flags, account_flags::frozen_credit))
    return credit_account_frozen;
  return none;
}

void add(leg_side side, minor_units amount, int128& debits, int128& credits) {
  (side == leg_side::debit ? debits : credits) += amount.value;
}

}  // namespace

state from_row(const account_row& row) {
  state s;
  s.number = row.number;
  s.ccy = row.key.ccy;
  s.side = row.side;
  s.flags = row.flags;
  s.settled = row.totals;
  s.covers = row.covers;
  return s;
}

decision batch_decider::judge(const leg_command& leg) const {
  const state& a = account_;
  if (const auto refusal = certain_refusal(a, leg); refusal != item_result::none)
    return {answer::refused, refusal};

  // Uncertain earlier items: accepted but not durable, and deferred ones that count as earlier.
  const int128 debits = a.pending_debits + (new_items_ ? a.deferred_debits : again_debits_);
  const int128 credits = a.pending_credits + (new_items_ ? a.deferred_credits : again_credits_);

  const bool debit = leg.side == leg_side::debit;
  const auto overflow =
      on_side(leg.side, item_result::debit_total_overflow, item_result::credit_total_overflow);
  const int128 total = debit ? a.settled.debits_posted : a.settled.credits_posted;
  if (exceeds(total, leg.amount)) return {answer::refused, overflow};
  const bool held_back = a.blocked && (new_items_ || blocked_here_);
  if (held_back || exceeds(total + (debit ? debits : credits), leg.amount))
    return {answer::deferred, overflow};

  if (!has(a.flags, account_flags::no_overdraft) || !lowers(a, leg.side))
    return {answer::accepted, item_result::none};

  const auto insufficient = on_side(leg.side, item_result::debit_insufficient_funds,
                                    item_result::credit_insufficient_funds);
  const int128 balance = balance_of(a.settled, a.side);
  const int128 lowering = a.side == normal_side::debit ? credits : debits;
  const int128 raising = a.side == normal_side::debit ? debits : credits;
  if (balance - lowering >= leg.amount.value) return {answer::accepted, item_result::none};
  if (balance + raising < leg.amount.value) return {answer::refused, insufficient};
  return {answer::deferred, insufficient};
}

void batch_decider::arrives(const leg_command& leg) {
  drop_deferred(account_, leg.id, leg.side, leg.amount);
}

decision batch_decider::decide(const leg_command& leg) {
  if (leg.rounds == 0 && !new_items_) {
    end();
    new_items_ = true;
  }
  const bool was_blocked = account_.blocked;
  const decision d = judge(leg);
  if (d.said == answer::accepted) accept(leg);
  if (d.said == answer::deferred) defer(leg, !was_blocked);
  return d;
}

void batch_decider::accept(const leg_command& leg) {
  auto& pending = account_.pending;
  if (pending.empty() || pending.back().at != at_) pending.push_back({.at = at_});
  add(leg.side, leg.amount, pending.back().debits, pending.back().credits);
  add(leg.side, leg.amount, account_.pending_debits, account_.pending_credits);
}

void batch_decider::defer(const leg_command& leg, bool undecidable) {
  if (new_items_)
    count_deferred(account_, leg.side, leg.amount);
  else
    add(leg.side, leg.amount, again_debits_, again_credits_);
  if (!undecidable || leg.rounds < defer_rounds_) return;
  account_.blocked = true;
  account_.blocked_on = leg.id;
  blocked_here_ = true;
}

void batch_decider::end() {
  account_.deferred_debits += again_debits_;
  account_.deferred_credits += again_credits_;
  again_debits_ = 0;
  again_credits_ = 0;
}

void settle(state& account, ticket watermark) {
  auto& pending = account.pending;
  auto it = pending.begin();
  for (; it != pending.end() && it->at <= watermark; ++it) {
    account.settled.debits_posted += it->debits;
    account.settled.credits_posted += it->credits;
    account.pending_debits -= it->debits;
    account.pending_credits -= it->credits;
  }
  pending.erase(pending.begin(), it);
  account.covers = std::max(account.covers, watermark);
}

bool undo_accepted(state& account, ticket at, leg_side side, minor_units amount) {
  auto& pending = account.pending;
  const auto it = std::ranges::find(pending, at, &pending_sums::at);
  if (it == pending.end()) return false;
  int128& sum = side == leg_side::debit ? it->debits : it->credits;
  if (sum < amount.value) return false;
  sum -= amount.value;
  (side == leg_side::debit ? account.pending_debits : account.pending_credits) -= amount.value;
  return true;
}

void count_deferred(state& account, leg_side side, minor_units amount) {
  add(side, amount, account.deferred_debits, account.deferred_credits);
}

void expect(state& account, int128 debits, int128 credits) {
  account.deferred_debits += debits;
  account.deferred_credits += credits;
}

void drop_deferred(state& account, const transfer_id& id, leg_side side, minor_units amount) {
  (side == leg_side::debit ? account.deferred_debits : account.deferred_credits) -= amount.value;
  if (account.blocked && account.blocked_on == id) account.blocked = false;
}

bool is_quiet(const state& account) {
  return account.pending.empty() && account.deferred_debits == 0 && account.deferred_credits == 0;
}

}  // namespace suanpan::account_rules
