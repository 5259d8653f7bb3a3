// What the conditions of the step table mean. Each is asked of an order as it stands and of what
// happened; none of them is asked of a clock.
#include "actors/payment/payment_views.hpp"

namespace suanpan::views {
namespace {

const payment_attempt* last_attempt(const payment_state& order) {
  return order.attempts.empty() ? nullptr : &order.attempts.back();
}

// R20: the first; or behind evidence; or, where the payer acts, behind an explicit refusal.
bool may_begin(const occasion& on) {
  const auto& order = on.order;
  if (order.head.stage != payment_stage::created || awaits_card(order)) return false;
  if (open_attempt(order) != nullptr || !may_go_to_channel(order)) return false;
  const auto* last = last_attempt(order);
  if (last == nullptr || allowance_after(order, last->number) != nullptr) return true;
  return last->outcome == channel_outcome::failed &&
         course_of(order.order) == payment_course::payer_pays;
}

bool was_not_found(const payment_state& order, std::int16_t attempt) {
  for (auto it = order.evidence.rbegin(); it != order.evidence.rend(); ++it)
    if (it->attempt == attempt && it->code != mismatch_code)
      return it->outcome == channel_outcome::not_found;
  return false;
}

bool may_resend(const occasion& on) {
  const auto* attempt = open_attempt(on.order);
  if (!awaits_resend(on.order) || !was_not_found(on.order, attempt->number)) return false;
  if (on.what.event == payment_event::no_route_found) return true;
  return on.what.route && on.what.route->channel == attempt->channel &&
         on.what.route->traits.dedupes_by_reference;
}

bool is_asked_intent(const occasion& on) {
  const auto* next = next_intent(on.order);
  return next != nullptr && next->number == on.what.intent;
}

// Attempts that came to nothing for certain, the present one counted.
bool tries_left(const occasion& on) {
  const auto nothing = std::ranges::count_if(on.order.attempts, [](const payment_attempt& a) {
    return !a.open &&
           (a.doubt == channel_doubt::not_sent || a.outcome == channel_outcome::not_found);
  });
  return nothing + 1 < on.with.policy->unsent_attempts_max;
}

bool has_time(const occasion& on) {
  const auto end = on.order.order.expires_micros;
  return end == 0 || on.what.now_micros < end;
}

bool cards_left(const occasion& on) {
  if (on.order.order.kind != payment_kind::quick_pay || !has_time(on)) return false;
  const auto tried = std::ranges::count_if(on.order.attempts, [](const payment_attempt& a) {
    return a.doubt != channel_doubt::not_sent;
  });
  return tried < on.order.order.attempts_max;
}

bool says_nothing_new(const occasion& on) {
  const auto& answer = *on.what.answer;
  return on.attempt != nullptr && answer.door != answer_door::query &&
         on.attempt->outcome == channel_outcome::pending &&
         (answer.redirect_url.empty() || answer.redirect_url == on.attempt->redirect_url);
}

bool said_before(const occasion& on) {
  return on.attempt != nullptr && on.what.answer &&
         last_word(on.order, on.attempt->number) == on.what.answer->outcome;
}

bool mismatched_before(const occasion& on) {
  return on.attempt != nullptr &&
         std::ranges::any_of(on.order.evidence, [&on](const payment_evidence& e) {
           return e.attempt == on.attempt->number && e.code == mismatch_code;
         });
}

const refund_share* known_share(const occasion& on) {
  if (!on.what.share) return nullptr;
  const auto found =
      std::ranges::find(on.order.refunds, on.what.share->refund, &refund_share::refund);
  return found == on.order.refunds.end() ? nullptr : &*found;
}

bool exceeds(const occasion& on) {
  const auto wanted = on.what.share ? on.what.share->amount : minor_units{};
  return refundability_of(on.order, wanted).refusal == payment_refusal::exceeds_refundable;
}

bool share_is_reserved(const occasion& on) {
  const auto* share = known_share(on);
  return share != nullptr && !share->settled;
}

bool channel_refunds(const occasion& on) {
  return on.what.route && on.what.route->traits.refunds && on.attempt != nullptr &&
         on.attempt->number != on.order.head.paid_by;
}

}  // namespace

bool is_mismatched(const payment_state& order, const channel_answer& answer) {
  const bool speaks = answer.outcome == channel_outcome::succeeded ||
                      answer.outcome == channel_outcome::failed ||
                      answer.outcome == channel_outcome::pending;
  if (!speaks) return false;
  return (answer.amount.value != 0 && answer.amount != order.order.amount) ||
         (answer.ccy.code != 0 && answer.ccy != order.order.ccy) ||
         (!answer.merchant_at_bank.empty() &&
          answer.merchant_at_bank != order.order.merchant.value);
}

// The system may have begun many attempts of an order; its age is that of them all.
std::int64_t old_at(const payment_state& order, const payment_attempt& attempt,
                    const payment_policy& policy) {
  const bool payer = course_of(order.order) == payment_course::payer_pays;
  return (payer ? attempt.began_micros : order.order.created_micros) + policy.unknown_manual_after;
}

bool holds(step_condition condition, const occasion& on) {
  switch (condition) {
    case step_condition::always:
      return true;
    case step_condition::is_new:
      return on.order.head.version == 0;
    case step_condition::may_begin:
      return may_begin(on);
    case step_condition::may_resend:
      return may_resend(on);
    case step_condition::awaits_funds:
      return is_asked_intent(on) && next_intent(on.order)->may_be_refused;
    case step_condition::is_next_intent:
      return is_asked_intent(on);
    case step_condition::sent_before:
      return on.attempt != nullptr &&
             (on.attempt->sends > 1 || on.attempt->outcome == channel_outcome::pending);
    case step_condition::tries_left:
      return tries_left(on);
    case step_condition::cards_left:
      return cards_left(on);
    case step_condition::resends_left:
      return on.attempt != nullptr && on.what.route && on.what.route->traits.dedupes_by_reference &&
             on.attempt->sends < on.with.policy->unsent_attempts_max;
    case step_condition::says_nothing_new:
      return says_nothing_new(on);
    case step_condition::said_before:
      return said_before(on);
    case step_condition::mismatched_before:
      return mismatched_before(on);
    case step_condition::awaits_card:
      return awaits_card(on.order) && on.order.order.kind == payment_kind::quick_pay &&
             has_time(on);
    case step_condition::is_expired:
      return on.order.order.expires_micros > 0 && !has_time(on);
    case step_condition::is_old:
      return on.attempt != nullptr &&
             on.what.now_micros >= old_at(on.order, *on.attempt, *on.with.policy);
    case step_condition::no_case_yet:
      return on.order.cases == 0;
    case step_condition::share_known:
      return known_share(on) != nullptr;
    case step_condition::share_reserved:
      return share_is_reserved(on);
    case step_condition::is_taken_back:
      return intent_of(on.order, payment_transition::returned_by_bank) != nullptr;
    case step_condition::exceeds_refundable:
      return exceeds(on);
    case step_condition::awaits_reservation:
      return on.order.intents.empty();
    case step_condition::surplus_open:
      return on.attempt != nullptr && on.attempt->failure.code == surplus_code;
    case step_condition::channel_refunds:
      return channel_refunds(on);
  }
  return false;
}

}  // namespace suanpan::views
