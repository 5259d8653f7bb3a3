// A reader that speaks the messages of the real one, over the simulated database: one question at a
// time, answered from one moment's snapshot, some time after that moment.
#pragma once

#include "protocol/messages/messages.hpp"
#include "tests/simulation/sim_faults.hpp"
#include "tests/simulation/sim_journal.hpp"
#include "tests/simulation/simulated_database.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <functional>

namespace suanpan::simulation {

struct sim_reader_options {
  std::size_t recent_ids_max = 200;
  std::int64_t recent_ids_ms = 60'000;
};

class sim_reader final : public caf::event_based_actor {
 public:
  sim_reader(caf::actor_config& cfg, sim_world& world, simulated_database& database,
             const sim_faults& faults, const wall_clock& clock, sim_reader_options options);
  const char* name() const override { return "reader"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  template <class Answer>
  void ask(std::function<Answer(bool)> read);
  void next();
  void after(sim_time delay, std::function<void()> then);
  [[nodiscard]] sim_time wait_time();
  [[nodiscard]] recovered_shards recover(const recover_shards& m, bool fails) const;

  sim_world& world_;
  simulated_database& database_;
  const sim_faults& faults_;
  const wall_clock& clock_;
  sim_reader_options options_;
  bool busy_ = false;
  std::deque<std::function<void()>> queue_;
  std::function<void()> then_;
  std::uint64_t wake_ = 0;
};

}  // namespace suanpan::simulation
