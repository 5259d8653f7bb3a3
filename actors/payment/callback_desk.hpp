// CALLBACK_DESK. One per node: whose reference a bank's callback is about, the rows know; an
// attempt is in them before the bank can have heard of it (R19). Then the order's supervisor has
// it, and acknowledges it after its commit (R21).
#pragma once

#include "actors/payment/order_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <vector>

namespace suanpan {

struct callback_desk_options {
  std::size_t waiting_max = 10'000;  // beyond: not acknowledged, the bank sends it again
  std::size_t at_once = 500;
};

class callback_desk final : public caf::event_based_actor {
 public:
  callback_desk(caf::actor_config& cfg, callback_desk_options options, caf::actor reader,
                std::vector<caf::actor> supervisors);
  const char* name() const override { return "callback_desk"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void take(const channel_reported& m);
  void ask();
  void take_found(const payments_found& m);
  void hand_on(const channel_reported& m, const std::vector<payment_state>& among);

  callback_desk_options options_;
  caf::actor reader_;
  std::vector<caf::actor> supervisors_;  // by shard
  std::deque<channel_reported> waiting_;
  std::vector<channel_reported> asked_;  // the round under way
  std::uint64_t round_ = 0;
};

}  // namespace suanpan
