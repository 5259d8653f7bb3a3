// ACCOUNT_SUPERVISOR. One per shard: makes the shard's account actors and lets them go, and counts
// their failures; and it has the holds voided whose time has come (R23). There is no lone restart
// (R11): a failed account ends the node's hold on the shard, which is then recovered from the rows;
// beyond a bounded intensity the shard stays released.
#pragma once

#include "actors/account/account.hpp"
#include "actors/account/expiry_watch.hpp"
#include "actors/metrics/metrics.hpp"
#include "protocol/model/clock.hpp"

#include <absl/container/flat_hash_map.h>
#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

#include <deque>

namespace suanpan {

struct supervisor_options {
  shard_id shard;
  std::uint32_t restart_intensity = 3;      // recoveries …
  std::chrono::seconds restart_window{60};  // … within this; one more is too many
  std::size_t voids_max = 1'000;            // expired holds that are voided at once
  std::chrono::milliseconds expiry_tick{500};
  std::chrono::seconds void_again{5};  // after an answer that left it open
};

class account_supervisor final : public caf::event_based_actor {
 public:
  account_supervisor(caf::actor_config& cfg, supervisor_options options, account_links_ptr links,
                     caf::actor keeper, const wall_clock* clock, metrics* counters);
  const char* name() const override { return "account_supervisor"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void activate(const activate_accounts& m);
  void forget_all();
  void escalate(const account_failed& m);
  void watch(const watch_holds& m);
  void void_due();
  void take_voids(const voids_answered& m);
  void tick_soon();

  supervisor_options options_;
  account_links_ptr links_;
  caf::actor keeper_;
  const wall_clock* clock_;
  metrics* counters_;
  absl::flat_hash_map<account_number, caf::actor> children_;
  std::deque<caf::actor_clock::time_point> restarts_;
  expiry_watch expiries_;
  bool ticking_ = false;
  bool failing_ = false;  // escalated; more failures of the same incident are expected
};

}  // namespace suanpan
