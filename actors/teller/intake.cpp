// How an item gets into a batch: known ids first (R4), then the index, then its accounts' actors.
// What must wait for one of these waits in the room; the accounts that have actors count it (R26).
#include "actors/teller/teller.hpp"

#include <absl/hash/hash.h>
#include <caf/send.hpp>

namespace suanpan {

std::uint64_t content_hash(const transfer& t) {
  return absl::HashOf(t.debit.value, t.credit.value, t.amount.value, t.ccy.code, t.event_code,
                      static_cast<std::int16_t>(t.kind), t.reference, t.memo);
}

void teller::admit(batch& b, const queued_request& from) {
  auto& r = *from.request;
  if (r.answers[from.next].result != item_result::none) return;
  const transfer& what = r.items[from.next];
  item_ref item{from.request, from.next};
  if (!serves(what.debit) || !serves(what.credit)) {
    answer(r, from.next, {item_result::unavailable, {}});
    return complete(from.request);
  }
  const auto content = content_hash(what);
  const auto [known, fresh] = recent_.claim(what.id, content);
  if (!fresh) {
    if (known->result == item_result::none)
      copies_[what.id].push_back(item);  // in flight: the copy waits for the original (R4)
    else if (known->content == content)
      answer_from_memory(
          item,
          {known->result == item_result::posted ? item_result::exists : known->result, known->at});
    else
      look_up(item);  // the answer names the field: ask the index for the content
    return;
  }
  item.claimed = true;
  item.arrival = ++arrivals_;
  const auto millis = what.id.unix_millis();
  const auto now = std::max(now_micros(), last_ticket_.micros) / 1000;
  const bool in_window =
      millis >= now - options_.id_window_ms && millis <= now + options_.id_skew_ms;
  if (millis < recent_.complete_since_millis() || !in_window) return await(item, true);
  auto* debit = directory_.find(what.debit);
  auto* credit = directory_.find(what.credit);
  if (debit == nullptr || credit == nullptr || !debit->resolved() || !credit->resolved())
    return await(item, false);
  place(b, item, *debit, *credit);
}

// No account has a say where one is missing: the refusal is certain and recorded like any other
// (R5).
void teller::place(batch& b, const item_ref& item, directory_entry& debit,
                   directory_entry& credit) {
  const auto e = static_cast<std::uint32_t>(b.entries.size());
  auto& placed = add_entry(b, item);
  if (debit.at == stage::absent || credit.at == stage::absent) {
    placed.result = debit.at == stage::absent ? item_result::debit_account_not_found
                                              : item_result::credit_account_not_found;
    return leave_room(item);
  }
  placed.expected = room_.holds(item.arrival);
  link_leg(b, debit, 2 * e);
  link_leg(b, credit, 2 * e + 1);
}

entry& teller::add_entry(batch& b, const item_ref& item) {
  if (b.requests.empty() || b.requests.back() != item.request) b.requests.push_back(item.request);
  b.entries.push_back({.request = item.request.get(),
                       .item = item.item,
                       .rounds = item.rounds,
                       .expected = false,
                       .result = item_result::none,
                       .what = &item.what(),
                       .arrival = item.arrival});
  b.legs.resize(b.legs.size() + 2);
  return b.entries.back();
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

// Accounts that have no actor are asked for at once, those that have one count the item.
void teller::await(const item_ref& item, bool id_unknown) {
  const transfer& what = item.what();
  const std::array<account_number, 2> accounts = {what.debit, what.credit};
  const auto missing = static_cast<std::size_t>(std::ranges::count_if(
      accounts, [this](account_number n) { return directory_.find(n) == nullptr; }));
  if (missing > 0 && directory_.size() + missing > options_.active_accounts_max)
    return answer_item(item, {item_result::unavailable, {}});
  std::uint32_t reasons = id_unknown ? 1 : 0;
  for (const auto n : accounts) {
    auto* e = directory_.find(n);
    if (e == nullptr) {
      e = &directory_.make(n, stage::loading);
      loads_.push_back(n);
    }
    if (!e->resolved()) ++reasons;
    if (e->at == stage::active) expect(*e, what);
  }
  room_.enter(item.arrival, what.debit, what.credit, reasons);
  held_.emplace(item.arrival, item);
  if (id_unknown) look_up(item);
}

void teller::expect(directory_entry& e, const transfer& what) {
  if (e.expected_debits == 0 && e.expected_credits == 0) expecting_.push_back(&e);
  (what.debit == e.number ? e.expected_debits : e.expected_credits) += what.amount.value;
}

// Before the batch in which their dependants may be. Items of it that came earlier count them, too,
// and are at worst deferred once.
void teller::tell_expected() {
  for (auto* e : expecting_)
    send(e->actor,
         expect_legs{std::exchange(e->expected_debits, 0), std::exchange(e->expected_credits, 0)});
  expecting_.clear();
}

void teller::place_waiting(batch& b, arrival which) {
  const auto it = held_.find(which);
  const auto item = std::move(it->second);
  held_.erase(it);
  const transfer& what = item.what();
  if (item.rounds > options_.defer_limit || !serves(what.debit) || !serves(what.credit)) {
    leave_room(item);
    return answer_item(item, {item_result::unavailable, {}});
  }
  auto* debit = directory_.find(what.debit);
  auto* credit = directory_.find(what.credit);
  if (debit == nullptr || credit == nullptr || !debit->resolved() || !credit->resolved()) {
    leave_room(item);  // an account that was not there is being opened by now
    return await(item, false);
  }
  place(b, item, *debit, *credit);
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
  const transfer& what = item.what();
  for (const auto side : {leg_side::debit, leg_side::credit}) {
    auto* e = directory_.find(side == leg_side::debit ? what.debit : what.credit);
    if (e != nullptr && e->at == stage::active)
      send(e->actor, drop_deferred{what.id, side, what.amount});
  }
}

// The account has an actor now, or there is no such account. The actor hears first of what waits
// for it.
void teller::resolved(directory_entry& e) {
  expect_legs sums;
  for (const auto which : room_.waiting_at(e.number)) {
    const transfer& what = held_.at(which).what();
    (what.debit == e.number ? sums.debits : sums.credits) += what.amount.value;
    room_.fulfil(which);
  }
  if (e.at == stage::active && (sums.debits != 0 || sums.credits != 0)) send(e.actor, sums);
}

}  // namespace suanpan
