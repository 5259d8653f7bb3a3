// Channels of a node on CAF's deterministic scheduler, with adapters that are scripts and a clock
// that stands until it is moved.
#pragma once

#include "actors/channel/channel_metrics.hpp"
#include "actors/channel/channel_supervisor.hpp"
#include "tests/channel/scripted_adapter.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace suanpan {

struct testing_config : caf::actor_system_config {
  testing_config() { set("scheduler.policy", caf::atom("testing")); }
};

/// Follows the scheduler's clock.
class stage_clock final : public wall_clock {
 public:
  [[nodiscard]] std::int64_t unix_micros() const noexcept override { return micros; }
  std::int64_t micros = 1'764'278'400'000'000;
};

/// Takes the answers of a stage.
class listener final : public caf::event_based_actor {
 public:
  listener(caf::actor_config& cfg, std::vector<channel_answer>* into)
      : event_based_actor(cfg), into_(into) {}
  caf::behavior make_behavior() override {
    return {[this](const channel_answered& m) { into_->push_back(m.answer); }};
  }

 private:
  std::vector<channel_answer>* into_;
};

class stage {
 public:
  struct channel_of {
    std::string name = "alpha";
    channel_limits limits;
  };

  explicit stage(std::vector<channel_of> channels = {{}}, std::size_t restart_intensity = 2)
      : system_(config_),
        scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
    channel_supervisor_options options;
    std::vector<channel_terms> terms;
    for (const auto& each : channels) {
      auto adapter = std::make_shared<scripted_adapter>();
      adapters.push_back(adapter);
      channel_terms t;
      t.name = {each.name};
      t.products = {payment_kind::quick_pay, payment_kind::payout};
      t.currencies = {*parse_currency("CNY")};
      t.amount_most = {1'000'000};
      t.slow_operations = {channel_operation::query, channel_operation::payout,
                           channel_operation::bind};
      terms.push_back(t);
      options.channels.push_back({t, adapter, each.limits});
    }
    health = std::make_shared<channel_health>(terms);
    options.health = health;
    options.restart_intensity = restart_intensity;
    listener_ = system_.spawn<listener>(&told);
    supervisor = system_.spawn<channel_supervisor>(std::move(options), &clock, &counters);
    run();
  }
  ~stage() {
    for (auto& adapter : adapters) adapter->waiting.clear();
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(listener_, caf::exit_reason::user_shutdown);
    supervisor = nullptr;
    listener_ = nullptr;
    run();
    scheduler_.clock().cancel_all();
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// Everything that can happen without time passing.
  void run() { scheduler_.run(); }
  /// Time passes, timer by timer.
  void pass(std::chrono::milliseconds time) {
    const auto end = scheduler_.clock().now() + time;
    for (;;) {
      run();
      const auto& timers = scheduler_.clock().schedule();
      if (timers.empty() || timers.begin()->first > end) break;
      move_to(timers.begin()->first);
      scheduler_.trigger_timeout();
    }
    move_to(end);
    scheduler_.clock().current_time = end;
    run();
  }

  /// `reference` names the request in the answers.
  void ask(channel_operation operation, std::string reference,
           std::chrono::milliseconds deadline = std::chrono::seconds(20),
           std::string channel = "alpha") {
    ask_channel m;
    m.channel = {std::move(channel)};
    m.request.operation = operation;
    m.request.reference = {std::move(reference)};
    m.request.deadline_micros =
        clock.micros + std::chrono::duration_cast<std::chrono::microseconds>(deadline).count();
    m.answer_to = listener_;
    caf::anon_send(supervisor, std::move(m));
    run();
  }

  [[nodiscard]] scripted_adapter& adapter(std::size_t index = 0) { return *adapters[index]; }
  [[nodiscard]] lane_condition condition(channel_lane lane) const {
    return health->condition(0).of(lane);
  }
  /// "charge-1 unknown not_sent channel_overloaded", what was told since the last call.
  [[nodiscard]] std::vector<std::string> take_told() {
    std::vector<std::string> lines;
    for (const auto& a : told) {
      std::string line = a.reference.value;
      line.append(" ").append(name_of(a.outcome));
      if (a.doubt != channel_doubt::none) line.append(" ").append(name_of(a.doubt));
      if (!a.failure.code.empty()) line.append(" ").append(a.failure.code);
      lines.push_back(line);
    }
    told.clear();
    return lines;
  }

  /// The sum over a counter's or gauge's labels; of one label's value only, where it is given.
  [[nodiscard]] std::int64_t metric(const std::string& name, const std::string& value = "") const {
    std::int64_t sum = 0;
    for (const auto& family : registry.Collect()) {
      if (family.name != name) continue;
      for (const auto& one : family.metric) {
        const bool meant = value.empty() || std::ranges::any_of(one.label, [&value](const auto& l) {
                             return l.value == value;
                           });
        if (meant) sum += static_cast<std::int64_t>(one.counter.value + one.gauge.value);
      }
    }
    return sum;
  }

  stage_clock clock;
  prometheus::Registry registry;
  channel_metrics counters{registry};
  std::vector<std::shared_ptr<scripted_adapter>> adapters;
  std::shared_ptr<channel_health> health;
  std::vector<channel_answer> told;
  caf::actor supervisor;

 private:
  void move_to(caf::actor_clock::time_point to) {
    const auto passed = to - scheduler_.clock().now();
    clock.micros += std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
  }

  testing_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  caf::actor listener_;
};

}  // namespace suanpan
