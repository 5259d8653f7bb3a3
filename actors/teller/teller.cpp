#include "actors/teller/teller.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

namespace suanpan {
namespace {

constexpr std::int64_t micros_per_day = 86'400'000'000;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

teller::teller(caf::actor_config& cfg, teller_options options, const wall_clock* clock,
               metrics* counters)
    : event_based_actor(cfg),
      options_(options),
      clock_(clock),
      counters_(counters),
      shards_(options.shards, shard_stage::elsewhere),
      last_sequence_(options.shards, 0),
      void_before_(options.shards, 0),
      recent_(options.recent_ids_max) {}

caf::behavior teller::make_behavior() {
  make_quiet(this);
  delayed_send(this, options_.tick, teller_tick{});
  caf::message_handler flow{
      [this](const batch_decided& m) { take_decided(m); },
      [this](const batch_settled& m) { take_settled(m); },
      [this](const post_transfers& m) { take_request(m); },
      [this](const pump_batches&) {
        pump_pending_ = false;
        pump();
      },
      [this](const ids_looked_up& m) { take_look_up(m); },
      [this](const accounts_loaded& m) { take_accounts(m); },
      [this](const accounts_active& m) { take_actors(m); },
  };
  caf::message_handler rest{
      [this](const open_accounts& m) { take_openings(m); },
      [this](const keys_looked_up& m) { take_keys(m); },
      [this](const change_account& m) { take_change(m); },
      [this](const read_account& m) { begin_read(m); },
      [this](const begin_checkpoint& m) { begin_round(m); },
      [this](const checkpoint_written& m) { take_stored(m); },
      [this](const serve_shards& m) { serve(m); },
      [this](const drain_shard& m) { drain(m.shard); },
      [this](const session_lost& m) { lose_session(m); },
      [this](const teller_tick&) { tick(); },
      [this](const teller_peers& m) { peers_ = m; },
  };
  return flow.or_else(rest);
}

void teller::on_exit() {
  peers_ = {};
  directory_.clear();
}

std::int64_t teller::now_micros() const {
  return clock_->unix_micros();
}

accounting_date teller::date_of(ticket at) const {
  const auto shifted = at.micros + options_.day_shift_minutes * 60'000'000LL;
  return {static_cast<std::int32_t>(floor_div(shifted, micros_per_day))};
}

bool teller::serves(account_number n) const {
  const auto shard = n.shard().value;
  return shard < shards_.size() && shards_[shard] == shard_stage::serving;
}

void teller::take_request(const post_transfers& m) {
  auto& r = *m.request;
  r.unanswered = 0;
  for (const auto& a : r.answers) r.unanswered += a.result == item_result::none ? 1 : 0;
  items_in_flight_ += static_cast<std::int64_t>(r.unanswered);
  if (r.unanswered == 0) return complete(m.request);
  if (waiting_items_ + room_.size() + r.items.size() > options_.queue_items_max) {
    for (std::uint32_t i = 0; i < r.answers.size(); ++i)
      if (r.answers[i].result == item_result::none) answer(r, i, {item_result::unavailable, {}});
    return complete(m.request);
  }
  waiting_items_ += r.items.size();
  waiting_.push_back({m.request, 0});
  pump_soon();
}

// Through the mailbox, so that requests that are already in it share the batch.
void teller::pump_soon() {
  if (pump_pending_) return;
  pump_pending_ = true;
  send(this, pump_batches{});
}

void teller::pump() {
  while (flights_.size() < options_.batches_in_flight_max && !lets_gather() && make_batch()) {
  }
  flush_look_ups();
  if (!loads_.empty()) {
    send(peers_.reader, load_accounts{session_, std::move(loads_), generation_, ++last_load_});
    loads_.clear();
  }
}

// True: the next batch waits a moment for more items; the pump comes by itself then.
bool teller::lets_gather() {
  if (pump_pending_ || waiting_.empty()) return false;
  const auto since =
      std::chrono::duration_cast<std::chrono::microseconds>(clock().now() - last_batch_at_);
  const auto pause = pause_before_batch(options_.gather, waiting_items_, items_in_flight_, since);
  if (pause.count() == 0) return false;
  pump_pending_ = true;
  delayed_send(this, pause, pump_batches{});
  return true;
}

// False: there is nothing to make a batch of.
bool teller::make_batch() {
  if (!room_.has_ready(settled_) && again_.empty() && waiting_.empty() && openings_ready_.empty() &&
      changes_.empty())
    return false;
  auto b = std::make_shared<batch>();
  b->at = ticket{std::max(now_micros(), last_ticket_.micros + 1)};
  b->session = session_;
  b->date = date_of(b->at);
  fill(*b);
  tell_expected();
  if (b->entries.empty() && b->openings.empty() && b->changes.empty()) return false;
  dispatch(b);
  return true;
}

// Deferred items first, in old order (R1); then those whose look-up or activation is done; then new
// ones. A voucher is never divided: the last one may take the batch beyond its bound.
void teller::fill(batch& b) {
  const auto fits = [&b, bound = options_.batch_transfers_max] { return b.entries.size() < bound; };
  const auto most = std::min(options_.batch_transfers_max, waiting_items_ + room_.size());
  b.entries.reserve(most);
  b.legs.reserve(2 * most);
  room_.begin_batch(settled_);
  while (fits()) {
    const auto next = room_.take_returning();
    if (!next) break;
    place_waiting(b, *next);
  }
  while (fits()) {
    const auto next = room_.take_first();
    if (!next) break;
    place_waiting(b, *next);
  }
  answer_absent_changes();
  forget_absent();
  for (auto more = again_.size(); fits() && more > 0; --more) {
    const auto voucher = std::move(again_.front());
    again_.pop_front();
    admit(b, voucher);
  }
  while (fits() && !waiting_.empty()) {
    auto& front = waiting_.front();
    const auto& items = front.request->items;
    while (fits() && front.next < items.size()) {
      fetch_ahead(items, front.next);
      const auto size = static_cast<std::uint32_t>(unit_size(items, front.next));
      if (front.request->answers[front.next].result == item_result::none)
        admit(b, {.request = front.request, .item = front.next, .size = size});
      front.next += size;
    }
    if (front.next < items.size()) break;
    waiting_items_ -= items.size();
    waiting_.pop_front();
  }
  fill_openings(b);
  fill_changes(b);
}

// What the items after the next few will look for comes from memory meanwhile: tables of millions
// are in no cache.
void teller::fetch_ahead(std::span<const transfer> items, std::size_t now) {
  constexpr std::size_t far = 12;
  constexpr std::size_t near = 6;
  if (now + far < items.size()) {
    const auto& what = items[now + far];
    recent_.fetch_ahead(what.id);
    directory_.fetch_ahead(what.debit);
    directory_.fetch_ahead(what.credit);
  }
  if (now + near < items.size()) {
    const auto& what = items[now + near];
    __builtin_prefetch(directory_.find(what.debit), 1);
    __builtin_prefetch(directory_.find(what.credit), 1);
  }
}

// Once who waited for them is told; the next one asks the database again.
void teller::forget_absent() {
  std::erase_if(absent_, [this](account_number n) {
    if (room_.has_line(n)) return false;
    auto* e = directory_.find(n);
    if (e != nullptr && e->at == stage::absent) directory_.erase(*e);
    return true;
  });
}

void teller::dispatch(const batch_ptr& b) {
  last_ticket_ = b->at;
  absl::flat_hash_set<std::uint16_t> shards;
  for (auto* e : touched_) shards.insert(e->number.shard().value);
  for (const auto& o : b->openings) shards.insert(o.row.number.shard().value);
  for (const auto& c : b->changes) shards.insert(c.request->number.shard().value);
  for (const auto& e : b->entries)
    if (e.result != item_result::none && serves(e.what->debit))
      shards.insert(e.what->debit.shard().value);
  for (const auto s : shards) b->shards.push_back({s});
  std::ranges::sort(b->shards);

  flights_.push_back({b});
  last_batch_at_ = clock().now();
  b->accounts_open.store(static_cast<std::uint32_t>(touched_.size() + b->changes.size()),
                         std::memory_order_release);
  SUANPAN_FAULT_POINT("teller.before_decide");
  for (auto* e : touched_) {
    send(e->actor, decide_legs{b, e->first_leg, settled_});
    SUANPAN_FAULT_POINT("teller.between_accounts");
  }
  send_changes(b);
  const bool undecided = !touched_.empty() || !b->changes.empty();
  touched_.clear();
  if (!undecided) take_decided({b});
}

void teller::begin_read(const read_account& m) {
  if (!serves(m.read->number)) {
    m.read->result = read_result::unavailable;
    return m.read->finish();
  }
  const auto* e = directory_.find(m.read->number);
  const bool active = e != nullptr && e->at == stage::active;
  reads_[m.read->number].push_back({m.read, active, last_load_ + 1});
  loads_.push_back(m.read->number);
  pump_soon();
}

// Those that came before the load of this round began: to later ones its answer may be stale.
std::vector<teller::pending_read> teller::take_reads(account_number n, std::uint64_t round) {
  const auto it = reads_.find(n);
  if (it == reads_.end()) return {};
  std::vector<pending_read> taken;
  std::vector<pending_read> later;
  for (auto& pending : it->second) (pending.round <= round ? taken : later).push_back(pending);
  if (later.empty())
    reads_.erase(it);
  else
    it->second = std::move(later);
  return taken;
}

// The row has the account's identity. Its totals count only while no actor is ahead of it: if one
// was there when the row was asked for and is gone by now, the row may be older than what it
// stored.
void teller::serve_reads(const account_row& row, std::uint64_t round) {
  auto reads = take_reads(row.number, round);
  if (reads.empty()) return;
  const auto* e = directory_.find(row.number);
  const bool active = e != nullptr && e->at == stage::active;
  for (auto& pending : reads) {
    pending.read->row = row;
    pending.read->result = read_result::found;
    if (active) {
      store_mark();
      send(e->actor, answer_read{pending.read, settled_, session_});
    } else if (pending.was_active || e != nullptr) {
      begin_read({pending.read});
    } else {
      send(peers_.journal, fence_read{pending.read, session_});
    }
  }
}

}  // namespace suanpan
