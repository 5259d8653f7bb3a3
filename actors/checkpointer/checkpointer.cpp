#include "actors/checkpointer/checkpointer.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {

checkpointer::checkpointer(caf::actor_config& cfg, checkpointer_options options)
    : event_based_actor(cfg), options_(options) {}

caf::behavior checkpointer::make_behavior() {
  make_quiet(this);
  delayed_send(this, options_.interval, checkpoint_tick{});
  return {
      [this](const checkpoint_tick&) { tick(); },
      [this](const checkpoint_begun& m) { begun(m); },
      [this](const balance_reported& m) { reported(m); },
      [this](const checkpoint_written& m) { written(m); },
      [this](const checkpointer_peers& m) { peers_ = m; },
  };
}

void checkpointer::on_exit() {
  peers_ = {};
}

void checkpointer::tick() {
  delayed_send(this, options_.interval, checkpoint_tick{});
  if (running_ && clock().now() - began_ < options_.round_deadline) return;
  begin();
}

void checkpointer::begin() {
  running_ = true;
  known_ = false;
  began_ = clock().now();
  balances_.clear();
  send(peers_.teller, begin_checkpoint{++round_, options_.rows_max});
}

void checkpointer::begun(const checkpoint_begun& m) {
  if (m.round != round_) return;
  known_ = true;
  plan_ = m;
  hand_on_if_complete();
}

void checkpointer::reported(const balance_reported& m) {
  if (m.round != round_ || !running_) return;
  balances_.push_back(m.balance);
  hand_on_if_complete();
}

void checkpointer::hand_on_if_complete() {
  if (!known_ || balances_.size() < plan_.reports) return;
  if (balances_.empty() && plan_.positions == stored_positions_) {
    running_ = false;
    return;
  }
  // By number: neighbouring rows share pages, and two writers never meet in opposite orders.
  std::ranges::sort(balances_, {}, &balance_checkpoint::number);
  known_ = false;
  SUANPAN_FAULT_POINT("checkpointer.before_store");
  send(peers_.journal,
       write_checkpoint{plan_.session, round_, std::move(balances_), plan_.positions});
  balances_.clear();
}

// More was dirty than fitted. Accounts that are dirty again since the round began don't count, or
// rounds would follow each other for ever while as many accounts as fit are busy.
bool checkpointer::leaves_dirty() const {
  return std::ranges::any_of(
      plan_.positions, [this](const shard_position& p) { return p.position < plan_.settled; });
}

void checkpointer::written(const checkpoint_written& m) {
  if (m.round != round_) return;
  SUANPAN_FAULT_POINT("checkpointer.after_store");
  running_ = false;
  stored_positions_ = plan_.positions;
  if (plan_.reports >= options_.rows_max && leaves_dirty()) begin();
}

}  // namespace suanpan
