// What of the database's undelivered events is held in memory: what comes fresh, what loads bring,
// and until when what is held is all that there is.
#include "actors/notifier/delivery_queue.hpp"

#include <algorithm>

namespace suanpan {

bool delivery_queue::has_room(const merchant_line& m) const {
  const bool fails = m.failures >= bounds_.failures_until_rest;
  const auto most = fails ? bounds_.load_limit_per_merchant : bounds_.held_per_merchant_max;
  return events_.size() < bounds_.held_max && m.orders < most;
}

void delivery_queue::set_horizon(const merchant_id& id, std::int64_t horizon) {
  merchants_.at(id).horizon = horizon;
  if (horizon == complete)
    incomplete_.erase(id);
  else
    incomplete_.insert(id);
}

// Left to the database: whatever is due then or later may be there only.
void delivery_queue::pass_by(shard_window& window, const merchant_id& merchant, std::int64_t due) {
  set_horizon(merchant, std::min(merchants_.at(merchant).horizon, due - 1));
  if (!window.loading) return;
  const auto [missed, first] = window.missed.try_emplace(merchant, due - 1);
  if (!first) missed->second = std::min(missed->second, due - 1);
}

// One that does not answer keeps its next few events in memory, and room for others.
void delivery_queue::shrink(const merchant_id& id) {
  auto& m = merchants_.at(id);
  while (m.due.size() > bounds_.load_limit_per_merchant) {
    const auto [due, key] = *m.due.rbegin();
    if (events_.at(key).extra) break;  // somebody waits for it
    pass_by(shards_.at(m.shard), id, due);
    drop_order(key.order);
  }
}

void delivery_queue::add_to_line(shard_window& window, const fresh_events& fresh,
                                 const payment_notification& event) {
  const event_key key{fresh.order, event.sequence};
  if (window.heard_early.erase(key) == 1) return;
  if (const auto held = events_.find(key); held != events_.end()) {
    held->second.news_due = false;
    return;
  }
  auto& m = line_of(fresh.merchant, fresh.shard);
  auto line = orders_.find(fresh.order);
  if (!has_room(m)) {
    if (line != orders_.end()) line->second.may_have_more = true;
    return pass_by(window, fresh.merchant, event.caused_micros);
  }
  if (line == orders_.end()) {
    order_line opened{.merchant = fresh.merchant, .shard = fresh.shard};
    // All that the database has is held, or there is nothing before it: it is the next to go.
    const bool all_held = m.horizon == complete && window.horizon == complete;
    if (event.sequence == 1 || all_held)
      opened.next = event.sequence;
    else
      ++window.uncertain;
    opened.since_round = window.round + 1;
    line = orders_.emplace(fresh.order, std::move(opened)).first;
    ++m.orders;
    ++window.orders;
  }
  line->second.waiting.insert(event.sequence);
  undelivered_notification what{.shard = fresh.shard,
                                .order = fresh.order,
                                .merchant = fresh.merchant,
                                .what = event,
                                .attempts = 0,
                                .next_micros = event.caused_micros};
  events_.emplace(key, held_event{.what = std::move(what)});
  if (*line->second.waiting.begin() == event.sequence) open_gate(fresh.order, line->second);
}

void delivery_queue::add(const fresh_events& fresh) {
  const auto window = shards_.find(fresh.shard);
  if (window == shards_.end()) return;
  for (const auto& event : fresh.events) add_to_line(window->second, fresh, event);
}

std::set<shard_id> delivery_queue::hungry_shards() const {
  std::set<shard_id> hungry;
  for (const auto& id : incomplete_) {
    const auto& m = merchants_.at(id);
    if (m.orders < bounds_.load_limit_per_merchant / 2) hungry.insert(m.shard);
  }
  for (const auto& [shard, window] : shards_) {
    const bool few = window.horizon != complete && window.orders < bounds_.load_limit / 2;
    if (window.stale || window.uncertain > 0 || few) hungry.insert(shard);
  }
  return hungry;
}

std::vector<wanted_load> delivery_queue::take_loads(std::int64_t now) {
  std::vector<wanted_load> wanted;
  for (const auto shard : hungry_shards()) {
    auto& window = shards_.at(shard);
    if (window.loading || now < window.load_after) continue;
    window.loading = true;
    window.stale = false;
    window.pause = std::max(window.pause, bounds_.load_pause_least);
    window.load_after = now + window.pause;
    wanted.push_back({.shard = shard,
                      .round = ++window.round,
                      .limit = bounds_.load_limit,
                      .limit_per_merchant = bounds_.load_limit_per_merchant});
  }
  return wanted;
}

// True: it is new.
bool delivery_queue::take_loaded(shard_window& window, const undelivered_notification& row) {
  const event_key key{row.order, row.what.sequence};
  if (window.told_meanwhile.contains(key)) {
    window.stale = true;  // the row is older than what is known here
    return false;
  }
  const bool held = events_.contains(key);
  if (held && events_.at(key).extra) return false;
  auto& m = line_of(row.merchant, row.shard);
  if (!held && events_.size() >= bounds_.held_max) {
    pass_by(window, row.merchant, row.next_micros);
    return false;
  }
  auto line = orders_.find(row.order);
  if (line == orders_.end()) {
    line =
        orders_.emplace(row.order, order_line{.merchant = row.merchant, .shard = row.shard}).first;
    ++m.orders;
    ++window.orders;
    ++window.uncertain;
  }
  auto& l = line->second;
  if (l.next != 0 && (held || l.next != row.what.sequence)) return false;
  if (l.next == 0) --window.uncertain;
  l.next = row.what.sequence;
  l.may_have_more = true;
  l.waiting.insert(row.what.sequence);
  if (!held)
    events_.emplace(key,
                    held_event{.what = row, .tries = row.attempts, .news_due = row.attempts == 0});
  open_gate(row.order, l);
  return true;
}

void delivery_queue::set_horizons(const wanted_load& which,
                                  const std::vector<undelivered_notification>& found) {
  struct brought {
    std::size_t count = 0;
    std::int64_t last_due = 0;
  };
  std::map<merchant_id, brought> of;
  for (const auto& row : found) {
    auto& b = of[row.merchant];
    ++b.count;
    b.last_due = row.next_micros;
  }
  auto& window = shards_.at(which.shard);
  window.horizon = found.size() >= which.limit ? found.back().next_micros : complete;
  for (auto& [id, m] : merchants_) {
    if (m.shard != which.shard) continue;
    auto horizon = complete;
    if (const auto b = of.find(id); b != of.end() && b->second.count >= which.limit_per_merchant)
      horizon = b->second.last_due;
    if (const auto missed = window.missed.find(id); missed != window.missed.end())
      horizon = std::min(horizon, missed->second);
    set_horizon(id, horizon);
  }
}

// The load began after they came, so that it would have told of anything before them.
void delivery_queue::settle_uncertain(const wanted_load& which) {
  auto& window = shards_.at(which.shard);
  if (window.uncertain == 0 || window.horizon != complete) return;
  for (auto& [order, line] : orders_) {
    if (line.next != 0 || line.shard != which.shard || line.since_round > which.round) continue;
    if (merchants_.at(line.merchant).horizon != complete) continue;
    line.next = *line.waiting.begin();
    --window.uncertain;
    open_gate(order, line);
  }
}

void delivery_queue::loaded(const wanted_load& which,
                            const std::vector<undelivered_notification>& found) {
  const auto at = shards_.find(which.shard);
  if (at == shards_.end() || !at->second.loading || at->second.round != which.round) return;
  auto& window = at->second;
  bool brought = false;
  for (const auto& row : found)
    if (row.shard == which.shard && take_loaded(window, row)) brought = true;
  set_horizons(which, found);
  settle_uncertain(which);
  window.loading = false;
  window.told_meanwhile.clear();
  window.missed.clear();
  window.pause =
      brought ? bounds_.load_pause_least : std::min(window.pause * 2, bounds_.load_pause_most);
}

void delivery_queue::load_failed(const wanted_load& which) {
  const auto at = shards_.find(which.shard);
  if (at == shards_.end() || !at->second.loading || at->second.round != which.round) return;
  auto& window = at->second;
  window.loading = false;
  window.stale = true;
  window.told_meanwhile.clear();
  window.missed.clear();
  window.pause = std::min(window.pause * 2, bounds_.load_pause_most);
}

}  // namespace suanpan
