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

constexpr bool is_plain(const leg_command& leg) {
  return !is_about_hold(leg.what->kind);
}

// Refusals of the account's own that no uncertain item can change. A hold that was made before a
// freeze is honoured: freezing stops new holds and postings, not captures.
item_result certain_refusal(const state& account, const leg_command& leg) {
  using enum item_result;
  if (leg.what->ccy != account.ccy)
    return on_side(leg.side, debit_account_currency_differs, credit_account_currency_differs);
  if (has(account.flags, account_flags::closed))
    return on_side(leg.side, debit_account_closed, credit_account_closed);
  if (ends_hold(leg.what->kind)) return none;
  if (leg.side == leg_side::debit && has(account.flags, account_flags::frozen_debit))
    return debit_account_frozen;
  if (leg.side == leg_side::credit && has(account.flags, account_flags::frozen_credit))
    return credit_account_frozen;
  return none;
}

void add(leg_side side, minor_units amount, int128& debits, int128& credits) {
  (side == leg_side::debit ? debits : credits) += amount.value;
}

hold_book& book_of(state& account) {
  if (!account.holds) account.holds = std::make_unique<hold_book>(account.side);
  return *account.holds;
}

// What holds would take of the balance, and what they would bring.
int128 held_lowering(const state& a) {
  if (!a.holds) return 0;
  return a.side == normal_side::credit ? a.holds->held().debits : a.holds->held().credits;
}
int128 held_raising(const state& a) {
  if (!a.holds) return 0;
  return a.side == normal_side::credit ? a.holds->held().credits : a.holds->held().debits;
}

std::size_t first_that_lowers(std::span<const leg_command> legs, normal_side side, bool wanted) {
  const auto it = std::ranges::find_if(
      legs, [side, wanted](const leg_command& leg) { return lowers(leg.side, side) == wanted; });
  return it == legs.end() ? 0 : static_cast<std::size_t>(it - legs.begin());
}

}  // namespace

state from_row(const account_row& row) {
  state s;
  s.number = row.number;
  s.ccy = row.key.ccy;
  s.side = row.side;
  s.flags = row.flags;
  s.limits = row.limits;
  s.settled_terms = {row.flags, row.limits};
  s.settled = row.totals;
  s.covers = row.covers;
  for (const auto& hold : row.holds)
    book_of(s).load(hold, hold.debit == row.number ? leg_side::debit : leg_side::credit);
  return s;
}

// --- what is wrong with a unit
// --------------------------------------------------------------------

void batch_decider::judge_legs(std::span<const leg_command> legs, findings& found) const {
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const auto reason = certain_refusal(account_, legs[i]);
    if (reason != item_result::none)
      found.refused.take(reason, i);
    else if (!is_plain(legs[i]))
      judge_hold(legs, i, found);
  }
}

// R23. The hold must be durable and open; while that is not certain, any refusal of a hold is
// possible.
void batch_decider::judge_hold(std::span<const leg_command> legs, std::size_t index,
                               findings& found) const {
  using enum item_result;
  const auto& leg = legs[index];
  const transfer& what = *leg.what;
  if (what.kind == transfer_kind::hold) {
    if (what.expires_at != 0 && at_.micros >= what.expires_at)
      found.refused.take(hold_expired, index);
    return;
  }
  const auto& book = account_.holds;
  const auto ends_it_before = [&what](const leg_command& other) {
    return ends_hold(other.what->kind) && other.what->related == what.related;
  };
  if (std::ranges::any_of(legs.first(index), ends_it_before))
    return found.refused.take(hold_not_open, index);
  if (is_held_back() || (book && book->is_uncertain(what.related, new_items_)))
    return found.possible.take(hold_accounts_differ, index);
  const auto* hold = book ? book->find(what.related) : nullptr;
  if (hold == nullptr) return found.refused.take(hold_not_open, index);
  if (hold->debit != what.debit || hold->credit != what.credit)
    found.refused.take(hold_accounts_differ, index);
  else if (what.kind == transfer_kind::void_hold && what.amount != hold->amount)
    found.refused.take(hold_amount_differs, index);
  else if (what.kind == transfer_kind::capture && hold->has_expired(at_))
    found.refused.take(hold_expired, index);
  else if (what.kind == transfer_kind::capture && what.amount.value > hold->amount.value)
    found.refused.take(exceeds_hold, index);
}

void batch_decider::judge_overflow(std::span<const leg_command> legs, findings& found) const {
  const state& a = account_;
  for (const auto side : {leg_side::debit, leg_side::credit}) {
    const auto first = std::ranges::find(legs, side, &leg_command::side);
    if (first == legs.end()) continue;
    const bool debit = side == leg_side::debit;
    const auto overflow =
        debit ? item_result::debit_total_overflow : item_result::credit_total_overflow;
    const int128 settled = debit ? a.settled.debits_posted : a.settled.credits_posted;
    const int128 uncertain =
        debit ? a.pending_debits + (new_items_ ? a.deferred_debits : again_debits_)
              : a.pending_credits + (new_items_ ? a.deferred_credits : again_credits_);
    int128 own = 0;
    for (const auto& leg : legs)
      if (leg.side == side && moves_money(leg.what->kind)) own += leg.what->amount.value;
    const auto at_fault = static_cast<std::size_t>(first - legs.begin());
    if (exceeds(settled, own))
      found.refused.take(overflow, at_fault);
    else if (is_held_back() || exceeds(settled + uncertain, own))
      found.possible.take(overflow, at_fault);
  }
}

effect batch_decider::net_effect(std::span<const leg_command> legs) const {
  effect net;
  for (const auto& leg : legs) {
    const transfer& what = *leg.what;
    const auto* hold = ends_hold(what.kind) ? account_.holds->find(what.related) : nullptr;
    const auto own = hold_effect(claim_of(what, leg.side),
                                 hold != nullptr ? hold->amount : what.amount, account_.side);
    net.available += own.available;
    net.towards_maximum += own.towards_maximum;
  }
  return net;
}

// Uncertain earlier items: accepted but not durable, and deferred ones that count as earlier.
swing batch_decider::uncertain() const {
  const state& a = account_;
  const int128 debits = a.pending_debits + (new_items_ ? a.deferred_debits : again_debits_);
  const int128 credits = a.pending_credits + (new_items_ ? a.deferred_credits : again_credits_);
  const int128 lowering = a.side == normal_side::debit ? credits : debits;
  const int128 raising = a.side == normal_side::debit ? debits : credits;
  swing s{.down = lowering, .up = raising, .maximum_down = lowering, .maximum_up = raising};
  if (a.holds) s.add(a.holds->uncertain(new_items_));
  return s;
}

void batch_decider::judge_limits(std::span<const leg_command> legs, findings& found) const {
  using enum item_result;
  const state& a = account_;
  const bool has_floor = has(a.flags, account_flags::no_overdraft);
  if (!has_floor && !a.limits.maximum_balance) return;
  const auto net = net_effect(legs);
  const auto may = uncertain();
  const int128 balance = balance_of(a.settled, a.side);
  const bool falls_by_credits = a.side == normal_side::debit;
  if (has_floor && net.available < 0) {
    const auto insufficient =
        falls_by_credits ? credit_insufficient_funds : debit_insufficient_funds;
    const auto at_fault = first_that_lowers(legs, a.side, true);
    const int128 room = balance - held_lowering(a) + a.limits.credit_limit + net.available;
    if (room + may.up < 0 && may.unbounded == 0)
      found.refused.take(insufficient, at_fault);
    else if (room - may.down < 0)
      found.possible.take(insufficient, at_fault);
  }
  if (a.limits.maximum_balance && net.towards_maximum > 0) {
    const auto exceeding = falls_by_credits ? debit_exceeds_maximum : credit_exceeds_maximum;
    const auto at_fault = first_that_lowers(legs, a.side, false);
    const int128 room = *a.limits.maximum_balance - balance - held_raising(a) - net.towards_maximum;
    if (room + may.maximum_down < 0 && may.maximum_unbounded == 0)
      found.refused.take(exceeding, at_fault);
    else if (room - may.maximum_up < 0)
      found.possible.take(exceeding, at_fault);
  }
}

namespace {

/// How much of an amount an account accepts: so much for certain, and perhaps so much.
struct accepted_range {
  int128 sure;
  int128 perhaps;

  void narrow(int128 worst, int128 best) {
    sure = std::clamp<int128>(worst, 0, sure);
    perhaps = std::clamp<int128>(best, 0, perhaps);
  }
};

}  // namespace

// R2. Both accounts say how much of it they accept; it is certain or deferred. What limits the
// amount is what is there, whether the account may be overdrawn or not; the other account only has
// its own limits.
decision batch_decider::judge_most(const leg_command& leg, findings& found) const {
  const state& a = account_;
  const auto limiting =
      leg.what->kind == transfer_kind::balancing_debit ? leg_side::debit : leg_side::credit;
  const auto may = uncertain();
  const int128 asked = leg.what->amount.value;
  const int128 balance = balance_of(a.settled, a.side);
  accepted_range range{asked, asked};
  auto beyond =
      on_side(leg.side, item_result::debit_exceeds_maximum, item_result::credit_exceeds_maximum);
  if (lowers(leg.side, a.side)) {
    beyond = on_side(leg.side, item_result::debit_insufficient_funds,
                     item_result::credit_insufficient_funds);
    const int128 room = balance - held_lowering(a) + a.limits.credit_limit;
    if (leg.side == limiting || has(a.flags, account_flags::no_overdraft))
      range.narrow(room - may.down, may.unbounded > 0 ? asked : room + may.up);
  } else if (a.limits.maximum_balance) {
    const int128 room = *a.limits.maximum_balance - balance - held_raising(a);
    range.narrow(room - may.maximum_up,
                 may.maximum_unbounded > 0 ? asked : room + may.maximum_down);
  }
  if (range.sure != range.perhaps)
    found.possible.take(beyond, 0);
  else if (range.sure == 0)
    found.refused.take(beyond, 0);
  return {.said = answer::accepted,
          .reason = range.sure < asked ? beyond : item_result::none,
          .most = {static_cast<std::int64_t>(range.sure)}};
}

bool batch_decider::is_held_back() const {
  return account_.blocked && (new_items_ || blocked_here_);
}

// --- deciding
// -------------------------------------------------------------------------------------

void batch_decider::arrives(const leg_command& leg) {
  drop_deferred(account_, leg.unit, claim_of(*leg.what, leg.side));
}

void batch_decider::decide(std::span<const leg_command> legs, std::span<decision> said) {
  if (legs.front().rounds == 0 && !new_items_) {
    end();
    new_items_ = true;
  }
  findings found;
  decision whole;
  judge_legs(legs, found);
  // Limits have larger numbers than what is wrong with a leg: they can't go ahead of it.
  if (found.refused.reason == item_result::none && found.possible.reason == item_result::none) {
    judge_overflow(legs, found);
    if (is_balancing(legs.front().what->kind))
      whole = judge_most(legs.front(), found);
    else
      judge_limits(legs, found);
  }
  const auto& refused = found.refused;
  const auto& possible = found.possible;
  const bool is_refused =
      refused.reason != item_result::none &&
      (possible.reason == item_result::none || refused.reason < possible.reason);
  const bool is_deferred = !is_refused && possible.reason != item_result::none;
  const auto& at_fault = is_refused ? refused : possible;
  const auto answer = is_refused    ? answer::refused
                      : is_deferred ? answer::deferred
                                    : answer::accepted;
  const bool was_blocked = account_.blocked;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    said[i] = {answer, item_result::none, {}};
    if (answer != answer::accepted) {
      said[i].reason = i == at_fault.leg ? at_fault.reason : item_result::linked_failed;
      continue;
    }
    if (whole.most.value != 0) said[i] = whole;
    accept(legs[i], whole.most.value != 0 ? whole.most : legs[i].what->amount);
  }
  if (is_deferred) defer(legs, !was_blocked);
}

void batch_decider::accept(const leg_command& leg, minor_units amount) {
  const transfer& what = *leg.what;
  if (!is_plain(leg)) {
    auto& book = book_of(account_);
    const auto* ended = book.find(what.related);
    const auto hold = ended != nullptr ? *ended : hold_of(what, at_);
    return book.accept(at_, claim_of(what, leg.side), hold);
  }
  auto& pending = account_.pending;
  if (pending.empty() || pending.back().at != at_) pending.push_back({.at = at_});
  add(leg.side, amount, pending.back().debits, pending.back().credits);
  add(leg.side, amount, account_.pending_debits, account_.pending_credits);
}

void batch_decider::defer(std::span<const leg_command> legs, bool undecidable) {
  for (const auto& leg : legs) {
    const auto claim = claim_of(*leg.what, leg.side);
    if (new_items_)
      count_deferred(account_, claim);
    else if (!is_plain(leg))
      book_of(account_).count(hold_book::source::again, claim);
    else
      add(leg.side, claim.amount, again_debits_, again_credits_);
  }
  if (!undecidable || legs.front().rounds < defer_rounds_) return;
  account_.blocked = true;
  account_.blocked_on = legs.front().unit;
  blocked_here_ = true;
}

void batch_decider::end() {
  account_.deferred_debits += again_debits_;
  account_.deferred_credits += again_credits_;
  again_debits_ = 0;
  again_credits_ = 0;
  if (account_.holds) account_.holds->end_batch();
}

void settle(state& account, ticket watermark) {
  while (!account.changes.empty() && account.changes.front().at <= watermark) {
    account.settled_terms = account.changes.front().terms;
    account.changes.erase(account.changes.begin());
  }
  auto& pending = account.pending;
  auto it = pending.begin();
  for (; it != pending.end() && it->at <= watermark; ++it) {
    account.settled.debits_posted += it->debits;
    account.settled.credits_posted += it->credits;
    account.pending_debits -= it->debits;
    account.pending_credits -= it->credits;
  }
  pending.erase(pending.begin(), it);
  if (account.holds) {
    const auto captured = account.holds->settle(watermark);
    account.settled.debits_posted += captured.debits_posted;
    account.settled.credits_posted += captured.credits_posted;
  }
  account.covers = std::max(account.covers, watermark);
}

bool undo_accepted(state& account, ticket at, const leg_claim& leg) {
  if (is_about_hold(leg.kind)) return account.holds && account.holds->undo(at, leg);
  auto& pending = account.pending;
  const auto it = std::ranges::find(pending, at, &pending_sums::at);
  if (it == pending.end()) return false;
  const bool debit = leg.side == leg_side::debit;
  int128& sum = debit ? it->debits : it->credits;
  if (sum < leg.amount.value) return false;
  sum -= leg.amount.value;
  (debit ? account.pending_debits : account.pending_credits) -= leg.amount.value;
  return true;
}

void count_deferred(state& account, const leg_claim& leg) {
  if (is_about_hold(leg.kind))
    book_of(account).count(hold_book::source::deferred, leg);
  else
    add(leg.side, leg.amount, account.deferred_debits, account.deferred_credits);
}

void expect(state& account, int128 debits, int128 credits) {
  account.deferred_debits += debits;
  account.deferred_credits += credits;
}

void drop_deferred(state& account, const transfer_id& unit, const leg_claim& leg) {
  if (is_about_hold(leg.kind))
    book_of(account).drop_deferred(leg);
  else
    (leg.side == leg_side::debit ? account.deferred_debits : account.deferred_credits) -=
        leg.amount.value;
  if (account.blocked && account.blocked_on == unit) account.blocked = false;
}

}  // namespace suanpan::account_rules
