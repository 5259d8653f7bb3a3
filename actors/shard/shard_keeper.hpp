// SHARD_KEEPER. Which shards this node owns and serves: asks the journal for their locks, has them
// recovered, gives them to the teller; and again after every loss, without a restart of the node.
// Serves nothing before the take-over's own epoch commit (R16, R18).
#pragma once

#include "actors/metrics/metrics.hpp"
#include "actors/metrics/node_status.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/messages/payment_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <map>
#include <set>
#include <vector>

namespace suanpan {

struct shard_keeper_options {
  std::uint32_t shards = 64;
  std::chrono::milliseconds retry{300};
  std::chrono::milliseconds backoff_max{3000};  // between attempts while the database is away
  std::chrono::milliseconds steady{5000};       // lost sooner than that: in trouble still
};

struct shard_keeper_peers {
  caf::actor journal;
  caf::actor recoverer;  // a reader of its own
  caf::actor teller;
  caf::actor watch;                       // NODE_WATCH: is told whose backend holds our locks
  std::vector<caf::actor> payments = {};  // PAYMENT_SUPERVISOR, by shard; none: no payments
  caf::actor notifier = {};
};

/// To NODE_WATCH: the backend of our owning session, 0 = none.
struct journal_backend {
  std::int64_t pid = 0;
};

class shard_keeper final : public caf::event_based_actor {
 public:
  shard_keeper(caf::actor_config& cfg, shard_keeper_options options, node_status* status,
               metrics* counters);
  const char* name() const override { return "shard_keeper"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  using time_point = caf::actor_clock::time_point;

  void tick();
  void ask();
  void taken(const shards_taken& m);
  void recovered(const recovered_shards& m);
  void lost(const session_lost& m);
  void failed(const shard_failed& m);
  void drained(const shard_drained& m);
  void released(const shards_released& m);
  void serve_payments_of(const shard_claim& claim);
  void forget_payments_of(shard_id shard);
  void wait_before_retry();
  void publish();

  shard_keeper_options options_;
  node_status* status_;
  metrics* counters_;
  shard_keeper_peers peers_;
  incarnation session_;
  std::set<shard_id> serving_;
  std::set<shard_id> busy_;                   // being recovered, drained or released
  std::map<shard_id, std::string> given_up_;  // beyond the restart intensity, and why
  bool asking_ = false;
  time_point ask_after_{};
  time_point took_at_{};
  time_point served_at_{};
  std::chrono::milliseconds backoff_{0};
  std::string trouble_;  // why the database can't be had; empty: it can
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::shard_keeper_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::journal_backend)
