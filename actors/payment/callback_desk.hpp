// CALLBACK_DESK. One per node: whose reference a bank's callback is about, the rows know; an
// attempt is in them before the bank can have heard of it (R19). Then the order's supervisor has
// it, and acknowledges it after its commit (R21); but what an order at its end knows already, as
// its rows say, is acknowledged here: banks say most things twice.
#pragma once

#include "actors/payment/order_messages.hpp"
#include "actors/payment/payment_links.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <vector>

namespace suanpan {

struct callback_desk_options {
  std::size_t waiting_max = 10'000;  // beyond: not acknowledged, the bank sends it again
  std::size_t at_once = 500;
};

struct callback_desk_peers {
  caf::actor reader;
  std::vector<caf::actor> supervisors;  // by shard
};

class callback_desk final : public caf::event_based_actor {
 public:
  callback_desk(caf::actor_config& cfg, callback_desk_options options, payment_means means,
                callback_desk_peers peers);
  const char* name() const override { return "callback_desk"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void take(const channel_reported& m);
  void ask();
  void take_found(const payments_found& m);
  void hand_on(const channel_reported& m, const payments_found& rows);
  [[nodiscard]] bool is_known(const channel_reported& m, const payment_state& order) const;

  callback_desk_options options_;
  payment_means means_;
  callback_desk_peers peers_;
  std::deque<channel_reported> waiting_;
  std::vector<channel_reported> asked_;  // the round under way
  std::uint64_t round_ = 0;
};

}  // namespace suanpan
