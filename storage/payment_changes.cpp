#include "storage/payment_changes.hpp"

namespace suanpan::storage {
namespace {

std::string fault_of(const payment_step& step, const payment_step* before) {
  const bool follows = before == nullptr ? (step.head.version == 1) == step.opens.has_value()
                                         : step.head.version == before->head.version + 1;
  if (step.head.version > 0 && follows && (!step.opens || step.opens->id == step.order)) return {};
  return "step " + std::to_string(step.head.version) + " of " + to_string(step.order) +
         " does not follow";
}

// A resend begins no attempt.
bool begins_attempt(const payment_step& step) {
  return step.event == payment_event::attempt_began && step.attempt->sends == 1;
}

template <class What>
void put(changing_by_number<What>& all, const payment_step& step, const What& what, bool is_new) {
  const auto known = all.find(what.number);
  all[what.number] = {{&step, &what}, known == all.end() ? is_new : known->second.is_new};
}

bool is_settled(const booking_intent& intent) {
  return intent.booked || intent.refusal != item_result::none;
}

void gather(const payment_step& step, payment_changes& into) {
  auto& order = into.orders[step.order];
  if (order.first == nullptr) order.first = &step;
  order.last = &step;
  into.steps.push_back(&step);
  if (step.attempt) put(order.attempts, step, *step.attempt, begins_attempt(step));
  if (step.evidence) into.evidence.push_back({&step, &*step.evidence});
  for (const auto& intent : step.intents) put(order.intents, step, intent, !is_settled(intent));
  for (const auto& event : step.notifications) into.notifications.push_back({&step, &event});
  if (step.opens_case) into.cases.push_back({&step, &*step.opens_case});
  if (step.share) order.shares[step.share->refund] = {&step, &*step.share};
}

}  // namespace

bool order_changes::leaves_open() const {
  if (!is_terminal(last->head.stage) || last->head.due_micros != 0) return true;
  for (const auto& [number, intent] : intents)
    if (!is_settled(*intent.what)) return true;
  return false;
}

std::string gather(std::span<const payment_unit> units, payment_changes& into) {
  for (const auto& unit : units) {
    for (const auto& step : unit) {
      const auto known = into.orders.find(step.order);
      auto fault = fault_of(step, known == into.orders.end() ? nullptr : known->second.last);
      if (!fault.empty()) return fault;
      gather(step, into);
    }
  }
  return {};
}

}  // namespace suanpan::storage
