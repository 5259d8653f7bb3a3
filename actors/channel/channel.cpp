#include "actors/channel/channel.hpp"

#include "actors/channel/channel_metrics.hpp"
#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <limits>
#include <utility>

namespace suanpan {
namespace {

/// Whoever is told last; on any thread, also when the channel is gone.
struct exchange {
  open_ask_ptr ask;
  caf::actor channel;
  channel_name name;
  channel_metrics* counters = nullptr;
  std::int64_t begun_micros = 0;  // of wall_clock
  const wall_clock* clock = nullptr;

  void end(std::string_view result, bool failed) const {
    if (counters != nullptr) {
      const std::int64_t took = clock->unix_micros() - begun_micros;
      counters->count(name, {ask->operation(), ask->lane, result, took});
    }
    caf::anon_send(channel, exchange_ended{ask->number, failed, false});
  }
};

/// The bank's no is an answer.
bool is_silence(channel_outcome outcome) {
  return outcome == channel_outcome::unknown;
}

}  // namespace

channel::channel(caf::actor_config& cfg, channel_options options, const wall_clock* clock,
                 channel_metrics* counters)
    : event_based_actor(cfg),
      options_(std::move(options)),
      clock_(clock),
      counters_(counters),
      fast_(channel_lane::fast, options_.setup.limits),
      slow_(channel_lane::slow, options_.setup.limits),
      rate_(options_.setup.limits.rate) {}

caf::behavior channel::make_behavior() {
  make_quiet(this);
  report(fast_);
  report(slow_);
  return {
      [this](const admit_ask& m) { admit(m.ask); },
      [this](const exchange_ended& m) { ended(m); },
      [this](const channel_tick&) { tick(); },
  };
}

void channel::on_exit() {
  held_.clear();
}

std::int64_t channel::now_micros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(clock().now().time_since_epoch())
      .count();
}

channel::held_lane& channel::lane_of(channel_lane which) {
  return which == channel_lane::fast ? fast_ : slow_;
}

void channel::admit(const open_ask_ptr& ask) {
  SUANPAN_FAULT_POINT("channel.before_admit");
  auto& in = lane_of(ask->lane);
  const std::int64_t now = now_micros();
  if (!in.fuse.admits(now) && in.fuse.stage(now) == breaker_stage::open) {
    turn_back(ask, turned_back::unavailable);
  } else if (!in.places.admit({ask->number, ask->give_up_micros})) {
    turn_back(ask, turned_back::overloaded);
  } else {
    held_.emplace(ask->number, ask);
  }
  advance(in);
}

void channel::tick() {
  for (auto* in : {&fast_, &slow_}) {
    turn_back_late(*in);
    advance(*in);
  }
}

void channel::turn_back_late(held_lane& in) {
  for (const auto& late : in.places.take_expired(now_micros())) {
    const auto found = held_.find(late.number);
    const auto ask = std::move(found->second);
    held_.erase(found);
    turn_back(ask, turned_back::too_late);
  }
}

// In order of arrival, as far as places, breaker and rate allow.
void channel::advance(held_lane& in) {
  turn_back_late(in);
  const std::int64_t now = now_micros();
  while (const auto next = in.places.next()) {
    if (!in.fuse.admits(now) || !rate_.take(now)) break;
    in.places.begin();
    if (in.fuse.began(now)) in.trying = next->number;
    begin(in, held_.at(next->number));
  }
  report(in);
}

void channel::begin(held_lane& in, const open_ask_ptr& ask) {
  const std::int64_t now = now_micros();
  if (counters_ != nullptr) {
    counters_->waited(options_.setup.terms.name, in.kind, now - ask->asked_micros);
  }
  if (ask->told) return ended({ask->number, false, true});  // its supervisor gave it up
  start_request(ask, clock_->unix_micros() + (ask->give_up_micros - now));
}

void channel::start_request(const open_ask_ptr& ask, std::int64_t deadline_micros) {
  const exchange under_way{ask,
                           caf::actor_cast<caf::actor>(this),
                           options_.setup.terms.name,
                           counters_,
                           clock_->unix_micros(),
                           clock_};
  const auto answered = [under_way](channel_answer answer) {
    const bool silent = is_silence(answer.outcome);
    const std::string_view result = result_word(answer);
    under_way.ask->tell(std::move(answer));
    under_way.end(result, silent);
  };
  const auto bound = [under_way](card_binding binding) {
    const auto outcome = binding.outcome;
    under_way.ask->tell(std::move(binding));
    under_way.end(name_of(outcome), is_silence(outcome));
  };
  SUANPAN_FAULT_POINT("channel.before_submit");
  auto& adapter = *options_.setup.adapter;
  ask->begun = true;  // from here on the adapter answers, whatever becomes of this actor
  if (const auto* request = std::get_if<ask_channel>(&ask->what)) {
    auto timed = request->request;
    timed.deadline_micros = deadline_micros;
    adapter.start(timed, answered);
  } else if (const auto* binding = std::get_if<ask_binding>(&ask->what)) {
    auto timed = *binding->what;
    timed.deadline_micros = deadline_micros;
    adapter.bind(timed, bound);
  } else if (const auto* unbinding = std::get_if<ask_unbinding>(&ask->what)) {
    adapter.unbind(unbinding->token, answered);
  }
  SUANPAN_FAULT_POINT("channel.after_submit");
}

void channel::ended(const exchange_ended& m) {
  SUANPAN_FAULT_POINT("channel.before_release");
  const auto found = held_.find(m.number);
  if (found == held_.end()) return;
  auto& in = lane_of(found->second->lane);
  if (!in.places.end(m.number)) return;
  held_.erase(found);
  const std::int64_t now = now_micros();
  const auto before = in.fuse.stage(now);
  const bool tried = in.trying == m.number;
  if (tried) in.trying = 0;
  if (m.withdrawn) {
    in.fuse.withdrawn(tried);
  } else if (m.failed) {
    in.fuse.failed(tried, now);
  } else {
    in.fuse.answered(tried);
  }
  note_stage(in, before);
  advance(in);
}

void channel::note_stage(held_lane& in, breaker_stage before) {
  const auto after = in.fuse.stage(now_micros());
  if (after == before) return;
  spdlog::warn("channel {}, {} lane: breaker {}, was {}", options_.setup.terms.name.value,
               name_of(in.kind), name_of(after), name_of(before));
  if (after != breaker_stage::open) return;
  // Those that wait would wait in vain: their callers can still go elsewhere.
  std::vector<open_ask_ptr> waiting;
  for (const auto& each : in.places.take_expired(std::numeric_limits<std::int64_t>::max())) {
    const auto found = held_.find(each.number);
    waiting.push_back(std::move(found->second));
    held_.erase(found);
  }
  for (const auto& ask : waiting) turn_back(ask, turned_back::unavailable);
}

void channel::turn_back(const open_ask_ptr& ask, std::string_view code) {
  const bool first = ask->tell_unknown(channel_doubt::not_sent, code);
  if (!first || counters_ == nullptr) return;
  counters_->count(options_.setup.terms.name,
                   {ask->operation(), ask->lane, code, now_micros() - ask->asked_micros});
}

void channel::report(const held_lane& in) {
  const std::int64_t now = now_micros();
  const auto stage = in.fuse.stage(now);
  lane_condition condition = in.places.full() ? lane_condition::full : lane_condition::open;
  if (stage != breaker_stage::closed) {
    condition =
        in.fuse.admits(now) && !in.places.full() ? lane_condition::trying : lane_condition::broken;
  }
  options_.health->report(options_.index, in.kind, condition);
  if (counters_ == nullptr) return;
  counters_->stands(options_.setup.terms.name,
                    {in.kind, stage, in.places.waiting(), in.places.in_flight()});
}

}  // namespace suanpan
