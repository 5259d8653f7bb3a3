#include "tests/simulation/payment_rows.hpp"

#include "actors/payment/payment_rules.hpp"

#include <algorithm>

namespace suanpan::simulation {

payment_conflict payment_rows::conflict_of(const sim_payment_write& what) const {
  std::map<payment_id, std::int32_t> versions;
  std::map<std::pair<merchant_id, order_number>, payment_id> numbers;
  std::map<channel_reference, payment_id> references;
  for (const auto& unit : what.units)
    for (const auto& step : unit) {
      auto version = versions.find(step.order);
      if (version == versions.end()) {
        const auto* known = by_id(step.order);
        version = versions.emplace(step.order, known == nullptr ? 0 : known->head.version).first;
      }
      if (step.head.version != version->second + 1) return {false, "a version does not follow"};
      version->second = step.head.version;
      if (step.opens.has_value() != (step.head.version == 1)) return {false, "opened twice"};
      if (step.opens) {
        const std::pair key{step.opens->merchant, step.opens->number};
        if (numbers_.contains(key) || !numbers.emplace(key, step.order).second)
          return {true, "order_key"};
        if (step.opens->description == poison_description) return {false, "poison"};
      }
      if (!step.attempt) continue;
      const auto known = references_.find(step.attempt->reference);
      const auto fresh = references.emplace(step.attempt->reference, step.order).first;
      const bool foreign = known != references_.end() && known->second != step.order;
      if (foreign || fresh->second != step.order) return {false, "a reference is used twice"};
    }
  return {};
}

void payment_rows::write(const sim_payment_write& what) {
  for (const auto& unit : what.units)
    for (const auto& step : unit) {
      auto& order = orders_[step.order];
      if (step.opens) numbers_[{step.opens->merchant, step.opens->number}] = step.order;
      if (step.attempt) references_[step.attempt->reference] = step.order;
      apply(order, step);
      order.shard = step.shard;
      steps_.push_back(step);
    }
  deliveries_.insert(deliveries_.end(), what.deliveries.begin(), what.deliveries.end());
}

// As storage's open_payments: something is left to be done about it.
bool payment_rows::is_open(const payment_state& order) const {
  if (!is_terminal(order.head.stage) || order.head.due_micros != 0) return true;
  const auto unsettled = [](const booking_intent& i) {
    return !i.booked && !i.redirected && i.refusal == item_result::none;
  };
  if (std::ranges::any_of(order.intents, unsettled)) return true;
  const auto has = [&order](payment_transition t) {
    return std::ranges::count(order.intents, t, &booking_intent::transition);
  };
  if (has(payment_transition::surplus_received) > has(payment_transition::surplus_returned))
    return true;
  if (!order.order.original) return false;
  const auto* original = by_id(*order.order.original);
  if (original == nullptr) return false;
  const auto share = std::ranges::find(original->refunds, order.order.id, &refund_share::refund);
  return order.order.surplus_attempt != 0 || (share != original->refunds.end() && !share->settled);
}

std::vector<payment_state> payment_rows::open_of(shard_id shard) const {
  std::vector<payment_state> found;
  for (const auto& [id, order] : orders_)
    if (order.shard == shard && is_open(order)) found.push_back(order);
  return found;
}

const payment_state* payment_rows::by_id(const payment_id& id) const {
  const auto it = orders_.find(id);
  return it == orders_.end() ? nullptr : &it->second;
}

const payment_state* payment_rows::by_number(const merchant_id& merchant,
                                             const order_number& number) const {
  const auto it = numbers_.find({merchant, number});
  return it == numbers_.end() ? nullptr : by_id(it->second);
}

const payment_state* payment_rows::by_reference(const channel_reference& reference) const {
  const auto it = references_.find(reference);
  return it == references_.end() ? nullptr : by_id(it->second);
}

}  // namespace suanpan::simulation
