// What is to be done: once a step is durable, after a crash, and when time has come. Acts are
// idempotent but for submit, which follows its own step and nothing else (R19).
#include "actors/payment/payment_views.hpp"

namespace suanpan {
namespace {

using namespace views;

bool all_settled(const payment_state& order) {
  return next_intent(order) == nullptr;
}

// Only the first that is not settled, and not while it is being booked already (R22).
void add_booking(const payment_state& order, const payment_step& step,
                 std::vector<payment_act>& acts) {
  const auto* next = next_intent(order);
  if (next == nullptr) return;
  const bool is_new = std::ranges::any_of(
      step.intents, [next](const booking_intent& i) { return i.number == next->number; });
  const bool settled_one = std::ranges::any_of(step.intents, is_settled);
  if (is_new || settled_one) acts.push_back(book_next{next->number});
}

void add_told_refunds(const payment_state& order, std::vector<payment_act>& acts) {
  if (!all_settled(order)) return;  // a refund's hold waits for the bookings before it (R22)
  for (const auto& share : order.refunds)
    if (!share.settled) acts.push_back(tell_refund{share.refund, true});
}

std::optional<payment_event> told_to_original(const payment_state& order) {
  const bool paid = order.head.stage == payment_stage::succeeded;
  switch (course_of(order.order)) {
    case payment_course::refunding:
    case payment_course::refunding_inside:
      if (order.head.stage == payment_stage::created) return payment_event::refund_reserved;
      return paid ? payment_event::refund_settled : payment_event::refund_released;
    case payment_course::returning_surplus:
      if (paid) return payment_event::surplus_returned;
      return std::nullopt;
    case payment_course::payer_pays:
    case payment_course::system_draws:
    case payment_course::paying_out:
    case payment_course::transferring:
      return std::nullopt;
  }
  return std::nullopt;
}

void add_act(step_act what, const payment_state& order, const payment_step& step,
             std::vector<payment_act>& acts) {
  switch (what) {
    case step_act::choose_channel:
      acts.push_back(choose_channel{});
      return;
    case step_act::submit:
      acts.push_back(submit_attempt{step.attempt->number});
      return;
    case step_act::book:
      add_booking(order, step, acts);
      return;
    case step_act::tell_merchant:
      if (!step.notifications.empty()) acts.push_back(tell_merchant{});
      return;
    case step_act::answer_callers:
      if (is_answerable(order)) acts.push_back(answer_callers{});
      return;
    case step_act::tell_original:
      if (const auto event = told_to_original(order)) acts.push_back(tell_original{*event});
      return;
    case step_act::tell_refund:
      add_told_refunds(order, acts);
      return;
    case step_act::refund_surplus:
      acts.push_back(refund_surplus{step.attempt->number});
      return;
  }
}

// Of an order that has not ended.
void resume_open(const payment_state& order, std::vector<payment_act>& acts) {
  if (const auto* attempt = open_attempt(order)) {
    acts.push_back(query_attempt{attempt->number});  // never sent: it may have been (R20)
    return;
  }
  if (order.head.stage != payment_stage::created) return;
  const auto course = course_of(order.order);
  const bool reserves =
      course == payment_course::refunding || course == payment_course::refunding_inside;
  if (reserves && order.intents.empty()) {
    acts.push_back(tell_original{payment_event::refund_reserved});
    return;
  }
  if (order.attempts.empty() && may_go_to_channel(order) && !awaits_card(order) &&
      !awaits_next_attempt(order))
    acts.push_back(choose_channel{});
}

}  // namespace

std::vector<payment_act> acts_of(const payment_state& order, const payment_step& step) {
  std::vector<payment_act> acts;
  const auto* row = find_rule(order.order, step.rule);
  if (row == nullptr) return acts;
  for (const auto act : step_acts)
    if (row->then.acts.has(act)) add_act(act, order, step, acts);
  return acts;
}

std::vector<payment_act> resume(const payment_state& order) {
  std::vector<payment_act> acts;
  if (const auto* next = next_intent(order)) acts.push_back(book_next{next->number});
  if (!is_terminal(order.head.stage)) resume_open(order, acts);
  if (is_terminal(order.head.stage))
    if (const auto event = told_to_original(order)) acts.push_back(tell_original{*event});
  add_told_refunds(order, acts);
  for (const auto& attempt : order.attempts)
    if (attempt.failure.code == surplus_code) acts.push_back(refund_surplus{attempt.number});
  return acts;
}

std::optional<payment_due> due_of(const payment_state& order, const payment_policy& policy) {
  std::optional<payment_due> first;
  const auto add = [&first](std::int64_t at, payment_timer what) {
    if (at > 0 && (!first || at < first->at_micros)) first = payment_due{at, what};
  };
  if (is_terminal(order.head.stage)) return first;
  if (const auto* attempt = open_attempt(order)) {
    if (order.head.stage != payment_stage::manual)
      add(old_at(order, *attempt, policy), payment_timer::hand_to_people);
    if (awaits_resend(order))
      add(order.head.due_micros, payment_timer::next_attempt);
    else
      add(attempt->next_query_micros, payment_timer::query);
    return first;
  }
  if (order.head.stage != payment_stage::created) return first;
  if (collects(order.order.kind)) add(order.order.expires_micros, payment_timer::expiry);
  if (awaits_next_attempt(order)) add(order.head.due_micros, payment_timer::next_attempt);
  return first;
}

std::variant<payment_act, payment_event> on_due(payment_timer what, const payment_state& order) {
  const auto* attempt = open_attempt(order);
  switch (what) {
    case payment_timer::query:
      return payment_act{query_attempt{attempt == nullptr ? std::int16_t{0} : attempt->number}};
    case payment_timer::next_attempt: {
      const bool bound = attempt != nullptr ||
                         (order.order.kind == payment_kind::refund && !order.attempts.empty());
      return payment_act{choose_channel{bound ? order.attempts.back().channel : channel_name{}}};
    }
    case payment_timer::expiry:
      return payment_event::expired;
    case payment_timer::hand_to_people:
      return payment_event::unknown_too_long;
  }
  return payment_event::expired;
}

bool is_answerable(const payment_state& order) {
  switch (order.head.stage) {
    case payment_stage::created:
      return awaits_card(order);
    case payment_stage::processing:
      return !order.attempts.empty() && !order.attempts.back().redirect_url.empty();
    case payment_stage::unknown:
    case payment_stage::manual:
      return true;
    case payment_stage::succeeded:
    case payment_stage::failed:
    case payment_stage::closed:
      return !order.order.books_before_answer || all_settled(order);
  }
  return false;
}

bool is_at_rest(const payment_state& order) {
  return is_terminal(order.head.stage) && all_settled(order);
}

channel_operation operation_of(const payment_order& order) {
  switch (order.kind) {
    case payment_kind::online_bank_pay:
      return channel_operation::open_online;
    case payment_kind::payout:
    case payment_kind::withdrawal:
      return channel_operation::payout;
    case payment_kind::refund:
      return channel_operation::refund;
    case payment_kind::top_up:
    case payment_kind::transfer:
    case payment_kind::quick_pay:
    case payment_kind::withholding:
      return channel_operation::charge;
  }
  return channel_operation::charge;
}

card_id next_card_of(const payment_state& order) {
  return order.attempts.empty() ? order.order.card : order.attempts.back().card;
}

channel_request request_of(const payment_state& order, const payment_attempt& attempt,
                           bool as_query) {
  channel_request request;
  request.operation = as_query ? channel_operation::query : attempt.operation;
  request.reference = attempt.reference;
  request.merchant = order.order.merchant;
  request.amount = order.order.amount;
  request.ccy = order.order.ccy;
  request.return_url = order.order.return_url;
  return request;
}

}  // namespace suanpan
