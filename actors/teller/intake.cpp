// How an item gets into a batch: known ids first (R4), then the index, then its accounts' actors.
// What must wait for one of these waits in the room; the accounts that have actors count it (R26).
#include "actors/teller/teller.hpp"

#include <absl/hash/hash.h>
#include <caf/send.hpp>

namespace suanpan {

std::uint64_t content_hash(const transfer& t) {
  return absl::HashOf(t.debit.value, t.credit.value, t.amount.value, t.ccy.code, t.event_code,
                      static_cast<std::int16_t>(t.kind), t.linked, t.reference, t.memo, t.related,
                      t.expires_at, t.metadata);
}

bool teller::serves_all(const item_ref& item) const {
  return std::ranges::all_of(
      item.whats(), [this](const transfer& t) { return serves(t.debit) && serves(t.credit); });
}

// Memory is complete from a known time on; what lies before, and ids that are expired or in the
// future, the index is asked for (R4, R6).
bool teller::must_look_up(const transfer_id& id) const {
  const auto millis = id.unix_millis();
  const auto now = std::max(now_micros(), last_ticket_.micros) / 1000;
  return millis < recent_.complete_since_millis() || millis < now - options_.id_window_ms ||
         millis > now + options_.id_skew_ms;
}

void teller::admit(batch& b, item_ref item) {
  if (!serves_all(item)) return answer_item(item, {item_result::unavailable, {}});
  if (must_wait_for_reversal(item)) return;
  if (item.size > 1) return admit_voucher(b, std::move(item));
  const transfer& what = item.what();
  const auto content = content_hash(what);
  const auto [known, fresh] = recent_.claim(what.id, content);
  if (!fresh) {
    if (known->result == item_result::none)
      copies_[what.id].push_back(item);  // in flight: the copy waits for the original (R4)
    else if (known->content == content && !is_balancing(what.kind))
      answer_from_memory(
          item, {is_booked(known->result) ? item_result::exists : known->result, known->at});
    else
      look_up(item);  // the answer names the field, or what was moved: the index knows
    return;
  }
  item.claimed = true;
  item.arrival = ++arrivals_;
  if (must_look_up(what.id)) return await(item, true);
  place_or_await(b, item);
}

// All ids are claimed, or none: while one is in flight for somebody else the voucher waits for its
// fate, unclaimed, and is admitted anew (R2, R4). Where one is known the index tells about all.
void teller::admit_voucher(batch& b, item_ref item) {
  bool ask = false;
  for (const auto& what : item.whats()) {
    const auto* known = recent_.find(what.id);
    if (known != nullptr && known->result == item_result::none)
      return copies_[what.id].push_back(item);
    ask = ask || known != nullptr || must_look_up(what.id);
  }
  for (const auto& what : item.whats()) recent_.claim(what.id, content_hash(what));
  item.claimed = true;
  item.arrival = ++arrivals_;
  if (ask) return await(item, true);
  place_or_await(b, item);
}

teller::leg_accounts teller::resolved_accounts(const item_ref& item) {
  leg_accounts found;
  for (const auto& what : item.whats()) {
    auto* debit = directory_.find(what.debit);
    auto* credit = directory_.find(what.credit);
    if (debit == nullptr || credit == nullptr || !debit->resolved() || !credit->resolved())
      return {};
    found.push_back(debit);
    found.push_back(credit);
  }
  return found;
}

void teller::place_or_await(batch& b, const item_ref& item) {
  if (has_reversal(item.whats())) return await(item, false);
  const auto accounts = resolved_accounts(item);
  if (accounts.empty()) return await(item, false);
  place(b, item, accounts);
}

void teller::place(batch& b, const item_ref& item, const leg_accounts& accounts) {
  const auto first = static_cast<std::uint32_t>(b.entries.size());
  add_entries(b, item);
  if (refuse_reversal(b, first, item)) return leave_room(item);
  if (refuse_missing(b, first, accounts)) return leave_room(item);
  if (room_.holds(item.arrival))
    for (auto e = first; e < b.entries.size(); ++e) b.entries[e].expected = true;
  for (std::uint32_t i = 0; i < accounts.size(); ++i) link_leg(b, *accounts[i], 2 * first + i);
}

// No account has a say where one is missing: the refusal is certain, comes before any other, and is
// recorded like any other (R5).
bool teller::refuse_missing(batch& b, std::uint32_t first, const leg_accounts& accounts) {
  for (const auto side : {leg_side::debit, leg_side::credit})
    for (std::uint32_t i = 0; i < accounts.size(); ++i) {
      if (batch::side_of(i) != side || accounts[i]->at != stage::absent) continue;
      for (auto e = first; e < b.entries.size(); ++e)
        b.entries[e].result = item_result::linked_failed;
      b.entries[first + i / 2].result = side == leg_side::debit
                                            ? item_result::debit_account_not_found
                                            : item_result::credit_account_not_found;
      return true;
    }
  return false;
}

void teller::add_entries(batch& b, const item_ref& item) {
  if (b.requests.empty() || b.requests.back() != item.request) b.requests.push_back(item.request);
  const auto first = static_cast<std::uint32_t>(b.entries.size());
  for (std::uint32_t i = 0; i < item.size; ++i)
    b.entries.push_back({.request = item.request.get(),
                         .item = item.item + i,
                         .rounds = item.rounds,
                         .expected = false,
                         .result = item_result::none,
                         .what = &item.request->items[item.item + i],
                         .arrival = item.arrival,
                         .unit = first,
                         .unit_size = item.size});
  b.legs.resize(2 * b.entries.size());
  for (const auto& what : item.whats()) b.about_holds = b.about_holds || is_about_hold(what.kind);
  if (!b.most.empty() || is_balancing(item.what().kind)) b.most.resize(b.legs.size());
}

void teller::link_leg(batch& b, directory_entry& to, std::uint32_t leg_index) {
  if (to.stamp != b.at) {
    to.stamp = b.at;
    to.first_leg = leg_index;
    touched_.push_back(&to);
    directory_.touch(to, b.at);
  } else {
    b.legs[to.last_leg].next = leg_index;
  }
  to.last_leg = leg_index;
}

// --- the waiting room
// -----------------------------------------------------------------------------

unit_accounts teller::accounts_of(const item_ref& item) {
  unit_accounts each;
  for (const auto& what : item.whats())
    for (const auto n : {what.debit, what.credit})
      if (std::ranges::find(each, n) == each.end()) each.push_back(n);
  return each;
}

// Accounts that have no actor are asked for at once, those that have one count the item.
void teller::await(const item_ref& item, bool id_unknown) {
  const auto accounts = accounts_of(item);
  const auto absent = static_cast<std::size_t>(std::ranges::count_if(
      accounts, [this](account_number n) { return directory_.find(n) == nullptr; }));
  if (absent > 0 && directory_.size() + absent > options_.active_accounts_max)
    return answer_item(item, {item_result::unavailable, {}});
  const bool reverses = !item.reversals_judged && has_reversal(item.whats());
  unit_accounts missing;
  const std::uint32_t reasons = (id_unknown ? 1U : 0U) + (reverses ? 1U : 0U);
  for (const auto n : accounts) {
    auto* e = directory_.find(n);
    if (e == nullptr) {
      e = &directory_.make(n, stage::loading);
      loads_.push_back(n);
    }
    if (!e->resolved()) missing.push_back(n);
    if (e->at == stage::active) {
      const auto [at, fresh] = expecting_at_.try_emplace(n, expecting_.size());
      if (fresh) expecting_.push_back({e, {}});
      expect_item(expecting_[at->second].second, n, item);
    }
  }
  room_.enter(item.arrival, accounts, missing, reasons);
  held_.emplace(item.arrival, item);
  if (id_unknown) look_up(item);
  if (reverses) enter_desk(item);
}

// Adds the legs that an item has at an account to what that is to expect.
void teller::expect_item(expect_legs& sums, account_number n, const item_ref& item) {
  for (const auto& what : item.whats())
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      if ((side == leg_side::debit ? what.debit : what.credit) != n) continue;
      if (is_about_hold(what.kind))
        sums.about_holds.push_back(claim_of(what, side));
      else
        (side == leg_side::debit ? sums.debits : sums.credits) += what.amount.value;
    }
}

// Before the batch in which their dependants may be. Items of it that came earlier count them, too,
// and are at worst deferred once.
void teller::tell_expected() {
  for (auto& [e, sums] : expecting_) send(e->actor, std::move(sums));
  expecting_.clear();
  expecting_at_.clear();
}

void teller::place_waiting(batch& b, arrival which) {
  const auto it = held_.find(which);
  const auto item = std::move(it->second);
  held_.erase(it);
  if (item.rounds > options_.defer_limit || !serves_all(item)) {
    leave_room(item);
    return answer_item(item, {item_result::unavailable, {}});
  }
  const auto accounts = resolved_accounts(item);
  if (accounts.empty()) {
    leave_room(item);  // an account that was not there is being opened by now
    return await(item, false);
  }
  place(b, item, accounts);
}

// Ends an item that waits, and was not judged.
void teller::give_up(arrival which, item_answer with) {
  const auto it = held_.find(which);
  if (it == held_.end()) return;
  const auto item = std::move(it->second);
  held_.erase(it);
  leave_room(item);
  answer_item(item, with);
}

// Its accounts count the item as one to come; it will not.
void teller::leave_room(const item_ref& item) {
  if (!room_.holds(item.arrival)) return;
  room_.leave(item.arrival);
  for (const auto& what : item.whats())
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      auto* e = directory_.find(side == leg_side::debit ? what.debit : what.credit);
      if (e != nullptr && e->at == stage::active)
        send(e->actor, drop_deferred{item.what().id, claim_of(what, side)});
    }
}

// The account has an actor now, or there is no such account. The actor hears first of what waits
// for it.
void teller::resolved(directory_entry& e) {
  expect_legs sums;
  for (const auto which : room_.waiting_at(e.number)) {
    expect_item(sums, e.number, held_.at(which));
    room_.resolve(which, e.number);
  }
  const bool any = sums.debits != 0 || sums.credits != 0 || !sums.about_holds.empty();
  if (e.at == stage::active && any) send(e.actor, std::move(sums));
}

}  // namespace suanpan
