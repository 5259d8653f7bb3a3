// What must hold of every order after every step, whatever happened to it.
#include "tests/payment/random_course.hpp"

#include <algorithm>
#include <map>

namespace suanpan::told {
namespace {

bool is_system(const payment_order& order) {
  const auto course = course_of(order);
  return course != payment_course::payer_pays;
}

const payment_evidence* last_about(const payment_state& order, std::int16_t attempt) {
  for (auto it = order.evidence.rbegin(); it != order.evidence.rend(); ++it)
    if (it->attempt == attempt && it->code != "answer_mismatched") return &*it;
  return nullptr;
}

std::int64_t expected_of(const payment_order& order, payment_transition transition) {
  const auto needs = moved_by(order.kind, transition);
  const auto share = order.returns_fee ? order.fee.value : 0;
  return needs.amounts * order.amount.value + needs.fees * order.fee.value +
         needs.fee_shares * share;
}

std::int64_t sum_of(const booking_intent& intent) {
  std::int64_t sum = 0;
  for (const auto& leg : intent.legs) sum += leg.amount.value;
  return sum;
}

}  // namespace

bool random_course::broken(std::string law) {
  if (broken_.empty()) broken_ = std::move(law);
  return false;
}

bool random_course::step_is_lawful(const payment_state& before, const payment_step& step) {
  if (step.head.version != before.head.version + 1) return broken("versions have no gap");
  const bool ended = is_terminal(before.head.stage);
  if (ended && (step.head.stage != before.head.stage || step.head.paid_by != before.head.paid_by ||
                step.head.finished_micros != before.head.finished_micros))
    return broken("a terminal stage never changes");
  const bool open = !before.attempts.empty() && before.attempts.back().open;
  const bool leaves = step.head.stage == payment_stage::created ||
                      step.head.stage == payment_stage::failed ||
                      step.head.stage == payment_stage::closed;
  const bool certain = step.evidence && (step.evidence->outcome == channel_outcome::failed ||
                                         step.evidence->allows_new_number);
  if (open && leaves && !certain) return broken("an open attempt ends by evidence only");
  if (step.head.paid_by != before.head.paid_by &&
      (before.head.paid_by != 0 || !step.evidence ||
       step.evidence->outcome != channel_outcome::succeeded))
    return broken("an order is paid once, by what a channel said");
  return true;
}

bool random_course::attempt_is_lawful(const payment_state& before, const payment_step& step,
                                      const payment_happening* what) {
  for (const auto& act : acts_of(live_, step))
    if (std::holds_alternative<submit_attempt>(act) && step.event != payment_event::attempt_began)
      return broken("sent only directly behind its own step");
  for (const auto& act : resume(live_))
    if (std::holds_alternative<submit_attempt>(act)) return broken("a crash never sends");
  if (step.event != payment_event::attempt_began) return true;
  const auto& attempt = *step.attempt;
  if (static_cast<std::size_t>(attempt.number) == before.attempts.size()) {
    const auto* evidence = last_about(before, attempt.number);
    const bool allowed = is_system(before.order) && attempt.open && evidence != nullptr &&
                         evidence->outcome == channel_outcome::not_found &&
                         what->route->traits.dedupes_by_reference &&
                         what->route->channel == attempt.channel;
    return allowed || broken("a resend needs evidence, and a channel that dedupes");
  }
  if (before.attempts.empty()) return true;
  const auto& last = before.attempts.back();
  if (last.open) return broken("one attempt is open at a time");
  if (attempt.allowed_by == 0)
    return (retried_ && last.outcome == channel_outcome::failed) ||
           broken("a new number needs evidence");
  const auto& by = before.evidence.at(static_cast<std::size_t>(attempt.allowed_by - 1));
  return (by.attempt == last.number && by.allows_new_number) ||
         broken("a new number needs evidence about the one before");
}

bool random_course::evidence_is_lawful(const payment_state& before, const payment_step& step,
                                       const payment_happening* what) {
  if (!step.evidence || !step.evidence->allows_new_number) return true;
  const auto& attempt = before.attempts.at(static_cast<std::size_t>(step.evidence->attempt - 1));
  if (step.evidence->doubt == channel_doubt::not_sent)
    return (attempt.sends == 1 && attempt.outcome != channel_outcome::pending) ||
           broken("never sent is said of what was sent once");
  if (step.evidence->outcome != channel_outcome::not_found ||
      !what->route->traits.not_found_is_final)
    return broken("only a final answer allows a new number");
  const auto wait =
      policy_.act_deadline + policy_.lane_patience + what->route->traits.settling_micros;
  return sent_at_ + wait <= step.evidence->asked_micros ||
         broken("not found is final only when asked late enough after the last send");
}

bool random_course::state_is_lawful() {
  const auto open = std::ranges::count_if(live_.attempts, &payment_attempt::open);
  const bool live = live_.head.stage == payment_stage::processing ||
                    live_.head.stage == payment_stage::unknown ||
                    live_.head.stage == payment_stage::manual;
  const auto course = course_of(live_.order);
  const bool inside =
      course == payment_course::transferring || course == payment_course::refunding_inside;
  if (open > 1 || (open == 1 && !live_.attempts.back().open))
    return broken("one attempt is open at a time");
  if (!inside && live != (open == 1)) return broken("an attempt is open while the order is live");
  minor_units reserved;
  minor_units refunded;
  for (const auto& share : live_.refunds)
    (share.settled ? refunded : reserved).value += share.amount.value;
  if (reserved != live_.head.refund_reserved || refunded != live_.head.refunded ||
      reserved.value + refunded.value > live_.order.amount.value)
    return broken("refunds never exceed the amount");
  const auto due = due_of(live_, policy_);
  if (live_.head.due_micros != (due ? due->at_micros : 0)) return broken("what is due is recorded");
  if (open == 1 && !due) return broken("an open attempt has a timer");
  if (is_terminal(live_.head.stage) && due) return broken("an ended order has none");
  payment_state folded;
  for (const auto& step : steps_) apply(folded, step);
  return folded == live_ || broken("recovered is live");
}

bool random_course::vouchers_are_lawful() {
  std::map<payment_transition, int> times;
  std::map<std::string, std::int64_t> transit;
  for (const auto& intent : live_.intents) {
    ++times[intent.transition];
    const bool ends_hold = intent.ends_hold_of != 0;
    const auto expected =
        expected_of(live_.order, ends_hold ? payment_transition::held : intent.transition);
    if (sum_of(intent) != expected) return broken("a voucher moves what it must");
    for (const auto& leg : intent.legs) {
      if (leg.amount.value <= 0) return broken("no leg is empty");
      if (intent.kind != transfer_kind::post && intent.kind != transfer_kind::capture) continue;
      for (const auto* code : {"2101", "2102"}) {
        if (leg.debit.subject == code) transit[code] -= leg.amount.value;
        if (leg.credit.subject == code) transit[code] += leg.amount.value;
      }
    }
  }
  using enum payment_transition;
  for (const auto once :
       {received, settled, held, moved, paid, captured, released, fee_returned, surplus_returned})
    if (times[once] > 1) return broken("a transition is booked once");
  if (times[captured] + times[released] > 1) return broken("a hold ends once");
  if (std::ranges::any_of(transit, [](const auto& at) { return at.second != 0; }))
    return broken("nothing stays in transit");
  const auto* hold = times[held] == 0 ? nullptr : &live_.intents.front();
  const bool succeeded = live_.head.stage == payment_stage::succeeded;
  if (hold != nullptr && is_terminal(live_.head.stage) && hold->refusal == item_result::none &&
      times[succeeded ? captured : released] != 1)
    return broken("a hold ends with its order");
  if (succeeded && collects(live_.order.kind) && (times[received] != 1 || times[settled] != 1))
    return broken("a success is booked");
  return true;
}

}  // namespace suanpan::told
