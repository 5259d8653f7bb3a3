// CHANNEL_SUPERVISOR, one per node: stands in front of the node's channels, so that a channel that
// fails is restarted alone and everybody who asked it gets an answer all the same. Takes
// ask_channel, ask_binding, ask_unbinding; who asks for a channel that is not there, is being
// restarted or was given up is told `not_sent` at once.
#pragma once

#include "actors/channel/channel_health.hpp"
#include "actors/channel/channel_limits.hpp"
#include "actors/channel/open_ask.hpp"
#include "protocol/model/clock.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <deque>
#include <vector>

namespace suanpan {

class channel_metrics;

/// One channel, ready to be run: made by make_channels() from the configuration, or by a test.
struct channel_setup {
  channel_terms terms;
  channel_adapter_ptr adapter;  // its read_callback may be called on any thread
  channel_limits limits;
};

struct channel_supervisor_options {
  std::vector<channel_setup> channels;  // in the order of health->channels()
  std::shared_ptr<channel_health> health;
  std::size_t restart_intensity = 3;  // more restarts of a channel in the window: it is given up
  std::chrono::seconds restart_window{60};
  std::chrono::milliseconds restart_first{50};  // pause before a restart; doubles with each
  std::chrono::milliseconds tick{100};
};

class channel_supervisor final : public caf::event_based_actor {
 public:
  /// `counters` may be null. All pointers outlive the actor.
  channel_supervisor(caf::actor_config& cfg, channel_supervisor_options options,
                     const wall_clock* clock, channel_metrics* counters);
  const char* name() const override { return "channel_supervisor"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  /// A channel and everybody who waits for it.
  struct child {
    caf::actor handle;  // null: it is being restarted, or was given up
    std::vector<open_ask_ptr> open;
    std::deque<std::int64_t> restarts;  // moments, microseconds of the actor clock
    std::int64_t restart_micros = 0;    // when it is started again; 0: nothing is planned
    bool given_up = false;
  };

  void start(std::size_t index);
  void take(open_ask_ptr ask, const channel_name& channel);
  void lost(const caf::down_msg& down);
  void tick();
  void sweep(child& of, std::int64_t now_micros);
  [[nodiscard]] std::int64_t now_micros() const;

  channel_supervisor_options options_;
  const wall_clock* clock_;
  channel_metrics* counters_;
  std::vector<child> children_;
  std::uint64_t asked_ = 0;
};

}  // namespace suanpan
