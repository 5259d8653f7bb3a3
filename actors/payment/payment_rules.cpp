#include "actors/payment/payment_rules.hpp"

#include "actors/payment/payment_views.hpp"
#include "actors/payment/posting_rules.hpp"

#include <limits>

namespace suanpan {
namespace {

using namespace views;

bool is_about_answer(payment_event event) {
  switch (event) {
    case payment_event::channel_succeeded:
    case payment_event::channel_failed:
    case payment_event::channel_pending:
    case payment_event::channel_silent:
    case payment_event::channel_unsent:
    case payment_event::channel_not_found:
    case payment_event::channel_never_had_it:
    case payment_event::channel_asked:
    case payment_event::succeeded_again:
    case payment_event::failed_after_success:
    case payment_event::answer_mismatched:
      return true;
    case payment_event::requested:
    case payment_event::attempt_began:
    case payment_event::no_route_found:
    case payment_event::funds_held:
    case payment_event::funds_refused:
    case payment_event::funds_moved:
    case payment_event::funds_not_moved:
    case payment_event::hold_released:
    case payment_event::booked:
    case payment_event::booking_redirected:
    case payment_event::retry_requested:
    case payment_event::close_requested:
    case payment_event::expired:
    case payment_event::unknown_too_long:
    case payment_event::refund_reserved:
    case payment_event::refund_released:
    case payment_event::refund_settled:
    case payment_event::reservation_made:
    case payment_event::reservation_refused:
    case payment_event::surplus_returned:
      return false;
  }
  return false;
}

// What is news about an attempt that has ended; anything else about it is known, or too late.
bool is_news_of_ended(payment_event event, const payment_state& order,
                      const payment_attempt& attempt) {
  if (event == payment_event::channel_succeeded)
    return last_word(order, attempt.number) != channel_outcome::succeeded;
  return event == payment_event::succeeded_again || event == payment_event::failed_after_success ||
         event == payment_event::answer_mismatched;
}

const payment_attempt* surplus_of(const payment_state& order, const refund_share& share) {
  for (const auto& attempt : order.attempts)
    if (surplus_refund_of(order, attempt.number, 0).id == share.refund) return &attempt;
  return nullptr;
}

payment_decision by_table(const occasion& on, const payment_order* opens) {
  const step_place place{course_of(on.order.order), on.order.head.stage, on.what.event};
  const auto& row =
      find_step(place, [&on](step_condition condition) { return holds(condition, on); });
  switch (row.verdict) {
    case step_verdict::recorded:
      return std::vector<payment_step>{written(row, on, opens)};
    case step_verdict::refused:
      return row.refusal;
    case step_verdict::passed:
    case step_verdict::impossible:
      break;
  }
  return passed_over{std::string(row.why)};
}

payment_decision decide_answer(const payment_state& order, payment_happening what,
                               const payment_setting& with) {
  if (!what.answer || !what.route) return passed_over{"no answer"};
  const auto* attempt = attempt_of(order, what.answer->reference);
  if (attempt == nullptr) return passed_over{"no attempt has this reference"};
  // The order may have changed since the answer was looked at.
  what.event = event_of(order, *what.answer, what.route->traits, *with.policy);
  if (!attempt->open && !is_news_of_ended(what.event, order, *attempt))
    return passed_over{"the attempt has ended"};
  return by_table({order, what, with, attempt}, nullptr);
}

payment_decision decide_retry(const payment_state& order, const payment_happening& what,
                              const payment_setting& with) {
  auto decision = by_table({order, what, with, nullptr}, nullptr);
  auto* steps = std::get_if<std::vector<payment_step>>(&decision);
  if (steps == nullptr) return decision;
  if (!what.route) return payment_refusal::no_channel;
  payment_state after = order;
  apply(after, steps->front());
  payment_happening next = what;
  next.event = payment_event::attempt_began;
  auto attempt = decide(after, next, with);
  if (auto* second = std::get_if<std::vector<payment_step>>(&attempt)) {
    steps->push_back(std::move(second->front()));
    return decision;
  }
  return payment_refusal::not_retryable;
}

template <class T>
void put(std::vector<T>& list, const T& item) {
  const auto index = static_cast<std::size_t>(item.number - 1);
  if (index < list.size()) {
    list[index] = item;
  } else {
    list.push_back(item);
  }
}

void put_share(payment_state& order, const refund_share& share) {
  const auto known = std::ranges::find(order.refunds, share.refund, &refund_share::refund);
  if (share.amount.value == 0) {
    if (known != order.refunds.end()) order.refunds.erase(known);
  } else if (known != order.refunds.end()) {
    *known = share;
  } else {
    order.refunds.push_back(share);
  }
}

}  // namespace

payment_decision open_order(const payment_order& order, shard_id shard,
                            const payment_setting& with) {
  const auto room = std::numeric_limits<std::int64_t>::max() - order.amount.value;
  if (order.amount.value <= 0 || order.fee.value < 0 || order.fee.value > room)
    return payment_refusal::amount_out_of_range;
  payment_state fresh;
  fresh.order = order;
  fresh.shard = shard;
  payment_happening what;
  what.event = payment_event::requested;
  what.now_micros = order.created_micros;
  return by_table({fresh, what, with, nullptr}, &order);
}

payment_decision decide(const payment_state& order, const payment_happening& what,
                        const payment_setting& with) {
  if (is_about_answer(what.event)) return decide_answer(order, what, with);
  if (what.event == payment_event::retry_requested) return decide_retry(order, what, with);
  if (what.event == payment_event::attempt_began && !what.route)
    return passed_over{"no channel is chosen"};
  const bool about_surplus = what.event == payment_event::surplus_returned && what.share;
  return by_table(
      {order, what, with, about_surplus ? surplus_of(order, *what.share) : open_attempt(order)},
      nullptr);
}

void apply(payment_state& order, const payment_step& step) {
  if (step.opens) {
    order.order = *step.opens;
    order.shard = step.shard;
  }
  order.head = step.head;
  if (step.attempt) put(order.attempts, *step.attempt);
  if (step.evidence) put(order.evidence, *step.evidence);
  for (const auto& intent : step.intents) put(order.intents, intent);
  if (step.share) put_share(order, *step.share);
  order.notifications += static_cast<std::int32_t>(step.notifications.size());
  if (step.opens_case) ++order.cases;
}

}  // namespace suanpan
