#include "actors/node/maintenance.hpp"

#include "actors/node/process_memory.hpp"
#include "actors/quiet_actor.hpp"
#include "storage/partitions.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

namespace suanpan {
namespace {

// Asked only for what the reader publishes while it answers: the imbalance metric.
class watched_balance final : public trial_balance_read {
  void finish() noexcept override {}
};

}  // namespace

maintenance::maintenance(caf::actor_config& cfg, maintenance_options options, caf::actor reports,
                         const wall_clock* clock)
    : event_based_actor(cfg),
      options_(std::move(options)),
      reports_(std::move(reports)),
      clock_(clock) {}

caf::behavior maintenance::make_behavior() {
  make_quiet(this);
  send(this, keeper_tick{});
  return {[this](const keeper_tick&) {
    delayed_send(this, options_.tidy, keeper_tick{});
    if (clock().now() >= partitions_due_) make_partitions();
    tidy();
    give_back_memory();
    send(reports_, read_trial_balance{std::make_shared<watched_balance>()});
  }};
}

void maintenance::on_exit() {
  reports_ = nullptr;
}

void maintenance::make_partitions() {
  const auto made = storage::ensure_partitions(options_.dsn, {.now_micros = clock_->unix_micros(),
                                                              .days_back = options_.days_back,
                                                              .days_ahead = options_.days_ahead});
  if (!made) return spdlog::warn("partitions: {}", made.reason());  // again at the next tick
  for (const auto& name : *made) spdlog::info("partition made ahead: {}", name);
  partitions_due_ = clock().now() + options_.partition_check;
}

void maintenance::tidy() {
  const auto tidied = storage::tidy(options_.dsn);
  if (!tidied) spdlog::warn("housekeeping: {}", tidied.reason());
}

}  // namespace suanpan
