#include "actors/notifier/delivery_queue.hpp"

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::int64_t unrecorded_pause = 60'000'000;
constexpr std::int32_t doublings_max = 20;
constexpr std::size_t heard_early_max = 10'000;

}  // namespace

void delivery_queue::serve(shard_id shard) {
  forget(shard);
  shards_.emplace(shard, shard_window{});
}

void delivery_queue::forget(shard_id shard) {
  if (shards_.erase(shard) == 0) return;
  absl::erase_if(events_, [this, shard](const auto& each) {
    if (each.second.what.shard != shard) return false;
    if (each.second.in_flight) --in_flight_;
    return true;
  });
  absl::erase_if(orders_, [shard](const auto& each) { return each.second.shard == shard; });
  std::erase_if(merchants_, [this, shard](const auto& each) {
    const auto& [id, m] = each;
    if (m.shard != shard) return false;
    if (m.sleeps_until != 0) sleeping_.erase({m.sleeps_until, id});
    incomplete_.erase(id);
    return true;
  });
  std::erase_if(ready_, [this](const auto& id) { return !merchants_.contains(id); });
}

delivery_queue::merchant_line& delivery_queue::line_of(const merchant_id& merchant,
                                                       shard_id shard) {
  auto& m = merchants_[merchant];
  m.shard = shard;
  return m;
}

// Where the merchant waits for its turn: among those that are ready, among those that sleep until
// their next event or the end of their rest, or nowhere.
void delivery_queue::place(const merchant_id& id, merchant_line& m) {
  if (m.ready) return;  // looked at when its turn comes
  if (m.sleeps_until != 0) sleeping_.erase({m.sleeps_until, id});
  m.sleeps_until = 0;
  if (m.due.empty() || m.in_flight >= m.allowance) return;
  m.sleeps_until = std::max<std::int64_t>({m.due.begin()->first, m.rests_until, 1});
  sleeping_.emplace(m.sleeps_until, id);
}

// The first event of an order's line may go if nothing of the order is before it.
void delivery_queue::open_gate(const payment_id& order, order_line& line) {
  const event_key first{order, *line.waiting.begin()};
  if (line.next == 0 || first.sequence != line.next) return;
  const auto& held = events_.at(first);
  if (held.busy) return;
  auto& m = merchants_.at(line.merchant);
  m.due.emplace(held.what.next_micros, first);
  place(line.merchant, m);
}

// Loaded before its news came: those are to be ignored when they do.
void delivery_queue::forget_news(shard_window& window,
                                 const std::pair<const event_key, held_event>& of) {
  if (!of.second.news_due) return;
  if (window.heard_early.size() >= heard_early_max) window.heard_early.clear();
  window.heard_early.insert(of.first);
}

// Out of memory; the database has it.
void delivery_queue::drop_order(const payment_id& order) {
  const auto found = orders_.find(order);
  auto& line = found->second;
  auto& window = shards_.at(line.shard);
  auto& m = merchants_.at(line.merchant);
  for (const auto sequence : line.waiting) {
    const auto event = events_.find({order, sequence});
    m.due.erase({event->second.what.next_micros, event->first});
    if (window.loading) window.told_meanwhile.insert(event->first);
    forget_news(window, *event);
    events_.erase(event);
  }
  --m.orders;
  --window.orders;
  if (line.next == 0) --window.uncertain;
  place(line.merchant, m);
  orders_.erase(found);
}

// Acknowledged or given up: its order's next may go.
void delivery_queue::end_event(const event_key& event) {
  const auto held = events_.find(event);
  const bool extra = held->second.extra;
  auto& window = shards_.at(held->second.what.shard);
  if (window.loading) window.told_meanwhile.insert(event);
  forget_news(window, *held);
  events_.erase(held);
  if (extra) return;
  auto& line = orders_.at(event.order);
  line.waiting.erase(event.sequence);
  line.next = event.sequence + 1;
  if (line.waiting.empty()) {
    if (line.may_have_more) window.stale = true;
    drop_order(event.order);
  } else if (*line.waiting.begin() != line.next) {
    window.stale = true;  // the database has those between
  } else {
    open_gate(event.order, line);
  }
}

void delivery_queue::wake(std::int64_t now) {
  while (!sleeping_.empty() && sleeping_.begin()->first <= now) {
    const auto id = sleeping_.begin()->second;
    sleeping_.erase(sleeping_.begin());
    auto& m = merchants_.at(id);
    m.sleeps_until = 0;
    m.ready = true;
    ready_.push_back(id);
  }
}

// Whatever was known of it is dropped for what the database says.
void delivery_queue::read_again(const event_key& event) {
  const auto held = events_.find(event);
  if (held->second.extra) {
    events_.erase(held);
    return;
  }
  shards_.at(held->second.what.shard).stale = true;
  drop_order(event.order);
}

void delivery_queue::hand_out(const merchant_id& id, std::vector<due_delivery>& into) {
  auto& m = merchants_.at(id);
  const auto key = m.due.begin()->second;
  m.due.erase(m.due.begin());
  auto& held = events_.at(key);
  if (held.reread) return read_again(key);
  held.busy = held.in_flight = true;
  ++m.in_flight;
  ++in_flight_;
  into.push_back({held.what, held.tries + 1, held.once});
}

std::vector<due_delivery> delivery_queue::take_due(std::int64_t now) {
  std::vector<due_delivery> taken;
  wake(now);
  while (in_flight_ < bounds_.in_flight_max && !ready_.empty()) {
    const auto id = ready_.front();
    ready_.pop_front();
    auto& m = merchants_.at(id);
    const bool may = m.in_flight < m.allowance && m.rests_until <= now;
    if (may && !m.due.empty() && m.due.begin()->first <= now) {
      hand_out(id, taken);
      ready_.push_back(id);  // behind all others: one event a turn
    } else {
      m.ready = false;
      place(id, m);
    }
  }
  return taken;
}

void delivery_queue::answered(const event_key& event, const receiver_answer& answer) {
  const auto found = events_.find(event);
  if (found == events_.end() || !found->second.in_flight) return;
  found->second.in_flight = false;
  --in_flight_;
  const auto id = found->second.what.merchant;
  auto& m = merchants_.at(id);
  --m.in_flight;
  m.rests_until = std::max(m.rests_until, answer.rests_until);
  if (answer.acknowledged) {
    m.failures = 0;
    m.allowance = std::min(m.allowance + 1, bounds_.per_merchant_in_flight_max);
  } else {
    m.failures = std::min(m.failures + 1, bounds_.failures_until_rest + doublings_max);
    m.allowance = std::max<std::size_t>(m.allowance / 2, 1);
  }
  if (const auto beyond = m.failures - bounds_.failures_until_rest; beyond >= 0) {
    m.allowance = 1;
    const auto rest = std::min(bounds_.rest_first << beyond, bounds_.rest_most);
    m.rests_until = std::max(m.rests_until, answer.now + rest);
    shrink(id);
  }
  place(id, m);
}

void delivery_queue::settled(const event_key& event, std::int64_t next_micros) {
  const auto found = events_.find(event);
  if (found == events_.end() || !found->second.busy) return;
  auto& held = found->second;
  held.busy = false;
  if (next_micros == 0) return end_event(event);
  held.what.next_micros = next_micros;
  ++held.what.attempts;
  ++held.tries;
  auto& m = merchants_.at(held.what.merchant);
  if (held.extra) {
    m.due.emplace(next_micros, event);
    return place(held.what.merchant, m);
  }
  // What is due later than something that is in the database only, belongs there.
  if (next_micros > std::min(m.horizon, shards_.at(m.shard).horizon))
    return drop_order(event.order);
  open_gate(event.order, orders_.at(event.order));
}

void delivery_queue::unsettled(const event_key& event, std::int64_t now) {
  const auto found = events_.find(event);
  if (found == events_.end() || !found->second.busy) return;
  auto& held = found->second;
  held.busy = false;
  held.reread = true;
  held.what.next_micros = now + unrecorded_pause;
  auto& m = merchants_.at(held.what.merchant);
  m.due.emplace(held.what.next_micros, event);
  place(held.what.merchant, m);
}

bool delivery_queue::send_again(const resend& which, std::int64_t now) {
  const auto& what = which.what;
  if (!shards_.contains(what.shard)) return false;
  const event_key key{what.order, what.what.sequence};
  const auto known = events_.find(key);
  if (known == events_.end() && events_.size() >= bounds_.held_max) return false;
  auto& m = line_of(what.merchant, what.shard);
  if (known == events_.end()) {
    const auto added =
        events_.emplace(key, held_event{.what = what, .extra = true, .once = which.acknowledged});
    added.first->second.what.next_micros = now;
    m.due.emplace(now, key);
  } else if (!known->second.busy) {
    auto& held = known->second;
    const bool may_go = m.due.erase({held.what.next_micros, key}) == 1;
    held.what.next_micros = now;
    held.tries = 0;
    if (may_go) m.due.emplace(now, key);
  }
  place(what.merchant, m);
  return true;
}

std::int64_t delivery_queue::lag(std::int64_t now) const {
  std::int64_t longest = 0;
  for (const auto& [id, m] : merchants_)
    if (m.failures == 0 && !m.due.empty())
      longest = std::max(longest, now - std::max(m.due.begin()->first, m.rests_until));
  return longest;
}

std::size_t delivery_queue::resting() const {
  return static_cast<std::size_t>(std::ranges::count_if(merchants_, [this](const auto& each) {
    return each.second.failures >= bounds_.failures_until_rest;
  }));
}

}  // namespace suanpan
