#include "actors/payment/callback_desk.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>

namespace suanpan {

callback_desk::callback_desk(caf::actor_config& cfg, callback_desk_options options,
                             payment_means means, callback_desk_peers peers)
    : event_based_actor(cfg),
      options_(options),
      means_(std::move(means)),
      peers_(std::move(peers)) {}

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
  peers_ = {};
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
  send(peers_.reader, std::move(question));
}

void callback_desk::take_found(const payments_found& m) {
  if (m.round != round_) return;
  for (const auto& each : std::exchange(asked_, {})) hand_on(each, m);
  ask();
}

// Only of the channel by which the attempt went: another bank's word about it is nobody's.
void callback_desk::hand_on(const channel_reported& m, const payments_found& rows) {
  const auto is_about = [&m](const payment_attempt& a) {
    return a.reference == m.answer.reference && a.channel == m.channel;
  };
  bool matched = rows.unavailable;
  for (const auto& order : rows.found) {
    if (std::ranges::none_of(order.attempts, is_about)) continue;
    matched = true;
    if (is_known(m, order)) break;
    if (order.shard.value < peers_.supervisors.size())
      return send(peers_.supervisors[order.shard.value],
                  hear_callback{order.order.id, {m.answer, m.acknowledge}});
  }
  if (!m.acknowledge) return;
  m.acknowledge->unmatched = !matched;
  m.acknowledge->finish();
}

// The rows were read: what they say is durable (R8).
bool callback_desk::is_known(const channel_reported& m, const payment_state& order) const {
  const auto* terms = means_.channels ? means_.channels->find(m.channel) : nullptr;
  if (terms == nullptr) return false;
  try {
    const auto what = answered(order, m.answer, {terms->name, terms->traits, {}},
                               {means_.policy, means_.clock->unix_micros()});
    if (!is_old_news(order, what, {&means_.policy, means_.rules})) return false;
  } catch (const std::exception&) {
    return false;  // an order that can't be judged fails alone, not the desk of all (R11)
  }
  if (m.acknowledge) m.acknowledge->accepted = true;
  return true;
}

}  // namespace suanpan
