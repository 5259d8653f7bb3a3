#include "actors/payment/callback_desk.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {

callback_desk::callback_desk(caf::actor_config& cfg, callback_desk_options options,
                             caf::actor reader, std::vector<caf::actor> supervisors)
    : event_based_actor(cfg),
      options_(options),
      reader_(std::move(reader)),
      supervisors_(std::move(supervisors)) {}

caf::behavior callback_desk::make_behavior() {
  make_quiet(this);
  return {
      [this](const channel_reported& m) { take(m); },
      [this](const payments_found& m) { take_found(m); },
  };
}

void callback_desk::on_exit() {
  for (const auto& m : asked_)
    if (m.acknowledge) m.acknowledge->finish();
  for (const auto& m : waiting_)
    if (m.acknowledge) m.acknowledge->finish();
  asked_.clear();
  waiting_.clear();
  reader_ = nullptr;
  supervisors_.clear();
}

void callback_desk::take(const channel_reported& m) {
  if (waiting_.size() >= options_.waiting_max) {
    if (m.acknowledge) m.acknowledge->finish();
    return;
  }
  waiting_.push_back(m);
  ask();
}

void callback_desk::ask() {
  if (!asked_.empty() || waiting_.empty()) return;
  find_payments question{{}, ++round_, {}, {}, {}, this};
  while (!waiting_.empty() && asked_.size() < options_.at_once) {
    question.references.push_back(waiting_.front().answer.reference);
    asked_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  send(reader_, std::move(question));
}

void callback_desk::take_found(const payments_found& m) {
  if (m.round != round_) return;
  for (const auto& each : std::exchange(asked_, {})) hand_on(each, m.found);
  ask();
}

// Only of the channel by which the attempt went: another bank's word about it is nobody's.
void callback_desk::hand_on(const channel_reported& m, const std::vector<payment_state>& among) {
  for (const auto& order : among)
    for (const auto& attempt : order.attempts)
      if (attempt.reference == m.answer.reference && attempt.channel == m.channel &&
          order.shard.value < supervisors_.size())
        return send(supervisors_[order.shard.value],
                    hear_callback{order.order.id, {m.answer, m.acknowledge}});
  if (m.acknowledge) m.acknowledge->finish();
}

}  // namespace suanpan
