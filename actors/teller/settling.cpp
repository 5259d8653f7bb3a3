// From verdicts to answers: ruling in ticket order, undoing, deferring, handing to the journal,
// answering.
#include "actors/fault_points.hpp"
#include "actors/statements/statement_feed.hpp"
#include "actors/teller/teller.hpp"

#include <absl/container/btree_map.h>
#include <caf/send.hpp>

namespace suanpan {

void teller::take_decided(const batch_decided& m) {
  for (auto& f : flights_)
    if (f.made == m.decided) f.decided = true;
  for (auto& f : flights_) {
    if (!f.decided) break;  // rule in ticket order: old deferred items stay ahead of newer ones
    if (f.number == 0) rule(f);
  }
  hand_on();
}

void teller::rule(flight& f) {
  SUANPAN_FAULT_POINT("teller.before_rule");
  batch& b = *f.made;
  bool rows = !b.openings.empty() || std::ranges::any_of(b.changes, &batch_change::writes);
  for (std::uint32_t e = 0; e < b.entries.size(); e += b.entries[e].unit_size) {
    if (b.entries[e].result == item_result::none) rule_unit(b, e);
    rows = rows || leaves_row(b.entries[e]);
  }
  f.handed = rows;
  f.number = ++commits_handed_;
  SUANPAN_FAULT_POINT("teller.before_hand_over");
  if (rows) send(peers_.journal, commit_batch{f.made});
  SUANPAN_FAULT_POINT("teller.after_hand_over");
}

void teller::rule_unit(batch& b, std::uint32_t first) {
  const auto size = b.entries[first].unit_size;
  auto ruling = verdict_rules::combine(std::span(b.legs).subspan(2 * first, 2 * size));
  if (ruling.is == verdict_rules::fate::booked && is_balancing(b.entries[first].what->kind))
    ruling = balance(b, first);
  for (auto leg = 2 * first; leg < 2 * (first + size); ++leg) notify_leg(b, leg, ruling.is);
  if (ruling.is == verdict_rules::fate::deferred) return defer(b, first);
  for (std::uint32_t i = 0; i < size; ++i) {
    auto& e = b.entries[first + i];
    e.result = ruling.reason;
    if (ruling.is == verdict_rules::fate::booked) e.result = booked_as(e.what->kind);
    if (ruling.is == verdict_rules::fate::refused && i != ruling.at_fault)
      e.result = item_result::linked_failed;
  }
  if (b.entries[first].expected) room_.leave(b.entries[first].arrival);
}

// What an account accepted beyond what is moved it is told to take back.
verdict_rules::ruling teller::balance(batch& b, std::uint32_t e) {
  const std::span<minor_units, 2> most(&b.most[2 * e], 2);
  const auto balanced = verdict_rules::balance(b.entries[e].what->kind,
                                               std::span<const leg, 2>(&b.legs[2 * e], 2), most);
  if (balanced.is.is != verdict_rules::fate::booked) return balanced.is;
  for (const auto side : {leg_side::debit, leg_side::credit}) {
    auto& accepted = most[static_cast<std::size_t>(side)];
    const minor_units rest{accepted.value - balanced.moved.value};
    if (rest.value > 0) take_back(b, 2 * e + static_cast<std::uint32_t>(side), rest);
    accepted = balanced.moved;
  }
  return balanced.is;
}

void teller::take_back(const batch& b, std::uint32_t leg_index, minor_units amount) {
  const transfer& what = b.what_of(leg_index);
  const auto side = batch::side_of(leg_index);
  auto* e = directory_.find(side == leg_side::debit ? what.debit : what.credit);
  if (e == nullptr || e->at != stage::active) return;
  auto claim = claim_of(what, side);
  claim.amount = amount;
  send(e->actor, undo_leg{b.at, claim, true, false});
}

// Before any watermark that reaches this ticket: the same sender, so the same order (R10).
void teller::notify_leg(const batch& b, std::uint32_t leg_index, verdict_rules::fate item) {
  using enum verdict_rules::notice;
  const auto notice = verdict_rules::notice_for(b.legs[leg_index].said, item);
  if (notice == nothing) return;
  const transfer& what = b.what_of(leg_index);
  const auto side = batch::side_of(leg_index);
  auto* e = directory_.find(side == leg_side::debit ? what.debit : what.credit);
  if (e == nullptr || e->at != stage::active) return;
  const auto claim = claim_of(what, side);
  if (notice == drop) return send(e->actor, drop_deferred{b.unit_of(leg_index), claim});
  bool accepted = notice != count_to_return;
  const bool returns = notice != undo;
  if (accepted && is_balancing(what.kind)) {  // another amount than it comes again with
    take_back(b, leg_index, b.most[leg_index]);
    accepted = false;
    if (!returns) return;
  }
  send(e->actor, undo_leg{b.at, claim, accepted, returns});
}

// The unit that begins at this entry, outside its batch. Its ids are claimed.
item_ref teller::unit_in(const batch& b, std::uint32_t first) const {
  const entry& e = b.entries[first];
  const auto it = std::ranges::find(b.requests, e.request, &posting_request_ptr::get);
  return {.request = *it,
          .item = e.item,
          .rounds = e.rounds,
          .claimed = true,
          .arrival = e.arrival,
          .size = e.unit_size};
}

void teller::defer(batch& b, std::uint32_t first) {
  auto item = unit_in(b, first);
  ++item.rounds;
  room_.defer(item.arrival, accounts_of(item), b.at);
  held_.emplace(item.arrival, std::move(item));
}

// Flights with nothing to write settle as soon as everything before them has.
void teller::hand_on() {
  while (!flights_.empty() && flights_.front().number != 0 && !flights_.front().handed)
    settle_front();
  finish_drains();
  pump_soon();
}

void teller::take_settled(const batch_settled& m) {
  if (m.session != session_ || flights_.empty() || flights_.front().made != m.settled) return;
  for (const auto& row : m.failed) fail_row(*m.settled, row);
  settle_front();
  hand_on();
}

// A row that the database refused alone (R12), or whose id is there already. Its legs never were.
void teller::fail_row(batch& b, const failed_row& row) {
  if (row.kind == row_kind::change) {
    // What it decided since then stands on terms that never were.
    auto& change = b.changes[row.index];
    change.result = change_result::unavailable;
    change.writes = false;
    const auto n = change.request->number;
    return send(peers_.supervisors[n.shard().value],
                account_failed{n, "the database refused a change of its terms"});
  }
  if (row.kind == row_kind::opening) {
    b.openings[row.index].result =
        row.duplicate ? opening_result::unavailable : opening_result::internal;
    return;
  }
  const auto first = row.index;
  const auto end = first + b.entries[first].unit_size;
  for (auto i = first; i < end; ++i) {
    auto& e = b.entries[i];
    if (is_booked(e.result)) {
      notify_leg(b, 2 * i, verdict_rules::fate::refused);
      notify_leg(b, 2 * i + 1, verdict_rules::fate::refused);
    }
    e.result = row.duplicate ? item_result::none : item_result::internal;
  }
  if (!row.duplicate) return;
  leave_desk(b.entries[first].arrival);
  auto item = unit_in(b, first);  // the index knows an id of it: ask what that names
  item.rounds = 0;
  item.arrival = 0;  // its accounts no longer count it
  look_up(item);
}

void teller::settle_front() {
  SUANPAN_FAULT_POINT("teller.before_settle");
  flight f = std::move(flights_.front());
  flights_.pop_front();
  settled_ = f.made->at;
  if (f.handed && f.made->left_rows()) stored_mark_ = settled_;
  for (auto& o : f.made->openings) settle_opening(o);
  for (const auto& c : f.made->changes) settle_change(*f.made, c);
  if (f.made->about_holds) tell_of_holds(*f.made);
  for (std::uint32_t e = 0; e < f.made->entries.size(); ++e) answer_entry(f, e);
  answer_requests(f);
  if (options_.statements != nullptr)
    options_.statements->offer(f.made, [this](shard_id s) {
      return s.value < shards_.size() && shards_[s.value] != shard_stage::elsewhere;
    });
}

// What expires is watched by the supervisor of the shard whose account decides (R23).
void teller::tell_of_holds(const batch& b) {
  absl::btree_map<shard_id, watch_holds> by_shard;
  for (const auto& e : b.entries) {
    if (!is_booked(e.result) || !is_about_hold(e.what->kind)) continue;
    const transfer& what = *e.what;
    auto& told = by_shard[what.debit.shard()];
    if (ends_hold(what.kind))
      told.ended.push_back(what.related);
    else if (what.expires_at != 0)
      told.made.push_back(hold_of(what, b.at));
  }
  for (auto& [shard, told] : by_shard)
    if (!told.made.empty() || !told.ended.empty())
      send(peers_.supervisors[shard.value], std::move(told));
}

void teller::answer_entry(const flight& f, std::uint32_t e) {
  batch& b = *f.made;
  const entry& judged = b.entries[e];
  if (judged.result == item_result::none) return;  // deferred, or being looked up
  const bool recorded = leaves_row(judged);
  // Nothing of it is in the rows: a round trip that began after the decision proves it (R8).
  if (!recorded && is_recorded_refusal(judged.result))
    judged.request->fence_from = std::max(judged.request->fence_from, f.number);
  const item_answer with{judged.result, recorded ? b.at : ticket{}, b.moved_by(e)};
  const transfer& what = *judged.what;
  if (!copies_.empty() || !desk_.empty()) answer_copies(what, with);
  leave_desk(judged.arrival);
  if (recorded)
    recent_.resolve(what.id, b.at, judged.result);
  else
    recent_.forget(what.id);
  answer(*judged.request, judged.item, with);
}

// Answers that came from memory leave only after a round trip that began after them; a commit that
// was handed on later is one (R8).
void teller::answer_requests(flight& f) {
  for (const auto& r : f.made->requests) {
    if (r->completed || r->unanswered > 0) continue;
    if (f.handed && r->fence_from <= f.number) r->fence_from = 0;
    SUANPAN_FAULT_POINT("teller.before_answer");
    complete(r);
  }
}

void teller::answer(posting_request& r, std::uint32_t item, item_answer with) {
  r.answers[item] = with;
  --r.unanswered;
  ++answered_[static_cast<std::size_t>(with.result)];
  --items_in_flight_;
}

void teller::complete(const posting_request_ptr& r) {
  if (r->completed || r->unanswered > 0) return;
  r->completed = true;
  if (r->fence_from != 0) return send(peers_.journal, fence_answers{session_, r, nullptr, nullptr});
  r->finish();
}

// Ends an item or voucher that is in no batch: nothing was booked for it.
void teller::answer_item(const item_ref& item, item_answer with) {
  for (std::uint32_t i = 0; i < item.size; ++i) {
    const transfer& what = item.whats()[i];
    if (item.claimed) {
      answer_copies(what, with);
      release_claim(what.id);
    }
    answer(*item.request, item.item + i, with);
  }
  leave_desk(item.arrival);
  complete(item.request);
}

// A voucher claims only those of its ids that were not known.
void teller::release_claim(const transfer_id& id) {
  const auto* known = recent_.find(id);
  if (known != nullptr && known->result == item_result::none) recent_.forget(id);
}

void teller::answer_from_memory(const item_ref& item, item_answer with) {
  item.request->fence_from = commits_handed_ + 1;
  answer_item(item, with);
}

// R4: a copy of an id in flight waits for the original and gets its fate.
void teller::answer_copies(const transfer& original, item_answer fate) {
  if (!desk_.empty()) {
    desk_.ended(original.id);
    pump_soon();
  }
  const auto it = copies_.find(original.id);
  if (it == copies_.end()) return;
  const auto copies = std::move(it->second);
  copies_.erase(it);
  for (const auto& copy : copies) {
    if (copy.size > 1) {  // its other ids have a say, too
      again_.push_back(copy);
      pump_soon();
      continue;
    }
    const auto same = compare_content(original, copy.what());
    item_answer with = fate;
    if (same == item_result::exists) {
      if (is_booked(fate.result)) with.result = item_result::exists;
    } else if (is_booked(fate.result)) {
      with = {same, {}, {}};
    } else if (is_recorded_refusal(fate.result)) {
      with = {item_result::exists_with_different_content, {}, {}};
      if (fate.at == ticket{}) with.result = item_result::unavailable;  // its id is free again
    }
    // What answered the original may have begun before the copy came: a round trip of its own (R8).
    const bool says_nothing =
        fate.result == item_result::unavailable || fate.result == item_result::unknown;
    if (!says_nothing) copy.request->fence_from = commits_handed_ + 1;
    answer(*copy.request, copy.item, with);
    complete(copy.request);
  }
}

}  // namespace suanpan
