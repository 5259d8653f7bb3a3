#include "actors/account/account_rules.hpp"

#include <algorithm>

namespace suanpan::account_rules {
namespace {

// Totals are numeric(39) in SQL and 128 bits here; the smaller bound is the one of 128 bits (R27).
constexpr int128 total_max = ~(static_cast<int128>(1) << 127);

constexpr bool exceeds(int128 total, int128 amount) {
  return total > total_max - amount;
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

// A leg that can't be booked whatever becomes of earlier items: the account refuses them all.
bool batch_decider::refuse_leg(std::span<const leg_command> legs, std::span<decision> said) const {
  bool refused = false;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const auto reason = certain_refusal(account_, legs[i]);
    refused = refused || reason != item_result::none;
    said[i].reason = reason;
  }
  if (!refused) return false;
  for (auto& d : said) {
    d.said = answer::refused;
    if (d.reason == item_result::none) d.reason = item_result::linked_failed;
  }
  return true;
}

batch_decider::finding batch_decider::judge(std::span<const leg_command> legs) const {
  using enum item_result;
  const state& a = account_;
  int128 own_debits = 0;
  int128 own_credits = 0;
  for (const auto& leg : legs) add(leg.side, leg.amount, own_debits, own_credits);

  // Uncertain earlier items: accepted but not durable, and deferred ones that count as earlier.
  const int128 debits = a.pending_debits + (new_items_ ? a.deferred_debits : again_debits_);
  const int128 credits = a.pending_credits + (new_items_ ? a.deferred_credits : again_credits_);

  const auto over_debit = finding{answer::refused, debit_total_overflow, leg_side::debit};
  const auto over_credit = finding{answer::refused, credit_total_overflow, leg_side::credit};
  if (exceeds(a.settled.debits_posted, own_debits)) return over_debit;
  if (exceeds(a.settled.credits_posted, own_credits)) return over_credit;
  const bool held_back = a.blocked && (new_items_ || blocked_here_);
  if (own_debits != 0 && (held_back || exceeds(a.settled.debits_posted + debits, own_debits)))
    return {answer::deferred, debit_total_overflow, leg_side::debit};
  if (own_credits != 0 && (held_back || exceeds(a.settled.credits_posted + credits, own_credits)))
    return {answer::deferred, credit_total_overflow, leg_side::credit};

  const bool falls_by_credits = a.side == normal_side::debit;
  const int128 net = falls_by_credits ? own_credits - own_debits : own_debits - own_credits;
  if (!has(a.flags, account_flags::no_overdraft) || net <= 0) return {};

  const auto at_fault = falls_by_credits ? leg_side::credit : leg_side::debit;
  const auto insufficient = on_side(at_fault, debit_insufficient_funds, credit_insufficient_funds);
  const int128 balance = balance_of(a.settled, a.side);
  const int128 lowering = falls_by_credits ? credits : debits;
  const int128 raising = falls_by_credits ? debits : credits;
  if (balance - lowering >= net) return {};
  if (balance + raising < net) return {answer::refused, insufficient, at_fault};
  return {answer::deferred, insufficient, at_fault};
}

void batch_decider::arrives(const leg_command& leg) {
  drop_deferred(account_, leg.id, leg.side, leg.amount);
}

void batch_decider::decide(std::span<const leg_command> legs, std::span<decision> said) {
  if (legs.front().rounds == 0 && !new_items_) {
    end();
    new_items_ = true;
  }
  if (refuse_leg(legs, said)) return;
  const bool was_blocked = account_.blocked;
  const auto all = judge(legs);
  bool blamed = all.said == answer::accepted;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const bool at_fault = !blamed && legs[i].side == all.at_fault;
    blamed = blamed || at_fault;
    said[i] = {all.said, item_result::none};
    if (all.said != answer::accepted)
      said[i].reason = at_fault ? all.reason : item_result::linked_failed;
    if (all.said == answer::accepted) accept(legs[i]);
  }
  if (all.said == answer::deferred) defer(legs, !was_blocked);
}

void batch_decider::accept(const leg_command& leg) {
  auto& pending = account_.pending;
  if (pending.empty() || pending.back().at != at_) pending.push_back({.at = at_});
  add(leg.side, leg.amount, pending.back().debits, pending.back().credits);
  add(leg.side, leg.amount, account_.pending_debits, account_.pending_credits);
}

void batch_decider::defer(std::span<const leg_command> legs, bool undecidable) {
  for (const auto& leg : legs) {
    if (new_items_)
      count_deferred(account_, leg.side, leg.amount);
    else
      add(leg.side, leg.amount, again_debits_, again_credits_);
  }
  if (!undecidable || legs.front().rounds < defer_rounds_) return;
  account_.blocked = true;
  account_.blocked_on = legs.front().id;
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
