// STATEMENT_KEEPER. Keeps the statements of this node's shards close behind the rows (R15): round
// after round it lets storage sort what is settled into a run. Detached, on a session of its own;
// nothing that it writes is a fact, and nobody waits for it.
#pragma once

#include "actors/metrics/metrics.hpp"
#include "actors/statements/statement_feed.hpp"
#include "protocol/messages/messages.hpp"
#include "storage/statement_builder.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>

namespace suanpan {

struct statement_keeper_options {
  storage::builder_options builder;
  std::chrono::milliseconds interval{500};
  std::chrono::microseconds lag_most{2'000'000};
  std::size_t rows_least = 100'000;
};

class statement_keeper final : public caf::event_based_actor {
 public:
  /// `feed` may be null, and outlives the actor.
  statement_keeper(caf::actor_config& cfg, statement_keeper_options options, statement_feed* feed,
                   metrics* counters);
  const char* name() const override { return "statement_keeper"; }
  caf::behavior make_behavior() override;

 private:
  void round();
  void tell_lag(std::chrono::microseconds lag);

  statement_keeper_options options_;
  statement_feed* feed_;
  metrics* counters_;
  storage::statement_builder builder_;
  std::chrono::microseconds lag_{0};
  bool works_ = true;
};

}  // namespace suanpan
