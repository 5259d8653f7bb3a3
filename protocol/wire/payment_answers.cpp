#include "protocol/wire/payment_answers.hpp"

#include "suanpan/v1/payment_life.pb.h"

#include <algorithm>

namespace suanpan::wire {
namespace {

// When asking again tells something new, most likely.
constexpr std::int64_t query_least_ms = 1'000;
constexpr std::int64_t query_people_ms = 600'000;

std::string number_text(const std::optional<payment_id>& id) {
  return id ? to_string(*id) : std::string();
}

const payment_attempt* live_attempt(const payment_state& order) noexcept {
  const bool any = !order.attempts.empty() && order.attempts.back().open;
  return any ? &order.attempts.back() : nullptr;
}

/// A little after the system asks the bank itself.
std::int64_t query_after(const payment_state& order, std::int64_t now_micros) noexcept {
  if (order.head.stage == payment_stage::manual) return query_people_ms;
  const auto* attempt = live_attempt(order);
  if (attempt == nullptr || attempt->next_query_micros == 0) return query_least_ms;
  const auto until = (attempt->next_query_micros - now_micros) / 1'000 + query_least_ms;
  return std::max(until, query_least_ms);
}

void fill(const payment_failure& from, v1::PaymentFailure& to) {
  to.set_code(from.code);
  to.set_channel_code(from.channel_code);
  to.set_advice(static_cast<v1::PaymentAdvice>(from.advice));
}

/// Nothing was said about it yet.
bool is_unanswered(const payment_attempt& attempt) noexcept {
  return attempt.open && attempt.outcome == channel_outcome::unknown &&
         attempt.doubt == channel_doubt::none;
}

void fill(const payment_attempt& from, v1::PaymentAttempt& to) {
  to.set_number(static_cast<std::uint32_t>(from.number));
  to.set_channel(from.channel.value);
  to.set_operation(std::string(name_of(from.operation)));
  to.set_reference(from.reference.value);
  to.set_card(from.card.value);
  to.set_open(from.open);
  if (!is_unanswered(from)) to.set_outcome(static_cast<v1::ChannelOutcome>(from.outcome));
  to.set_doubt(static_cast<v1::ChannelDoubt>(from.doubt));
  if (!from.failure.code.empty()) fill(from.failure, *to.mutable_failure());
  to.set_bank_number(from.bank_number);
  to.set_sends(static_cast<std::uint32_t>(from.sends));
  to.set_queries(static_cast<std::uint32_t>(from.queries));
  to.set_began_at_micros(from.began_micros);
  to.set_ended_at_micros(from.ended_micros);
  to.set_next_query_at_micros(from.next_query_micros);
  to.set_allowed_by(static_cast<std::uint32_t>(from.allowed_by));
}

void fill(const payment_order& from, v1::Payment& to) {
  to.set_id(to_string(from.id));
  to.set_merchant(from.merchant.value);
  to.set_order_number(from.number.value);
  to.set_kind(static_cast<v1::PaymentKind>(from.kind));
  to.set_amount(from.amount.value);
  to.set_currency(std::string(letters(from.ccy)));
  to.set_exponent(exponent(from.ccy));
  to.set_fee(from.fee.value);
  to.set_card(from.card.value);
  to.set_payer(from.payer);
  to.set_payee(from.payee);
  to.set_original(number_text(from.original));
  to.set_return_url(from.return_url);
  to.set_description(from.description);
  to.set_created_at_micros(from.created_micros);
  to.set_expires_at_micros(from.expires_micros);
}

void fill(const intended_leg& from, v1::PaymentPostingLeg& to) {
  to.set_debit_owner(from.debit.owner);
  to.set_debit_subject(from.debit.subject);
  to.set_credit_owner(from.credit.owner);
  to.set_credit_subject(from.credit.subject);
  to.set_amount(from.amount.value);
}

void fill(const told_step& from, v1::PaymentStep& to) {
  to.set_version(static_cast<std::uint32_t>(from.version));
  to.set_event(std::string(name_of(from.event)));
  to.set_state(static_cast<v1::PaymentState>(from.stage));
  to.set_rule(from.rule);
  to.set_note(from.note);
  to.set_at_micros(from.at_micros);
}

std::string kind_text(transfer_kind kind) {
  switch (kind) {
    case transfer_kind::hold:
      return "hold";
    case transfer_kind::capture:
      return "capture";
    case transfer_kind::void_hold:
      return "void";
    case transfer_kind::post:
    case transfer_kind::balancing_debit:
    case transfer_kind::balancing_credit:
    case transfer_kind::reverse:
      return "post";
  }
  return "post";
}

}  // namespace

retry_advice advice_of(const payment_state& order) noexcept {
  switch (order.head.stage) {
    case payment_stage::processing:
    case payment_stage::unknown:
    case payment_stage::manual:
      return retry_advice::query_first;
    case payment_stage::created:
      return order.head.failure.code.empty() ? retry_advice::query_first
                                             : order.head.failure.advice;
    case payment_stage::failed:
      return order.head.failure.advice;
    case payment_stage::succeeded:
    case payment_stage::closed:
      return retry_advice::none;
  }
  return retry_advice::query_first;
}

bool is_booked(const payment_state& order) noexcept {
  return std::ranges::all_of(order.intents, [](const booking_intent& intent) {
    return intent.booked || intent.refusal != item_result::none;
  });
}

void fill(const payment_state& from, std::int64_t now_micros, v1::Payment& to) {
  const auto& head = from.head;
  fill(from.order, to);
  to.set_state(static_cast<v1::PaymentState>(head.stage));
  const bool says_why = head.stage == payment_stage::failed || head.stage == payment_stage::created;
  if (says_why && !head.failure.code.empty()) fill(head.failure, *to.mutable_failure());
  const auto advice = advice_of(from);
  to.set_advice(static_cast<v1::PaymentAdvice>(advice));
  if (advice == retry_advice::query_first) to.set_query_after_ms(query_after(from, now_micros));
  if (const auto* attempt = live_attempt(from); attempt != nullptr && !is_terminal(head.stage))
    to.set_redirect_url(attempt->redirect_url);
  to.set_refunded(head.refunded.value);
  to.set_refund_reserved(head.refund_reserved.value);
  for (const auto& attempt : from.attempts) fill(attempt, *to.add_attempts());
  to.set_finished_at_micros(head.finished_micros);
  to.set_booked(is_booked(from));
  to.set_version(static_cast<std::uint32_t>(head.version));
}

void fill(const payment_case& from, v1::PaymentCase& to) {
  to.set_number(static_cast<std::uint32_t>(from.number));
  to.set_reason(std::string(name_of(from.reason)));
  to.set_evidence(static_cast<std::uint32_t>(from.evidence));
  to.set_summary(from.summary);
  to.set_opened_at_micros(from.opened_micros);
}

void fill(const payment_evidence& from, v1::PaymentEvidence& to) {
  to.set_number(static_cast<std::uint32_t>(from.number));
  to.set_attempt(static_cast<std::uint32_t>(from.attempt));
  to.set_door(static_cast<v1::AnswerDoor>(from.door));
  to.set_outcome(static_cast<v1::ChannelOutcome>(from.outcome));
  to.set_doubt(static_cast<v1::ChannelDoubt>(from.doubt));
  to.set_allows_new_attempt(from.allows_new_number);
  to.set_asked_at_micros(from.asked_micros);
  to.set_came_at_micros(from.came_micros);
  to.set_code(from.code);
  to.set_bank_number(from.bank_number);
  to.set_excerpt(from.excerpt);
}

void fill(const booking_intent& from, const payment_id& order, v1::PaymentPosting& to) {
  to.set_number(static_cast<std::uint32_t>(from.number));
  to.set_transition(std::string(name_of(from.transition)));
  to.set_kind(kind_text(from.kind));
  for (std::size_t leg = 0; leg < from.legs.size(); ++leg) {
    auto& told = *to.add_legs();
    fill(from.legs[leg], told);
    const auto id = voucher_leg_id(order, from, leg);
    told.set_transfer_id(id.bytes.data(), id.bytes.size());
  }
  to.set_caused_at_micros(from.caused_micros);
  to.set_booked(from.booked);
  to.set_redirected(from.redirected);
  if (from.refusal != item_result::none) to.set_refusal(std::string(name_of(from.refusal)));
}

void fill(const told_notification& from, v1::PaymentNotification& to) {
  to.set_sequence(static_cast<std::uint32_t>(from.what.sequence));
  to.set_type(from.what.type);
  to.set_caused_at_micros(from.what.caused_micros);
  to.set_attempts(static_cast<std::uint32_t>(from.attempts));
  to.set_acknowledged(from.acknowledged);
  to.set_given_up(from.given_up);
  to.set_next_at_micros(from.next_micros);
  to.set_trouble(from.trouble);
}

void fill(const payment_life& from, std::int64_t now_micros, v1::PaymentLife& to) {
  const auto& state = from.state;
  fill(state, now_micros, *to.mutable_payment());
  for (std::size_t i = 0; i < state.attempts.size(); ++i)
    to.mutable_payment()
        ->mutable_attempts(static_cast<int>(i))
        ->set_route_reasons(state.attempts[i].route_reasons);
  for (const auto& step : from.steps) fill(step, *to.add_steps());
  for (const auto& evidence : state.evidence) fill(evidence, *to.add_evidence());
  for (const auto& intent : state.intents) fill(intent, state.order.id, *to.add_postings());
  for (const auto& notification : from.notifications) {
    auto& told = *to.add_notifications();
    fill(notification, told);
    told.set_body(notification.what.body);
  }
  for (const auto& each : from.cases) fill(each, *to.add_cases());
  for (const auto& share : state.refunds) {
    auto& refund = *to.add_refunds();
    refund.set_payment_id(to_string(share.refund));
    refund.set_amount(share.amount.value);
    refund.set_settled(share.settled);
  }
  to.set_paid_by(static_cast<std::uint32_t>(state.head.paid_by));
}

}  // namespace suanpan::wire
