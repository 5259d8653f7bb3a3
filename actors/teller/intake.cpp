// How an item gets into a batch: known ids first (R4), then the index, then its accounts' actors.
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
  item_ref item{from.request, from.next, 0, {}, false};
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
  const auto millis = what.id.unix_millis();
  const auto now = std::max(now_micros(), last_ticket_.micros) / 1000;
  const bool in_window =
      millis >= now - options_.id_window_ms && millis <= now + options_.id_skew_ms;
  if (millis < recent_.complete_since_millis() || !in_window) return look_up(item);
  place(b, item);
}

// The item's accounts must have actors. The first that has none keeps the item until it has.
void teller::place(batch& b, const item_ref& item) {
  const transfer& what = item.what();
  if (!serves(what.debit) || !serves(what.credit)) {
    if (item.rounds > 0) drop_returning(item);
    return answer_item(item, {item_result::unavailable, {}});
  }
  bool parked = false;
  auto* debit = ready_entry(what.debit, item, parked);
  if (parked) {
    if (directory_.find(what.credit) == nullptr) request_load(what.credit);
    return;
  }
  auto* credit = ready_entry(what.credit, item, parked);
  if (!parked) place_at(b, item, debit, credit);
}

void teller::place_at(batch& b, const item_ref& item, directory_entry* debit,
                      directory_entry* credit) {
  if (debit == nullptr) return add_refused(b, item, item_result::debit_account_not_found);
  if (credit == nullptr) return add_refused(b, item, item_result::credit_account_not_found);
  const auto e = static_cast<std::uint32_t>(b.entries.size());
  add_entry(b, item);
  if (item.rounds > 0) {
    --debit->deferred;
    --credit->deferred;
  }
  link_leg(b, *debit, 2 * e);
  link_leg(b, *credit, 2 * e + 1);
}

// The entry if it is active; nullptr and not parked if there is no such account.
directory_entry* teller::ready_entry(account_number n, const item_ref& item, bool& parked) {
  auto* e = directory_.find(n);
  if (e != nullptr && e->at == stage::active) return e;
  if (e != nullptr && e->at == stage::absent) return nullptr;
  if (e == nullptr) {
    request_load(n);
    e = directory_.find(n);
  }
  parked = true;
  if (e == nullptr)
    answer_item(item, {item_result::unavailable, {}});  // too many active accounts
  else
    e->parked.push_back(item);
  return nullptr;
}

void teller::request_load(account_number n) {
  if (directory_.size() >= options_.active_accounts_max) return;
  directory_.make(n, stage::loading);
  loads_.push_back(n);
}

entry& teller::add_entry(batch& b, const item_ref& item) {
  if (b.requests.empty() || b.requests.back() != item.request) b.requests.push_back(item.request);
  b.entries.push_back({.request = item.request.get(),
                       .item = item.item,
                       .rounds = item.rounds,
                       .result = item_result::none,
                       .what = &item.what()});
  b.legs.resize(b.legs.size() + 2);
  return b.entries.back();
}

// The refusal is certain and recorded like any other (R5); no account has a say.
void teller::add_refused(batch& b, const item_ref& item, item_result why) {
  add_entry(b, item).result = why;
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

// --- the index
// ------------------------------------------------------------------------------------

void teller::look_up(const item_ref& item) {
  next_look_up_.items[item.what().id].push_back(item);
}

void teller::flush_look_ups() {
  if (next_look_up_.items.empty()) return;
  look_up_ids ask{session_, ++last_round_, {}};
  ask.ids.reserve(next_look_up_.items.size());
  for (const auto& [id, items] : next_look_up_.items) ask.ids.push_back(id);
  std::ranges::sort(ask.ids);
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
  std::vector<std::vector<item_ref>> absent;
  for (auto& [id, items] : round.items) absent.push_back(std::move(items));
  std::ranges::sort(absent, {}, [](const auto& items) { return items.front().what().id; });
  for (auto& items : absent)
    for (auto& item : items) {
      if (m.unavailable)  // what was in doubt may be there all the same
        answer_item(item, {round.recovering ? item_result::unknown : item_result::unavailable, {}});
      else
        take_absent(round, item);
    }
  pump_soon();
}

// What is stored under the id, for the one that claimed it and for copies that came meanwhile.
void teller::take_found(const look_up_round& round, const stored_transfer& found) {
  const bool booked = found.result == item_result::posted;
  for (const auto& item : round.items.at(found.what.id)) {
    const auto same = compare_content(found.what, item.what());
    item_answer with{same, {}};
    if (same != item_result::exists) {
      if (!booked) with.result = item_result::exists_with_different_content;
    } else {
      with.at = found.at;
      if (!booked || round.recovering) with.result = found.result;
    }
    if (item.claimed) {
      if (const auto c = copies_.find(found.what.id); c != copies_.end())
        for (const auto& copy : c->second) copy.request->fence_from = commits_handed_ + 1;
      answer_copies(found.what, {found.result, found.at});
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
  if (millis < now - options_.id_window_ms)
    return answer_from_memory(item, {item_result::id_expired, {}});
  if (millis > now + options_.id_skew_ms)
    return answer_from_memory(item, {item_result::id_in_future, {}});
  ready_.push_back(item);
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
    serve_reads(row);
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
      if (!found.contains(n)) take_absent_account(n, m.unavailable);
    } else if (reads_.contains(n)) {
      loads_.push_back(n);
    }
  }
  pump_soon();
}

void teller::take_absent_account(account_number n, bool unavailable) {
  if (const auto r = reads_.find(n); r != reads_.end()) {
    for (auto& pending : r->second) {
      pending.read->result = unavailable ? read_result::unavailable : read_result::not_found;
      send(peers_.journal, fence_read{pending.read, session_});
    }
    reads_.erase(r);
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
    return unpark(*e);
  }
  const auto parked = std::move(e->parked);
  directory_.erase(*e);
  for (const auto& item : parked) answer_item(item, {item_result::unavailable, {}});
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
    unpark(*e);
  }
  pump_soon();
}

void teller::unpark(directory_entry& e) {
  for (auto& item : e.parked) ready_.push_back(std::move(item));
  e.parked.clear();
  e.parked.shrink_to_fit();
}

}  // namespace suanpan
