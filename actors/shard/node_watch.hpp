// NODE_WATCH. Says that this node lives, and evicts an owner that does not (R17): by the database's
// clock, through the database, and only after our own row was renewed twice while the other's stood
// still. Detached, on a session of its own. Safety never rests on it: the lock decides, clocks only
// hurry.
#pragma once

#include "actors/shard/shard_keeper.hpp"
#include "storage/node_registry.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace suanpan {

struct node_watch_options {
  std::string dsn;
  storage::node_row self;
  storage::lineage_memory_ptr seen = nullptr;  // its session sees fail-overs, too (R18)
  std::chrono::milliseconds renew{500};
  std::chrono::milliseconds stale{2000};
  /// Told after each renewal which other nodes live, by their HTTP addresses; may be empty.
  std::function<void(std::vector<std::string>)> others_are = {};
};

class node_watch final : public caf::event_based_actor {
 public:
  node_watch(caf::actor_config& cfg, node_watch_options options);
  const char* name() const override { return "node_watch"; }
  caf::behavior make_behavior() override;

 private:
  void renew();
  void judge(const storage::node_state& other);
  void tell_of_others(const std::vector<storage::node_state>& nodes) const;

  node_watch_options options_;
  storage::node_registry registry_;
  std::map<std::string, int> seen_stale_;  // renewals of ours during which the other was stale
  bool sees_ = true;
};

}  // namespace suanpan
