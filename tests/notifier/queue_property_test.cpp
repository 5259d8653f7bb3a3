// The queue beside a database of rows: whatever comes when, each order's events go in sequence, no
// event is lost, none is in flight twice, and memory stays within its bounds.
#include "actors/notifier/delivery_queue.hpp"
#include "tests/notifier/queue_samples.hpp"
#include "tests/support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

using namespace suanpan;
using namespace suanpan::samples;

namespace {

constexpr shard_id shard{3};
constexpr std::int64_t second = 1'000'000;

struct stored {
  undelivered_notification row;
  bool ended = false;
};

/// Rows, a queue, receivers by chance; time passes in steps.
struct world {
  explicit world(std::uint64_t seed) : chance(seed), queue(bounds_of()) { queue.serve(shard); }

  static delivery_bounds bounds_of() {
    delivery_bounds b;
    b.in_flight_max = 20;
    b.per_merchant_in_flight_max = 6;
    b.held_per_merchant_max = 30;
    b.held_max = 120;
    b.load_limit = 40;
    b.load_limit_per_merchant = 10;
    b.rest_most = 2 * second;
    return b;
  }

  void commit_events() {
    const auto number = static_cast<std::uint32_t>(chance.below(400));
    const auto merchant = "m" + std::to_string(number % 7);
    auto& last = sequences[number];
    const auto count = chance.between(1, 2);
    delivery_queue::fresh_events fresh{shard, order_of(number), {merchant}, {}};
    for (std::int64_t i = 0; i < count; ++i) {
      ++last;
      fresh.events.push_back(event_of(last, now));
      auto row = row_of(number, merchant, last);
      row.next_micros = row.what.caused_micros = now;
      rows[{row.order, last}] = {row, false};
    }
    // A message may be late, later than a load that has its row already; but none overtakes
    // another.
    told_last = std::max(told_last, now + chance.between(0, second / 5));
    told.emplace_back(fresh, told_last);
  }

  [[nodiscard]] std::vector<undelivered_notification> snapshot(const wanted_load& load) const {
    std::vector<undelivered_notification> heads;
    std::set<payment_id> seen;
    for (const auto& [key, s] : rows)
      if (!s.ended && seen.insert(key.order).second) heads.push_back(s.row);
    std::ranges::sort(heads, {}, &undelivered_notification::next_micros);
    std::map<merchant_id, std::uint32_t> of;
    std::erase_if(heads, [&](const auto& r) { return ++of[r.merchant] > load.limit_per_merchant; });
    if (heads.size() > load.limit) heads.resize(load.limit);
    return heads;
  }

  void answer(const due_delivery& d, bool good) {
    const event_key key{d.what.order, d.what.what.sequence};
    queue.answered(key, {.acknowledged = good, .now = now, .rests_until = 0});
    auto& s = rows.at(key);
    s.row.attempts = static_cast<std::int16_t>(d.what.attempts + 1);
    const bool over = good || chance.one_in(20);
    s.ended = over;
    s.row.next_micros = over ? 0 : now + chance.between(second, 8 * second);
    recorded.emplace_back(key, s.row.next_micros);
    flying.erase(key);
  }

  void check(const due_delivery& d) {
    const event_key key{d.what.order, d.what.what.sequence};
    CHECK(flying.insert(key).second);
    CHECK(!rows.at(key).ended);
    CHECK(d.what.attempts == rows.at(key).row.attempts);
    for (std::int32_t before = 1; before < key.sequence; ++before)
      CHECK(rows.at({key.order, before}).ended);
  }

  void step(bool more) {
    now += second / 20;
    if (more)
      for (auto n = chance.below(4); n > 0; --n) commit_events();
    for (; !told.empty() && told.front().second <= now; told.pop_front())
      queue.add(told.front().first);
    for (const auto& load : queue.take_loads(now)) loading.emplace_back(load, snapshot(load));
    if (!loading.empty() && chance.one_in(2)) {
      const auto [load, found] = loading.front();
      loading.erase(loading.begin());
      if (chance.one_in(8))
        queue.load_failed(load);
      else
        queue.loaded(load, found);
    }
    for (const auto& d : queue.take_due(now)) {
      check(d);
      sent.push_back(d);
    }
    for (std::size_t i = 0; i < sent.size();) {
      const bool dead = sent[i].what.merchant.value == "m0" && more;
      if (dead || chance.one_in(2)) {
        ++i;
        continue;
      }
      answer(sent[i], !chance.one_in(6));
      sent.erase(sent.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (const auto& [key, next] : recorded) queue.settled(key, next);
    recorded.clear();
    CHECK(queue.held() <= bounds_of().held_max);
    CHECK(queue.in_flight() <= bounds_of().in_flight_max);
  }

  [[nodiscard]] bool all_ended() const {
    return std::ranges::all_of(rows, [](const auto& each) { return each.second.ended; });
  }

  random_source chance;
  std::int64_t now = noon;
  delivery_queue queue;
  std::map<event_key, stored> rows;
  std::map<std::uint32_t, std::int32_t> sequences;
  std::deque<std::pair<delivery_queue::fresh_events, std::int64_t>> told;
  std::int64_t told_last = 0;
  std::vector<std::pair<wanted_load, std::vector<undelivered_notification>>> loading;
  std::vector<due_delivery> sent;
  std::vector<std::pair<event_key, std::int64_t>> recorded;
  std::set<event_key> flying;
};

}  // namespace

TEST_CASE("queue: over random days every event ends, in its order's sequence, none twice at once") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    world w(seed);
    for (int i = 0; i < 400; ++i) w.step(true);
    // What a crash swallowed is found when the shard is taken again.
    w.queue.forget(shard);
    w.sent.clear();
    w.flying.clear();
    w.loading.clear();
    w.told.clear();
    w.queue.serve(shard);
    for (int i = 0; i < 12'000 && !(w.all_ended() && w.told.empty()); ++i) w.step(false);
    CHECK(w.all_ended());
    CHECK(w.queue.in_flight() == 0);
  }
}
