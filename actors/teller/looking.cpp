// What the teller asks the database: ids that memory can't answer for (R4, R6), rows of accounts
// that are to become active.
#include "actors/teller/known_voucher.hpp"
#include "actors/teller/teller.hpp"

#include <caf/send.hpp>

namespace suanpan {

// --- the index
// ------------------------------------------------------------------------------------

void teller::look_up(const item_ref& item) {
  if (item.size > 1)
    next_look_up_.vouchers.push_back(item);
  else
    next_look_up_.items[item.what().id].push_back(item);
}

void teller::flush_look_ups() {
  look_up_ids ask{session_, 0, {}, {}};
  ask_for_originals(ask);
  if (next_look_up_.items.empty() && next_look_up_.vouchers.empty() && ask.originals.empty())
    return;
  ask.round = ++last_round_;
  ask.ids.reserve(next_look_up_.items.size());
  for (const auto& [id, items] : next_look_up_.items) ask.ids.push_back(id);
  for (const auto& voucher : next_look_up_.vouchers)
    for (const auto& what : voucher.whats()) ask.ids.push_back(what.id);
  std::ranges::sort(ask.ids);
  ask.ids.erase(std::ranges::unique(ask.ids).begin(), ask.ids.end());
  next_look_up_.number = last_round_;
  look_ups_.emplace(last_round_, std::move(next_look_up_));
  next_look_up_ = {};
  send(peers_.reader, std::move(ask));
}

void teller::take_look_up(const ids_looked_up& m) {
  const auto it = look_ups_.find(m.round);
  if (m.session != session_ || it == look_ups_.end()) return;
  auto round = std::move(it->second);
  look_ups_.erase(it);
  for (const auto& found : m.found) {
    take_found(round, found);
    round.items.erase(found.what.id);
  }
  for (const auto& voucher : round.vouchers) take_voucher(voucher, m);
  take_originals(round, m);
  std::vector<std::vector<item_ref>> absent;
  for (auto& [id, items] : round.items) absent.push_back(std::move(items));
  std::ranges::sort(absent, {}, [](const auto& items) { return items.front().what().id; });
  for (auto& items : absent)
    for (auto& item : items) {
      if (is_gone(item)) continue;
      if (!m.unavailable) {
        take_absent(round, item);
        continue;
      }
      stop_waiting(item);  // what was in doubt may be there all the same
      answer_item(item, {round.recovering ? item_result::unknown : item_result::unavailable, {}});
    }
  pump_soon();
}

// What is stored under the id, for the one that claimed it and for copies that came meanwhile.
void teller::take_found(const look_up_round& round, const stored_transfer& found) {
  const auto it = round.items.find(found.what.id);
  if (it == round.items.end()) return;  // a voucher asked
  const bool booked = is_booked(found.result);
  for (const auto& item : it->second) {
    if (is_gone(item)) continue;
    stop_waiting(item);
    const auto same = compare_content(found.what, item.what());
    item_answer with{same, {}};
    if (same != item_result::exists) {
      if (!booked) with.result = item_result::exists_with_different_content;
    } else {
      with.at = found.at;
      with.moved = found.moved;
      // In doubt, and another batch booked it: somebody else was told so.
      if (!booked || (round.recovering && found.at == item.in_doubt_at)) with.result = found.result;
    }
    if (item.claimed) {
      answer_copies(found.what, {found.result, found.at, found.moved});
      recent_.learn(found.what.id, {content_hash(found.what), found.at, found.result});
    }
    auto answered = item;
    answered.claimed = false;
    answer_from_memory(answered, with);
  }
}

void teller::take_absent(const look_up_round& round, const item_ref& item) {
  // In doubt, and we hold the lock again: it never happened (R9). Known a moment ago and now not:
  // its partition was detached in between; ask again.
  if (round.recovering || !item.claimed) return answer_item(item, {item_result::unavailable, {}});
  const auto millis = item.what().id.unix_millis();
  const auto now = std::max(now_micros(), last_ticket_.micros) / 1000;
  const bool expired = millis < now - options_.id_window_ms;
  if (item.request->of_the_ledger || (!expired && millis <= now + options_.id_skew_ms))
    return room_.fulfil(item.arrival);
  stop_waiting(item);
  answer_from_memory(item, {expired ? item_result::id_expired : item_result::id_in_future, {}});
}

// A voucher that the database refused because an id of it is there already has no place in the
// room: absent now means that the id's partition was detached in between; it may be asked again.
void teller::take_voucher(const item_ref& item, const ids_looked_up& m) {
  if (is_gone(item)) return;
  std::vector<const stored_transfer*> known;
  for (const auto& what : item.whats()) {
    const auto it = std::ranges::find(m.found, what.id, [](const auto& f) { return f.what.id; });
    known.push_back(it == m.found.end() ? nullptr : &*it);
  }
  const bool none = std::ranges::all_of(known, [](const auto* k) { return k == nullptr; });
  if (none && !m.unavailable && item.arrival != 0) return take_absent_voucher(item);
  stop_waiting(item);
  if (none || m.unavailable) return answer_item(item, {item_result::unavailable, {}});
  answer_known_voucher(item, known);
}

void teller::take_absent_voucher(const item_ref& item) {
  const auto now = std::max(now_micros(), last_ticket_.micros) / 1000;
  std::vector<item_result> why;
  for (const auto& what : item.whats()) {
    const auto millis = what.id.unix_millis();
    why.push_back(millis < now - options_.id_window_ms ? item_result::id_expired
                  : millis > now + options_.id_skew_ms ? item_result::id_in_future
                                                       : item_result::linked_invalid);
  }
  if (std::ranges::all_of(why, [](auto r) { return r == item_result::linked_invalid; }))
    return room_.fulfil(item.arrival);
  stop_waiting(item);
  leave_desk(item.arrival);
  item.request->fence_from = commits_handed_ + 1;
  for (std::uint32_t i = 0; i < item.size; ++i) {
    const auto& id = item.whats()[i].id;
    answer_copies(item.whats()[i], {item_result::unavailable, {}});
    release_claim(id);
    answer(*item.request, item.item + i, {why[i], {}});
  }
  complete(item.request);
}

// What of it was claimed is free again: who waits for that id is told that nothing came of it.
void teller::answer_known_voucher(const item_ref& item,
                                  std::span<const stored_transfer* const> known) {
  const auto answers = answers_to_known_voucher(item.whats(), known);
  leave_desk(item.arrival);
  item.request->fence_from = commits_handed_ + 1;
  for (std::uint32_t i = 0; i < item.size; ++i) {
    const auto& what = item.whats()[i];
    if (const auto* k = known[i]; k != nullptr) {
      answer_copies(k->what, {k->result, k->at});
      recent_.learn(what.id, {content_hash(k->what), k->at, k->result});
    } else {
      answer_copies(what, {item_result::unavailable, {}});
      release_claim(what.id);
    }
    answer(*item.request, item.item + i, answers[i]);
  }
  complete(item.request);
}

// It was given up while its id was being looked up, and answered.
bool teller::is_gone(const item_ref& item) const {
  return item.arrival != 0 && !held_.contains(item.arrival);
}

void teller::stop_waiting(const item_ref& item) {
  held_.erase(item.arrival);
  leave_room(item);
}

// --- activation
// -----------------------------------------------------------------------------------

void teller::take_accounts(const accounts_loaded& m) {
  if (m.session != session_) return;
  std::vector<std::vector<account_row>> by_shard(shards_.size());
  absl::flat_hash_set<account_number> found;
  for (const auto& row : m.found) {
    found.insert(row.number);
    if (is_void(row.number, m.generation)) continue;
    serve_reads(row, m.round);
    auto* e = directory_.find(row.number);
    if (e == nullptr || e->at != stage::loading || e->activating) continue;
    e->activating = true;
    by_shard[row.number.shard().value].push_back(row);
  }
  for (std::size_t s = 0; s < by_shard.size(); ++s)
    if (!by_shard[s].empty())
      send(peers_.supervisors[s], activate_accounts{session_, std::move(by_shard[s]), generation_});
  for (const auto n : m.asked) {
    if (!is_void(n, m.generation)) {
      if (!found.contains(n)) take_absent_account(n, m.unavailable, m.round);
    } else if (reads_.contains(n)) {
      loads_.push_back(n);
    }
  }
  pump_soon();
}

void teller::take_absent_account(account_number n, bool unavailable, std::uint64_t round) {
  for (auto& pending : take_reads(n, round)) {
    pending.read->result = unavailable ? read_result::unavailable : read_result::not_found;
    send(peers_.journal, fence_read{pending.read, session_});
  }
  auto* e = directory_.find(n);
  if (e == nullptr || e->at != stage::loading || e->activating) return;
  if (e->load_again) {
    e->load_again = false;
    if (is_being_opened(n))
      e->at = stage::opening;
    else
      loads_.push_back(n);
    return;
  }
  if (!unavailable) {
    e->at = stage::absent;
    absent_.push_back(n);
    return resolved(*e);
  }
  for (const auto which : room_.waiting_at(n)) give_up(which, {item_result::unavailable, {}});
  give_up_changes(n);
  directory_.erase(*e);
}

// The shard was given up after the question was asked, and perhaps retaken: rows may be older than
// what another owner stored, actors are those of before (R11).
bool teller::is_void(account_number n, std::uint64_t generation) const {
  return generation < void_before_[n.shard().value];
}

void teller::take_actors(const accounts_active& m) {
  if (m.session != session_) return;
  for (const auto& [number, actor] : m.actors) {
    if (is_void(number, m.generation)) continue;
    auto* e = directory_.find(number);
    if (e == nullptr || e->at == stage::active) continue;
    e->at = stage::active;
    e->activating = false;
    e->actor = actor;
    if (e->last_touched == ticket{}) e->last_touched = last_ticket_;
    resolved(*e);
  }
  pump_soon();
}

}  // namespace suanpan
