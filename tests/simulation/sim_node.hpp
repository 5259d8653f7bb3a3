// One simulated node: the real teller, accounts, supervisors, checkpointer and shard keeper, wired
// as the program wires them, with a simulated journal and simulated readers. It can crash, be
// stopped for a while, and be started again, at any message.
#pragma once

#include "actors/checkpointer/checkpointer.hpp"
#include "actors/metrics/node_status.hpp"
#include "actors/shard/shard_keeper.hpp"
#include "actors/teller/teller.hpp"
#include "tests/simulation/sim_payments.hpp"
#include "tests/simulation/sim_reader.hpp"

#include <functional>
#include <memory>
#include <string>

namespace suanpan::simulation {

struct sim_node_options {
  std::string name = "a";
  sim_time skew = 0;
  std::uint32_t shards = 2;
  teller_options teller;
  checkpointer_options checkpointer;
  shard_keeper_options keeper;
  sim_reader_options reader;
  std::uint32_t restart_intensity = 3;
  std::uint16_t defer_rounds = 4;
  /// Set together: another journal, other readers and another clock than the simulated ones.
  std::function<caf::actor()> make_journal;
  std::function<caf::actor()> make_reader;
  const wall_clock* clock = nullptr;
  /// Set: the node has orders, and a bank.
  std::shared_ptr<sim_payments> payments;
};

class sim_node {
 public:
  /// Everything given outlives the node.
  sim_node(sim_world& world, simulated_database& database, const sim_faults& faults,
           sim_node_options options);

  void start();
  /// As kill -9: nothing of it runs again. Its database session ends when the server notices.
  void crash();
  /// As SIGSTOP and SIGCONT.
  void stall(bool stalled);
  /// The server ends the node's owning session, after a while (eviction, R17).
  void end_session(sim_time after);
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] bool stalled() const { return stalled_; }
  /// Counts starts: an answer of an earlier life never comes.
  [[nodiscard]] std::uint64_t life() const { return life_; }

  /// The present life; what it was asked dies with it.
  [[nodiscard]] party_id party() const { return party_; }
  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] std::uint32_t shards() const { return options_.shards; }
  [[nodiscard]] const node_status& status() const { return *status_; }
  [[nodiscard]] sim_clock& clock() { return clock_; }

  void post(posting_request_ptr request);
  void open(opening_request_ptr request);
  void read(account_read_ptr read);
  void change(account_change_ptr request);
  /// To the supervisor of the merchant's shard.
  void pay(payment_call_ptr call);
  /// A callback that the bank signed.
  void hear_callback(channel_answer answer, callback_call_ptr acknowledge);

 private:
  template <class Actor, class... Args>
  caf::actor spawn(Args&&... args);
  caf::actor spawn_journal();
  caf::actor spawn_reader();
  void spawn_payments(const caf::actor& journal, const caf::actor& keeper);

  sim_world& world_;
  simulated_database& database_;
  const sim_faults& faults_;
  sim_node_options options_;
  sim_clock clock_;
  sim_boot_clock boot_;
  std::unique_ptr<node_status> status_;
  std::shared_ptr<session_id> session_ = std::make_shared<session_id>(0);
  party_id party_ = 0;
  bool running_ = false;
  bool stalled_ = false;
  std::uint64_t life_ = 0;
  caf::actor teller_;
  std::vector<caf::actor> payment_supervisors_;
  caf::actor desk_;
};

}  // namespace suanpan::simulation
