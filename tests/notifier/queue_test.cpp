// The queue alone: order, fair turns, isolation, and what is left in the database.
#include "actors/notifier/delivery_queue.hpp"
#include "tests/notifier/queue_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace suanpan;
using namespace suanpan::samples;

namespace {

constexpr shard_id shard{3};
constexpr std::int64_t second = 1'000'000;

/// A queue whose shard is loaded and had nothing.
delivery_queue empty_queue(const delivery_bounds& bounds = {}) {
  delivery_queue queue(bounds);
  queue.serve(shard);
  for (const auto& load : queue.take_loads(noon)) queue.loaded(load, {});
  return queue;
}

void add(delivery_queue& queue, std::uint32_t order, const std::string& merchant,
         std::vector<std::int32_t> sequences = {1}) {
  delivery_queue::fresh_events fresh{shard, order_of(order), {merchant}, {}};
  for (const auto s : sequences) fresh.events.push_back(event_of(s));
  queue.add(fresh);
}

event_key key_of(const due_delivery& d) {
  return {d.what.order, d.what.what.sequence};
}

void acknowledge(delivery_queue& queue, const due_delivery& d, std::int64_t now = noon) {
  queue.answered(key_of(d), {.acknowledged = true, .now = now, .rests_until = 0});
  queue.settled(key_of(d), 0);
}

void fail(delivery_queue& queue, const due_delivery& d, std::int64_t now, std::int64_t next) {
  queue.answered(key_of(d), {.acknowledged = false, .now = now, .rests_until = 0});
  queue.settled(key_of(d), next);
}

std::map<std::string, std::size_t> by_merchant(const std::vector<due_delivery>& taken) {
  std::map<std::string, std::size_t> counts;
  for (const auto& d : taken) ++counts[d.what.merchant.value];
  return counts;
}

}  // namespace

TEST_CASE("queue: an event waits until its order's previous one is recorded, not only answered") {
  auto queue = empty_queue();
  add(queue, 1, "m1", {1, 2});
  auto taken = queue.take_due(noon);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].what.what.sequence == 1);
  queue.answered(key_of(taken[0]), {.acknowledged = true, .now = noon, .rests_until = 0});
  CHECK(queue.take_due(noon).empty());
  queue.settled(key_of(taken[0]), 0);
  taken = queue.take_due(noon);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].what.what.sequence == 2);
}

TEST_CASE("queue: while an order's event is tried again, its next one waits and others do not") {
  auto queue = empty_queue();
  add(queue, 1, "m1", {1, 2});
  add(queue, 2, "m1");
  auto taken = queue.take_due(noon);
  REQUIRE(taken.size() == 2);
  fail(queue, taken[0], noon, noon + 5 * second);
  acknowledge(queue, taken[1]);
  CHECK(queue.take_due(noon + 4 * second).empty());
  taken = queue.take_due(noon + 5 * second);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].what.what.sequence == 1);
  CHECK(taken[0].what.attempts == 1);
  CHECK(taken[0].tries == 2);
}

TEST_CASE("queue: nearest due first within a merchant") {
  auto queue = empty_queue();
  for (std::uint32_t i = 1; i <= 9; ++i) {
    delivery_queue::fresh_events fresh{
        shard, order_of(i), {"m1"}, {event_of(1, noon + (i * 7) % 9)}};
    queue.add(fresh);
  }
  std::vector<std::int64_t> due;
  for (auto taken = queue.take_due(noon + second); !taken.empty();
       taken = queue.take_due(noon + second))
    for (const auto& d : taken) {
      due.push_back(d.what.next_micros);
      acknowledge(queue, d);
    }
  CHECK(due.size() == 9);
  CHECK(std::ranges::is_sorted(due));
}

TEST_CASE("queue: merchants take turns, however much one of them has waiting") {
  delivery_bounds bounds;
  bounds.in_flight_max = 12;
  auto queue = empty_queue(bounds);
  for (std::uint32_t i = 0; i < 1'000; ++i) add(queue, i, "big");
  for (std::uint32_t i = 0; i < 5; ++i) add(queue, 5'000 + i, "small" + std::to_string(i));
  const auto counts = by_merchant(queue.take_due(noon));
  for (std::uint32_t i = 0; i < 5; ++i) CHECK(counts.at("small" + std::to_string(i)) == 1);
  CHECK(counts.at("big") == 4);  // as many as a merchant may have that has not answered yet
}

TEST_CASE(
    "queue: a merchant that answers works its way up to its bound, one that fails down to 1") {
  auto queue = empty_queue();
  for (std::uint32_t i = 0; i < 1'000; ++i) add(queue, i, "m1");
  std::size_t most = 0;
  for (int round = 0; round < 8; ++round) {
    const auto taken = queue.take_due(noon);
    most = std::max(most, taken.size());
    for (const auto& d : taken) acknowledge(queue, d);
  }
  CHECK(most == delivery_bounds{}.per_merchant_in_flight_max);
  for (const auto& d : queue.take_due(noon)) fail(queue, d, noon, noon + 5 * second);
  CHECK(queue.resting() == 1);
  CHECK(queue.take_due(noon).empty());
  CHECK(queue.take_due(noon + 40 * second).size() == 1);
}

TEST_CASE("queue: a dead merchant with 10,000 waiting delays nobody") {
  auto queue = empty_queue();
  for (std::uint32_t i = 0; i < 10'000; ++i) add(queue, i, "dead");
  std::uint32_t next_order = 100'000;
  std::size_t sent_to_dead = 0;
  std::vector<due_delivery> hanging;
  auto now = noon;
  for (int round = 0; round < 2'000; ++round, now += second / 10) {
    for (int i = 0; i < 5; ++i) {
      delivery_queue::fresh_events fresh{
          shard, order_of(next_order++), {"m" + std::to_string(i)}, {event_of(1, now)}};
      queue.add(fresh);
    }
    std::size_t alive = 0;
    for (const auto& d : queue.take_due(now)) {
      if (d.what.merchant.value == "dead") {
        hanging.push_back(d);
        ++sent_to_dead;
      } else {
        ++alive;
        acknowledge(queue, d, now);
      }
    }
    REQUIRE(alive == 5);  // each at once, all the time
    CHECK(hanging.size() <= 4);
    if (round % 150 == 149) {  // 15 s: no answer
      for (const auto& d : hanging) fail(queue, d, now, now + 300 * second);
      hanging.clear();
    }
    CHECK(queue.lag(now) <= 200 * second);
  }
  CHECK(sent_to_dead < 40);
  CHECK(queue.held() <= delivery_bounds{}.held_per_merchant_max);
}

TEST_CASE("queue: a receiver that asks for rest gets it, and nobody else does") {
  auto queue = empty_queue();
  add(queue, 1, "m1");
  add(queue, 2, "m1");
  add(queue, 3, "m2");
  auto taken = queue.take_due(noon);
  REQUIRE(taken.size() == 3);
  for (const auto& d : taken) {
    if (d.what.merchant.value == "m2") {
      acknowledge(queue, d);
      continue;
    }
    queue.answered(key_of(d),
                   {.acknowledged = false, .now = noon, .rests_until = noon + 60 * second});
    queue.settled(key_of(d), noon + 5 * second);
  }
  add(queue, 4, "m2");
  CHECK(by_merchant(queue.take_due(noon + 59 * second)) ==
        std::map<std::string, std::size_t>{{"m2", 1}});
  CHECK(by_merchant(queue.take_due(noon + 60 * second)).at("m1") == 1);
}

TEST_CASE("queue: before the first load an order's later event is not taken for its first") {
  delivery_queue queue({});
  queue.serve(shard);
  add(queue, 1, "m1", {2});
  CHECK(queue.take_due(noon).empty());
  auto loads = queue.take_loads(noon);
  REQUIRE(loads.size() == 1);
  queue.loaded(loads[0], {row_of(1, "m1", 1)});
  auto taken = queue.take_due(noon);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].what.what.sequence == 1);
  acknowledge(queue, taken[0]);
  taken = queue.take_due(noon);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].what.what.sequence == 2);
}

TEST_CASE("queue: an event that came during a load waits for a load that began after it") {
  delivery_queue queue({});
  queue.serve(shard);
  const auto first = queue.take_loads(noon);
  add(queue, 1, "m1", {2});  // its row may be younger than the load's snapshot
  queue.loaded(first[0], {});
  CHECK(queue.take_due(noon).empty());
  const auto second_load = queue.take_loads(noon + second);
  REQUIRE(second_load.size() == 1);
  queue.loaded(second_load[0], {row_of(1, "m1", 2)});
  CHECK(queue.take_due(noon + second).size() == 1);
}

TEST_CASE("queue: what ended while a load was under way is not sent again because of it") {
  auto queue = empty_queue();
  add(queue, 1, "m1");
  const auto taken = queue.take_due(noon);
  add(queue, 2, "m1", {2, 3});
  delivery_bounds bounds;
  // Something makes it look: here, a gap in an order's events.
  add(queue, 4, "m1", {1});
  add(queue, 4, "m1", {3});
  auto more = queue.take_due(noon);
  for (const auto& d : more) acknowledge(queue, d);
  const auto loads = queue.take_loads(noon + second);
  REQUIRE(loads.size() == 1);
  acknowledge(queue, taken[0]);
  queue.loaded(loads[0], {row_of(1, "m1", 1), row_of(4, "m1", 2)});
  for (const auto& d : queue.take_due(noon + second)) CHECK(d.what.order != order_of(1));
}

TEST_CASE("queue: a shard that is given up is forgotten, with what is in flight") {
  auto queue = empty_queue();
  add(queue, 1, "m1");
  add(queue, 2, "m1");
  const auto taken = queue.take_due(noon);
  CHECK(queue.in_flight() == 2);
  queue.forget(shard);
  CHECK(queue.in_flight() == 0);
  CHECK(queue.held() == 0);
  acknowledge(queue, taken[0]);  // too late: ignored
  CHECK(queue.in_flight() == 0);
  CHECK(!queue.send_again({row_of(1, "m1"), true}, noon));
  add(queue, 3, "m1");
  CHECK(queue.held() == 0);
}

TEST_CASE("queue: a resend goes at once; of what was acknowledged, once") {
  auto queue = empty_queue();
  CHECK(queue.send_again({row_of(1, "m1"), true}, noon));
  auto taken = queue.take_due(noon);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].once);
  fail(queue, taken[0], noon, 0);
  CHECK(queue.held() == 0);
  CHECK(queue.send_again({row_of(2, "m1"), false}, noon));
  taken = queue.take_due(noon);
  REQUIRE(taken.size() == 1);
  CHECK(!taken[0].once);
  fail(queue, taken[0], noon, noon + 5 * second);
  CHECK(queue.take_due(noon + 5 * second).size() == 1);
}

TEST_CASE("queue: a resend of what waits for its time makes it due now, and starts a new series") {
  auto queue = empty_queue();
  add(queue, 1, "m1");
  auto taken = queue.take_due(noon);
  fail(queue, taken[0], noon, noon + 3'600 * second);
  CHECK(queue.take_due(noon + second).empty());
  CHECK(queue.send_again({row_of(1, "m1"), false}, noon + second));
  taken = queue.take_due(noon + second);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].tries == 1);
  CHECK(taken[0].what.attempts == 1);
}

TEST_CASE("queue: what can't be recorded is read again before it is tried again") {
  auto queue = empty_queue();
  add(queue, 1, "m1");
  const auto taken = queue.take_due(noon);
  queue.answered(key_of(taken[0]), {.acknowledged = true, .now = noon, .rests_until = 0});
  queue.unsettled(key_of(taken[0]), noon);
  CHECK(queue.take_due(noon + 59 * second).empty());
  CHECK(queue.take_due(noon + 61 * second).empty());
  const auto loads = queue.take_loads(noon + 61 * second);
  REQUIRE(loads.size() == 1);
  auto row = row_of(1, "m1");
  row.attempts = 7;
  queue.loaded(loads[0], {row});
  const auto again = queue.take_due(noon + 61 * second);
  REQUIRE(again.size() == 1);
  CHECK(again[0].what.attempts == 7);
}
