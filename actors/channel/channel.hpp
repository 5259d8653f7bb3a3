// CHANNEL. Runs one bank channel on a node: two lanes, a breaker for each, a rate for both. It
// keeps nothing that must survive: what it holds is in open_ask objects, which its supervisor
// knows, too. A bank that is slow holds places in a lane, no thread.
#pragma once

#include "actors/channel/channel_supervisor.hpp"
#include "actors/channel/open_ask.hpp"

#include <caf/event_based_actor.hpp>

#include <map>

namespace suanpan {

// --- CHANNEL_SUPERVISOR -> CHANNEL
// -------------------------------------------------------------------------------------------------
struct admit_ask {
  open_ask_ptr ask;
};
/// Time passes: what waits too long is turned back, what may begin begins.
struct channel_tick {};
// --- CHANNEL (an adapter's thread), CHANNEL_SUPERVISOR -> CHANNEL
// -------------------------------------------------------------------------------------------------
/// An exchange is over. A repeat is harmless.
struct exchange_ended {
  std::uint64_t number = 0;
  bool failed = false;     // the bank did not answer
  bool withdrawn = false;  // it was not asked at all
};

struct channel_options {
  channel_setup setup;
  std::size_t index = 0;  // within the node's channels
  std::shared_ptr<channel_health> health;
};

class channel final : public caf::event_based_actor {
 public:
  /// `counters` may be null.
  channel(caf::actor_config& cfg, channel_options options, const wall_clock* clock,
          channel_metrics* counters);
  const char* name() const override { return "channel"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  /// A lane with those in it.
  struct held_lane {
    explicit held_lane(channel_lane which, const channel_limits& limits)
        : kind(which), places(limits.of(which)), fuse(limits.breaker) {}
    channel_lane kind;
    lane places;
    breaker fuse;
    std::uint64_t trying = 0;  // the request that tries, while the breaker is half open
  };

  void admit(const open_ask_ptr& ask);
  void ended(const exchange_ended& m);
  void tick();
  void advance(held_lane& in);
  void turn_back_late(held_lane& in);
  void begin(held_lane& in, const open_ask_ptr& ask);
  void start_request(const open_ask_ptr& ask, std::int64_t deadline_micros);
  void turn_back(const open_ask_ptr& ask, std::string_view code);
  void note_stage(held_lane& in, breaker_stage before);
  void report(const held_lane& in);
  [[nodiscard]] held_lane& lane_of(channel_lane which);
  [[nodiscard]] std::int64_t now_micros() const;

  channel_options options_;
  const wall_clock* clock_;
  channel_metrics* counters_;
  held_lane fast_;
  held_lane slow_;
  rate_limit rate_;
  std::map<std::uint64_t, open_ask_ptr> held_;  // waiting or at the bank
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::admit_ask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::channel_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::exchange_ended)
