// A payment reader that speaks the messages of the real one, over the simulated database: one
// question at a time, answered from one moment's snapshot, some time after that moment.
#pragma once

#include "protocol/messages/payment_messages.hpp"
#include "tests/simulation/sim_faults.hpp"
#include "tests/simulation/sim_journal.hpp"
#include "tests/simulation/simulated_database.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <functional>

namespace suanpan::simulation {

class sim_payment_reader final : public caf::event_based_actor {
 public:
  sim_payment_reader(caf::actor_config& cfg, sim_world& world, simulated_database& database,
                     const sim_faults& faults);
  const char* name() const override { return "payment_reader"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  template <class Answer>
  void ask(caf::actor whom, std::function<Answer(bool)> read);
  void next();
  void after(sim_time delay, std::function<void()> then);
  [[nodiscard]] sim_time wait_time();
  [[nodiscard]] std::vector<payment_state> find(const find_payments& m) const;

  sim_world& world_;
  simulated_database& database_;
  const sim_faults& faults_;
  bool busy_ = false;
  std::deque<std::function<void()>> queue_;
  std::function<void()> then_;
  std::uint64_t wake_ = 0;
};

}  // namespace suanpan::simulation
