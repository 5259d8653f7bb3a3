// Taking shards into service, giving them up, and the loss of the session: then everything in
// memory is void (R9); what was handed to the journal is in doubt until the locks are held again.
#include "actors/fault_points.hpp"
#include "actors/teller/teller.hpp"

#include <caf/send.hpp>

#include <tuple>

namespace suanpan {

void teller::serve(const serve_shards& m) {
  SUANPAN_FAULT_POINT("teller.before_serve");
  const auto& r = *m.recovered;
  if (r.session <= lost_) return;  // gone while the keeper was on its way to us
  const bool fresh = r.session != session_;
  if (fresh) {
    lose_session({session_, "a new session began"});
    session_ = r.session;
    recent_.reset(r.recent_complete_since_millis);
    stored_mark_ = r.newest;
  } else {
    recent_.raise_completeness(r.recent_complete_since_millis);
  }
  last_ticket_ = std::max(last_ticket_, r.newest);  // R3
  if (flights_.empty()) settled_ = std::max(settled_, r.newest);
  for (const auto& s : r.recent) recent_.load(s.what.id, {content_hash(s.what), s.at, s.result});
  for (const auto& [shard, sequence] : r.last_sequence) last_sequence_[shard.value] = sequence;
  absl::flat_hash_map<std::uint16_t, ticket> positions;
  for (const auto& c : r.claims) {
    shards_[c.shard.value] = shard_stage::serving;
    positions[c.shard.value] = c.position;
  }
  std::vector<std::vector<account_row>> by_shard(shards_.size());
  for (const auto& row : r.touched) {
    const auto shard = row.number.shard().value;
    auto& e = directory_.make(row.number, stage::loading);
    e.activating = true;
    e.last_touched = row.covers;
    directory_.set_dirty(e, {positions[shard].micros + 1});
    by_shard[shard].push_back(row);
  }
  for (std::size_t s = 0; s < by_shard.size(); ++s)
    if (!by_shard[s].empty())
      send(peers_.supervisors[s], activate_accounts{session_, std::move(by_shard[s]), generation_});
  watch_expiring(r);
  look_up_in_doubt();
  pump_soon();
}

void teller::watch_expiring(const recovered_shards& r) {
  std::vector<watch_holds> by_shard(shards_.size());
  for (const auto& hold : r.expiring) by_shard[hold.debit.shard().value].made.push_back(hold);
  for (std::size_t s = 0; s < by_shard.size(); ++s)
    if (!by_shard[s].made.empty()) send(peers_.supervisors[s], std::move(by_shard[s]));
}

// --- one shard
// ------------------------------------------------------------------------------------

void teller::drain(shard_id shard) {
  if (shard.value >= shards_.size() || shards_[shard.value] == shard_stage::elsewhere) return;
  shards_[shard.value] = shard_stage::draining;
  give_up_items(shard);
  finish_drains();
}

// New items of it are refused by serves(); items that wait are answered now.
void teller::give_up_items(shard_id shard) {
  std::vector<arrival> concerned;
  for (const auto& [which, item] : held_)
    if (std::ranges::any_of(item.whats(), [shard](const transfer& t) {
          return t.debit.shard() == shard || t.credit.shard() == shard;
        }))
      concerned.push_back(which);
  std::ranges::sort(concerned);
  for (const auto which : concerned) give_up(which, {item_result::unavailable, {}});
}

void teller::finish_drains() {
  for (std::uint16_t s = 0; s < shards_.size(); ++s) {
    if (shards_[s] != shard_stage::draining) continue;
    const shard_id shard{s};
    const bool in_flight = std::ranges::any_of(flights_, [shard](const flight& f) {
      return std::ranges::binary_search(f.made->shards, shard);
    });
    if (in_flight) continue;
    give_up_items(shard);
    forget_shard(shard);
    shards_[s] = shard_stage::elsewhere;
    SUANPAN_FAULT_POINT("teller.before_drained");
    send(peers_.keeper, shard_drained{session_, shard});
  }
}

void teller::forget_shard(shard_id shard) {
  void_before_[shard.value] = ++generation_;
  for (auto* e : directory_.select([shard](const auto& x) { return x.number.shard() == shard; }))
    directory_.erase(*e);
  send(peers_.supervisors[shard.value], forget_accounts{});
}

// --- the whole session
// ----------------------------------------------------------------------------

void teller::lose_session(const session_lost& m) {
  lost_ = std::max(lost_, m.session);
  if (m.session != session_) return;
  SUANPAN_FAULT_POINT("teller.session_lost");
  session_ = {};
  void_flights();
  void_waiting();
  void_openings(opening_result::unknown);
  void_changes();
  for (std::uint16_t s = 0; s < shards_.size(); ++s) {
    if (shards_[s] == shard_stage::elsewhere) continue;
    shards_[s] = shard_stage::elsewhere;
    send(peers_.supervisors[s], forget_accounts{});
  }
  directory_.clear();
  recent_.reset(0);
  touched_.clear();
  loads_.clear();
  absent_.clear();
  unstored_.clear();
  if (!in_doubt_.empty() && !in_doubt_until_)
    in_doubt_until_ = clock().now() + options_.in_doubt_wait;
}

// What the journal was given may have been committed; the rest certainly was not.
void teller::void_flights() {
  while (!flights_.empty()) {
    const flight f = std::move(flights_.front());
    flights_.pop_front();
    for (const auto& c : f.made->changes) answer_change(c.request, change_result::unavailable);
    for (const auto& e : f.made->entries) {
      const bool written = f.handed && leaves_row(e);
      for (const auto& r : f.made->requests) {
        if (r.get() != e.request || r->answers[e.item].result != item_result::none) continue;
        const bool returns = f.number != 0 && e.result == item_result::none;
        if (returns) break;  // deferred: it is in the waiting room (or being looked up)
        if (written)
          in_doubt_.push_back({.request = r,
                               .item = e.item,
                               .rounds = e.rounds,
                               .claimed = true,
                               .in_doubt_at = f.made->at});
        else
          answer_item({r, e.item, e.rounds, true}, {item_result::unavailable, {}});
        break;
      }
    }
  }
}

void teller::void_waiting() {
  const item_answer with{item_result::unavailable, {}};
  std::vector<item_ref> asked;
  room_.clear();
  desk_.clear();
  for (auto& [id, items] : std::exchange(parked_, {}))
    for (auto& item : items) again_.push_back(std::move(item));
  for (auto& [which, item] : std::exchange(held_, {})) asked.push_back(std::move(item));
  next_look_up_.number = ++last_round_;
  look_ups_.emplace(last_round_, std::exchange(next_look_up_, {}));
  std::vector<std::uint64_t> rounds;
  for (const auto& [number, round] : look_ups_) rounds.push_back(number);
  std::ranges::sort(rounds);
  for (const auto number : rounds) {
    const auto& round = look_ups_.at(number);
    for (const auto& [id, items] : round.items)
      for (const auto& item : items)
        if (item.arrival == 0) (round.recovering ? in_doubt_ : asked).push_back(item);
    for (const auto& voucher : round.vouchers)
      if (voucher.arrival == 0) asked.push_back(voucher);
  }
  look_ups_.clear();
  // A run replays in one order: by id, of one id those with a place first, then as they were asked.
  const auto order = [](const item_ref& i) {
    return std::tuple{i.what().id, i.arrival == 0, i.arrival};
  };
  std::ranges::stable_sort(asked, {}, order);
  std::ranges::stable_sort(in_doubt_, {}, order);
  for (auto& item : asked) answer_item(item, with);
  for (auto& voucher : std::exchange(again_, {})) answer_item(voucher, with);
  for (auto& q : std::exchange(waiting_, {}))
    for (; q.next < q.request->items.size(); ++q.next)
      if (q.request->answers[q.next].result == item_result::none)
        answer_item({q.request, q.next}, with);
  waiting_items_ = 0;
  std::vector<account_read_ptr> reads;
  for (auto& [number, waiting] : std::exchange(reads_, {}))
    for (auto& pending : waiting) reads.push_back(pending.read);
  std::ranges::sort(reads, {}, [](const account_read_ptr& r) { return r->number; });
  for (auto& read : reads) {
    read->result = read_result::unavailable;
    read->finish();
  }
}

// The locks are held again, so the index tells the truth about what was in doubt (R9). The ids are
// claimed first: a copy that comes now waits for it.
void teller::look_up_in_doubt() {
  if (in_doubt_.empty()) return;
  in_doubt_until_.reset();
  look_up_ids ask{session_, ++last_round_, {}, {}};
  look_up_round round;
  round.number = last_round_;
  round.recovering = true;
  for (auto& item : std::exchange(in_doubt_, {})) {
    const auto& what = item.what();
    if (!serves(what.debit)) {
      answer_item(item, {item_result::unknown, {}});
      continue;
    }
    // Claims of the old session are gone with it; copies that waited there are in copies_ still.
    recent_.forget(what.id);
    recent_.claim(what.id, content_hash(what));
    auto& items = round.items[what.id];
    if (items.empty()) ask.ids.push_back(what.id);
    items.push_back(item);
  }
  if (ask.ids.empty()) return;
  SUANPAN_FAULT_POINT("teller.before_asking_what_was_in_doubt");
  std::ranges::sort(ask.ids);
  look_ups_.emplace(round.number, std::move(round));
  send(peers_.reader, std::move(ask));
}

void teller::give_up_in_doubt() {
  if (!in_doubt_until_ || clock().now() < *in_doubt_until_) return;
  in_doubt_until_.reset();
  for (auto& item : std::exchange(in_doubt_, {})) answer_item(item, {item_result::unknown, {}});
}

}  // namespace suanpan
