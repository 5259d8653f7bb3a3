// MAINTENANCE. Partitions made ahead, BRIN ranges summarised, old commit marks pruned, memory given
// back, and the trial balance watched: what may be late but not forgotten. Detached, on sessions of
// its own.
#pragma once

#include "protocol/messages/messages.hpp"
#include "protocol/model/clock.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <string>

namespace suanpan {

struct maintenance_options {
  std::string dsn;
  std::int32_t days_back = 8;
  std::int32_t days_ahead = 3;
  std::chrono::seconds partition_check{3600};
  std::chrono::seconds tidy{60};
};

class maintenance final : public caf::event_based_actor {
 public:
  maintenance(caf::actor_config& cfg, maintenance_options options, caf::actor reports,
              const wall_clock* clock);
  const char* name() const override { return "maintenance"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void make_partitions();
  void tidy();

  maintenance_options options_;
  caf::actor reports_;
  const wall_clock* clock_;
  caf::actor_clock::time_point partitions_due_{};
};

}  // namespace suanpan
