#include "actors/account/hold_book.hpp"

#include <algorithm>

namespace suanpan::account_rules {
void swing::add(const swing& other) {
  down += other.down;
  up += other.up;
  maximum_down += other.maximum_down;
  maximum_up += other.maximum_up;
  unbounded += other.unbounded;
  maximum_unbounded += other.maximum_unbounded;
}

void swing::subtract(const swing& other) {
  down -= other.down;
  up -= other.up;
  maximum_down -= other.maximum_down;
  maximum_up -= other.maximum_up;
  unbounded -= other.unbounded;
  maximum_unbounded -= other.maximum_unbounded;
}

swing swing_of(const effect& e) {
  swing s;
  (e.available < 0 ? s.down : s.up) = e.available < 0 ? -e.available : e.available;
  (e.towards_maximum < 0 ? s.maximum_down : s.maximum_up) =
      e.towards_maximum < 0 ? -e.towards_maximum : e.towards_maximum;
  return s;
}

// What a hold would take is not available from its making on, and what it would bring counts
// against the maximum from then on: so its capture can never break a limit.
effect hold_effect(const leg_claim& leg, minor_units held, normal_side side) {
  const int128 amount = leg.amount.value;
  const int128 whole = held.value;
  const bool down = lowers(leg.side, side);
  switch (leg.kind) {
    case transfer_kind::hold:
      return down ? effect{-amount, 0} : effect{0, amount};
    case transfer_kind::capture:
      return down ? effect{whole - amount, -amount} : effect{amount, amount - whole};
    case transfer_kind::void_hold:
      return down ? effect{whole, 0} : effect{0, -whole};
    case transfer_kind::post:
    case transfer_kind::balancing_debit:
    case transfer_kind::balancing_credit:
    case transfer_kind::reverse:
      break;
  }
  return down ? effect{-amount, -amount} : effect{amount, amount};
}

void hold_book::load(const open_hold& hold, leg_side side) {
  open_[hold.id] = hold;
  (side == leg_side::debit ? held_.debits : held_.credits) += hold.amount.value;
}

const open_hold* hold_book::find(const transfer_id& hold) const {
  const auto it = open_.find(hold);
  return it == open_.end() ? nullptr : &it->second;
}

bool hold_book::is_uncertain(const transfer_id& hold, bool deferred) const {
  const auto it = uncertain_.find(hold);
  if (it == uncertain_.end()) return false;
  return it->second.pending + (deferred ? it->second.deferred : it->second.again) > 0;
}

// --- accepted legs
// --------------------------------------------------------------------------------

void hold_book::accept(ticket at, const leg_claim& leg, const open_hold& hold) {
  pending_.push_back({at, leg, hold});
  ++uncertain_[leg.hold].pending;
  pending_swing_.add(swing_of(hold_effect(leg, hold.amount, side_)));
}

account_totals hold_book::settle(ticket watermark) {
  account_totals posted;
  auto it = pending_.begin();
  for (; it != pending_.end() && it->at <= watermark; ++it) {
    fold(*it, posted);
    release(it->leg.hold, &counts::pending);
    pending_swing_.subtract(swing_of(hold_effect(it->leg, it->hold.amount, side_)));
  }
  pending_.erase(pending_.begin(), it);
  return posted;
}

void hold_book::fold(const pending_leg& p, account_totals& posted) {
  int128& held = p.leg.side == leg_side::debit ? held_.debits : held_.credits;
  if (p.leg.kind == transfer_kind::hold) {
    open_[p.hold.id] = p.hold;
    held += p.hold.amount.value;
    return;
  }
  open_.erase(p.hold.id);
  held -= p.hold.amount.value;
  if (p.leg.kind == transfer_kind::capture) apply_leg(posted, p.leg.side, p.leg.amount);
}

bool hold_book::undo(ticket at, const leg_claim& leg) {
  const auto it = std::ranges::find_if(pending_, [at, &leg](const pending_leg& p) {
    return p.at == at && p.leg.hold == leg.hold && p.leg.kind == leg.kind;
  });
  if (it == pending_.end()) return false;
  pending_swing_.subtract(swing_of(hold_effect(it->leg, it->hold.amount, side_)));
  release(leg.hold, &counts::pending);
  pending_.erase(it);
  return true;
}

// --- legs that are still to be judged
// -------------------------------------------------------------

// How much a capture frees is known once its hold is; until then it may free anything.
swing hold_book::swing_unjudged(const leg_claim& leg) const {
  if (leg.kind != transfer_kind::capture) return swing_of(hold_effect(leg, leg.amount, side_));
  auto s = swing_of(hold_effect(leg, leg.amount, side_));
  ++(lowers(leg.side, side_) ? s.unbounded : s.maximum_unbounded);
  return s;
}

void hold_book::count(source where, const leg_claim& leg) {
  if (where == source::again) {
    ++uncertain_[leg.hold].again;
    again_swing_.add(swing_unjudged(leg));
    again_legs_.push_back(leg);
  } else {
    ++uncertain_[leg.hold].deferred;
    deferred_swing_.add(swing_unjudged(leg));
  }
}

void hold_book::drop_deferred(const leg_claim& leg) {
  release(leg.hold, &counts::deferred);
  deferred_swing_.subtract(swing_unjudged(leg));
}

void hold_book::end_batch() {
  for (const auto& leg : again_legs_) {
    auto& of = uncertain_[leg.hold];
    --of.again;
    ++of.deferred;
  }
  again_legs_.clear();
  deferred_swing_.add(again_swing_);
  again_swing_ = {};
}

void hold_book::release(const transfer_id& hold, std::uint32_t counts::*of) {
  const auto it = uncertain_.find(hold);
  if (it == uncertain_.end()) return;
  auto& c = it->second;
  if (c.*of > 0) --(c.*of);
  if (c.pending + c.deferred + c.again == 0) uncertain_.erase(it);
}

swing hold_book::uncertain(bool deferred) const {
  swing s = pending_swing_;
  s.add(deferred ? deferred_swing_ : again_swing_);
  return s;
}

bool hold_book::is_quiet() const noexcept {
  return pending_.empty() && deferred_swing_ == swing{} && uncertain_.empty();
}

}  // namespace suanpan::account_rules
