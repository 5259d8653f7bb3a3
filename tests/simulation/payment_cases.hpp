// What scripted cases of orders share: nodes that die or fail at a point, and a merchant who asks
// until he is told.
#pragma once

#include "actors/fault_points.hpp"
#include "tests/simulation/order_stage.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace suanpan::simulation {

/// The node dies the first time that it comes to the point, and starts again.
struct dies_at {
  dies_at(order_stage& at, std::string_view point) : stage(at) {
    on_fault_point = [this, point](std::string_view visited) {
      if (visited != point || died) return;
      died = true;
      stage.stage->told.lose(stage.stage->node().party());
      stage.stage->node().crash();
      stage.stage->world.after(50 * millis, [this] { stage.stage->node().start(); });
    };
  }
  ~dies_at() { on_fault_point = nullptr; }
  dies_at(const dies_at&) = delete;
  dies_at& operator=(const dies_at&) = delete;
  order_stage& stage;
  bool died = false;
};

/// The next `left` events of orders meet an exception.
struct throws_at_events {
  explicit throws_at_events(int times) : left(times) {
    on_fault_point = [this, others = on_fault_point](std::string_view point) {
      if (point == "payment.decide" && left > 0) {
        --left;
        throw std::runtime_error("planted");
      }
      if (others) others(point);
    };
  }
  int left;
};

/// What nodes count of orders; as long as the stage.
struct counted_stage {
  explicit counted_stage(stage_options options = {}) : on(std::move(options)) {
    on.payments->counters = &counters;
    on.stage->restart(0);
    on.stage->wait(1 * seconds);
  }
  [[nodiscard]] int restarts() const {
    for (const auto& family : registry.Collect())
      for (const auto& one : family.metric)
        if (family.name == "suanpan_actor_restarts_total" && one.label.front().value == "payment")
          return static_cast<int>(one.counter.value);
    return -1;
  }
  prometheus::Registry registry;
  metrics counters{registry};
  order_stage on;
};

inline void freeze_credits_of(order_stage& s, account_number account) {
  auto freeze = std::make_shared<sim_change>(
      s.stage->world, s.stage->told, s.stage->node().party(),
      asked_change{.number = account, .what = {.set = account_flags::frozen_credit}});
  s.stage->node().change(freeze);
  REQUIRE(s.wait_until([&] { return freeze->finished; }));
}

inline account_number open_shop_of(order_stage& s) {
  return s.stage->open_as(
      {{"merchant:M9", "2001", samples::cny, "", shard_of_owner("merchant:M9", 2)},
       normal_side::credit,
       account_flags::no_overdraft,
       {}});
}

/// As a merchant's program does: the same again until it is told something.
inline payment_state ask_until_told(order_stage& s, const payment_order& what) {
  for (int tries = 0; tries < 60; ++tries) {
    if (!s.stage->node().running()) s.stage->wait(200 * millis);
    if (!s.stage->node().running()) continue;
    const auto call = s.send(what, 5 * seconds);
    s.stage->wait_for([&] { return call->finished || !s.stage->node().running(); }, 8 * seconds);
    if (call->finished && call->refusal == payment_refusal::none) return call->state;
    s.stage->wait(300 * millis);
  }
  return {};
}

}  // namespace suanpan::simulation
