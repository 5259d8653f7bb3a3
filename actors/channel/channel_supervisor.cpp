#include "actors/channel/channel_supervisor.hpp"

#include "actors/channel/channel.hpp"
#include "actors/channel/channel_metrics.hpp"
#include "actors/channel/open_ask.hpp"
#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace suanpan {
namespace {

struct supervisor_tick {};

/// An adapter that does not keep its promise to end in time is not waited for any longer.
constexpr std::int64_t adapter_grace_micros = 1'000'000;
constexpr unsigned doublings_max = 10;

}  // namespace
}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::supervisor_tick)

namespace suanpan {

channel_supervisor::channel_supervisor(caf::actor_config& cfg, channel_supervisor_options options,
                                       const wall_clock* clock, channel_metrics* counters)
    : event_based_actor(cfg),
      options_(std::move(options)),
      clock_(clock),
      counters_(counters),
      children_(options_.channels.size()) {}

caf::behavior channel_supervisor::make_behavior() {
  make_quiet(this);
  set_down_handler([this](caf::down_msg& down) { lost(down); });
  for (std::size_t i = 0; i < children_.size(); ++i) start(i);
  delayed_send(this, options_.tick, supervisor_tick{});
  const auto asked = [this](const auto& m) {
    auto ask = std::make_shared<open_ask>();
    ask->what = m;
    take(std::move(ask), m.channel);
  };
  return {
      [asked](const ask_channel& m) { asked(m); },
      [asked](const ask_binding& m) { asked(m); },
      [asked](const ask_unbinding& m) { asked(m); },
      [this](const supervisor_tick&) { tick(); },
  };
}

void channel_supervisor::on_exit() {
  // Nobody is told anything: a channel that still runs may begin what waits.
  for (auto& each : children_) {
    if (each.handle) caf::anon_send_exit(each.handle, caf::exit_reason::user_shutdown);
  }
  children_.clear();
}

std::int64_t channel_supervisor::now_micros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(clock().now().time_since_epoch())
      .count();
}

void channel_supervisor::start(std::size_t index) {
  auto& of = children_[index];
  of.restart_micros = 0;
  channel_options options{options_.channels[index], index, options_.health};
  of.handle = home_system().spawn<channel>(std::move(options), clock_, counters_);
  monitor(of.handle);
}

void channel_supervisor::take(open_ask_ptr ask, const channel_name& name) {
  const auto found = std::ranges::find(options_.channels, name,
                                       [](const channel_setup& s) { return s.terms.name; });
  if (found == options_.channels.end()) {
    ask->tell_unknown(channel_doubt::not_sent, turned_back::unknown_channel);
    return;
  }
  auto& of = children_[static_cast<std::size_t>(found - options_.channels.begin())];
  ask->number = ++asked_;
  ask->lane = found->terms.lane_of(ask->operation());
  ask->asked_micros = now_micros();
  const std::int64_t left = ask->deadline_micros() - clock_->unix_micros();
  const std::int64_t budget = std::min(left, found->limits.of(ask->lane).timeout_micros);
  ask->give_up_micros = ask->asked_micros + budget;
  if (!of.handle || budget < least_budget_micros) {
    ask->tell_unknown(channel_doubt::not_sent,
                      of.handle ? turned_back::too_late : turned_back::unavailable);
    return;
  }
  of.open.push_back(ask);
  send(of.handle, admit_ask{std::move(ask)});
}

// The channel alone is restarted. What it had not begun has certainly not been sent; what it had
// begun is still answered by the adapter.
void channel_supervisor::lost(const caf::down_msg& down) {
  const auto found = std::ranges::find_if(
      children_, [&down](const child& c) { return c.handle && c.handle.address() == down.source; });
  if (found == children_.end()) return;
  const auto index = static_cast<std::size_t>(found - children_.begin());
  const auto& name = options_.channels[index].terms.name;
  SUANPAN_FAULT_POINT("channel_supervisor.before_restart");
  found->handle = nullptr;
  for (const auto lane : channel_lanes) {
    options_.health->report(index, lane, lane_condition::out_of_order);
  }
  for (const auto& ask : found->open) {
    if (!ask->begun) ask->tell_unknown(channel_doubt::not_sent, turned_back::unavailable);
  }
  std::erase_if(found->open, [](const open_ask_ptr& ask) { return ask->told.load(); });

  const std::int64_t now = now_micros();
  const auto window = std::chrono::microseconds(options_.restart_window).count();
  auto& restarts = found->restarts;
  while (!restarts.empty() && now - restarts.front() > window) restarts.pop_front();
  if (restarts.size() >= options_.restart_intensity) {
    found->given_up = true;
    if (counters_ != nullptr) counters_->gave_up(name);
    spdlog::error("channel {} failed {} times within {} s and is given up: {}", name.value,
                  restarts.size() + 1, options_.restart_window.count(), to_string(down.reason));
    return;
  }
  const auto doubled = std::min<std::size_t>(restarts.size(), doublings_max);
  const auto pause = std::chrono::microseconds(options_.restart_first).count() << doubled;
  restarts.push_back(now);
  found->restart_micros = now + pause;
  spdlog::error("channel {} failed and is restarted in {} ms: {}", name.value, pause / 1'000,
                to_string(down.reason));
}

void channel_supervisor::tick() {
  delayed_send(this, options_.tick, supervisor_tick{});
  const std::int64_t now = now_micros();
  for (std::size_t i = 0; i < children_.size(); ++i) {
    auto& of = children_[i];
    if (!of.handle && !of.given_up && now >= of.restart_micros) {
      if (counters_ != nullptr) counters_->restarted(options_.channels[i].terms.name);
      start(i);
    }
    sweep(of, now);
    if (of.handle) send(of.handle, channel_tick{});
  }
}

void channel_supervisor::sweep(child& of, std::int64_t now_micros) {
  for (const auto& ask : of.open) {
    if (ask->told || now_micros < ask->give_up_micros + adapter_grace_micros) continue;
    // A channel turns back in time what it has not begun: this one was begun.
    ask->tell_unknown(channel_doubt::no_answer, "adapter_silent");
    if (of.handle) send(of.handle, exchange_ended{ask->number, true, false});
  }
  std::erase_if(of.open, [](const open_ask_ptr& ask) { return ask->told.load(); });
}

}  // namespace suanpan
