// CHECKPOINTER. Round after round: asks the teller which accounts are dirty, gathers their durable
// totals, hands them to the journal with the positions that then hold (R13). Rows a round are
// bounded; when more is dirty than fits, the next round follows at once.
#pragma once

#include "protocol/messages/messages.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <vector>

namespace suanpan {

struct checkpointer_options {
  std::chrono::milliseconds interval{1000};
  std::uint32_t rows_max = 10'000;  // a round
  std::chrono::milliseconds round_deadline{
      10'000};  // a round that hangs (its session died) is given up
};

struct checkpointer_peers {
  caf::actor teller;
  caf::actor journal;
};

class checkpointer final : public caf::event_based_actor {
 public:
  checkpointer(caf::actor_config& cfg, checkpointer_options options);
  const char* name() const override { return "checkpointer"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void tick();
  void begin();
  void begun(const checkpoint_begun& m);
  void reported(const balance_reported& m);
  void hand_on_if_complete();
  [[nodiscard]] bool leaves_dirty() const;
  void written(const checkpoint_written& m);

  checkpointer_options options_;
  checkpointer_peers peers_;
  std::uint64_t round_ = 0;
  bool running_ = false;
  bool known_ = false;  // checkpoint_begun of this round arrived
  caf::actor_clock::time_point began_{};
  checkpoint_begun plan_;
  std::vector<balance_checkpoint> balances_;
  std::vector<shard_position> stored_positions_;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::checkpointer_peers)
