// Fills in what a row of the step table asks for: attempt, evidence, intents, case, notification.
#include "actors/payment/payment_views.hpp"
#include "actors/payment/posting_rules.hpp"

#include <algorithm>
#include <array>

namespace suanpan::views {
namespace {

constexpr std::size_t code_bytes_max = 64;
constexpr std::size_t bank_number_bytes_max = 128;
constexpr std::size_t excerpt_bytes_max = 512;
constexpr std::size_t reasons_bytes_max = 512;
constexpr std::size_t note_bytes_max = 512;
constexpr std::size_t url_bytes_max = 2'048;

// 1 s, 2 s, 5 s, 10 s, 30 s, 1 min, 5 min, 15 min, 1 h: in times of the first pause.
constexpr std::array<std::int64_t, 9> pauses = {1, 2, 5, 10, 30, 60, 300, 900, 3'600};

std::int64_t query_pause(const payment_attempt& attempt, const payment_policy& policy) {
  const auto first =
      attempt.outcome == channel_outcome::pending ? policy.pending_query_first : policy.query_first;
  const auto at =
      std::min<std::size_t>(static_cast<std::size_t>(attempt.queries), pauses.size() - 1);
  return std::min(first * pauses[at], policy.query_most);
}

// Doubles each time.
std::int64_t doubled(std::int64_t first, std::int64_t times, std::int64_t most) {
  for (; times > 0 && first < most; --times) first *= 2;
  return std::min(first, most);
}

payment_failure failure_of(const step_row& row, const channel_answer& answer) {
  payment_failure failure = answer.failure;
  failure.code = clipped(failure.code.empty() ? "declined" : failure.code, code_bytes_max);
  failure.channel_code = clipped(failure.channel_code, code_bytes_max);
  if (row.when == step_condition::cards_left) failure.advice = retry_advice::retry_other_method;
  if (failure.advice == retry_advice::none) failure.advice = retry_advice::retry_never;
  return failure;
}

payment_failure failure_of(item_result booking) {
  const bool funds = booking == item_result::debit_insufficient_funds ||
                     booking == item_result::credit_insufficient_funds;
  return {funds ? "insufficient_funds" : std::string(name_of(booking)), "",
          retry_advice::retry_later};
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= code_bytes_max &&
         std::ranges::all_of(text, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
}

/// Why the attempt, or the order, came to nothing by this event.
payment_failure why_failed(const step_row& row, const occasion& on) {
  if (row.on == payment_event::channel_failed) return failure_of(row, *on.what.answer);
  if (row.on == payment_event::channel_never_had_it)
    return {"never_received", "", retry_advice::retry_later};
  if (row.on == payment_event::funds_refused || row.on == payment_event::funds_not_moved)
    return failure_of(on.what.booking);
  if (row.on == payment_event::reservation_refused)
    return {is_code(on.what.trouble) ? on.what.trouble : "not_refundable", "",
            retry_advice::retry_never};
  return {"channel_unavailable", "", retry_advice::retry_later};
}

// --- attempts
// -------------------------------------------------------------------------------------------------

channel_reference reference_of(const payment_order& order, std::int16_t attempt) {
  return {to_string(order.id).substr(4) + "-" + std::to_string(attempt)};
}

payment_attempt begun(const occasion& on) {
  const auto& policy = *on.with.policy;
  // Somebody asks, also where the answer is lost.
  const auto first_query =
      on.what.now_micros + policy.act_deadline + policy.lane_patience + policy.query_first;
  if (on.attempt != nullptr && on.attempt->open) {
    auto again = *on.attempt;
    ++again.sends;
    again.sent_after = static_cast<std::int16_t>(on.order.evidence.size());
    again.next_query_micros = first_query;
    return again;
  }
  payment_attempt fresh;
  const auto& before = on.order.attempts;
  fresh.number = static_cast<std::int16_t>(before.size() + 1);
  fresh.channel = on.what.route->channel;
  fresh.operation = operation_of(on.order.order);
  fresh.reference = reference_of(on.order.order, fresh.number);
  fresh.card = on.what.card ? *on.what.card : next_card_of(on.order);
  fresh.began_micros = on.what.now_micros;
  fresh.sends = 1;
  fresh.sent_after = static_cast<std::int16_t>(on.order.evidence.size());
  if (!before.empty()) {
    const auto* allowance = allowance_after(on.order, before.back().number);
    if (allowance != nullptr) fresh.allowed_by = allowance->number;
  }
  fresh.next_query_micros = first_query;
  fresh.route_reasons = clipped(on.what.route->reasons, reasons_bytes_max);
  return fresh;
}

void hear(payment_attempt& attempt, const channel_answer& answer) {
  attempt.outcome = answer.outcome;
  attempt.doubt = answer.doubt;
  if (!answer.bank_number.empty())
    attempt.bank_number = clipped(answer.bank_number, bank_number_bytes_max);
  if (!answer.redirect_url.empty() && answer.redirect_url.size() <= url_bytes_max)
    attempt.redirect_url = answer.redirect_url;
}

bool tells_something(payment_event event) {
  return event != payment_event::channel_asked && event != payment_event::answer_mismatched &&
         event != payment_event::no_route_found && event != payment_event::unknown_too_long;
}

payment_attempt gone_on(const step_row& row, const occasion& on) {
  auto attempt = *on.attempt;
  const auto* answer = on.what.answer ? &*on.what.answer : nullptr;
  if (answer != nullptr && tells_something(row.on)) hear(attempt, *answer);
  if (answer != nullptr && answer->door == answer_door::query) ++attempt.queries;
  const auto pause =
      on.order.head.stage == payment_stage::manual || row.then.to == payment_stage::manual
          ? on.with.policy->query_most
          : query_pause(attempt, *on.with.policy);
  attempt.next_query_micros = on.what.now_micros + pause;
  if (row.then.attempt == attempt_change::awaits_resend) attempt.next_query_micros = 0;
  return attempt;
}

payment_attempt ended(const step_row& row, const occasion& on) {
  auto attempt = *on.attempt;
  hear(attempt, *on.what.answer);
  attempt.open = false;
  attempt.ended_micros = on.what.now_micros;
  attempt.next_query_micros = 0;
  attempt.failure =
      row.on == payment_event::channel_succeeded ? payment_failure{} : why_failed(row, on);
  return attempt;
}

std::optional<payment_attempt> changed_attempt(const step_row& row, const occasion& on) {
  switch (row.then.attempt) {
    case attempt_change::none:
      return std::nullopt;
    case attempt_change::begins:
      return begun(on);
    case attempt_change::goes_on:
    case attempt_change::awaits_resend:
      if (on.attempt == nullptr || !on.attempt->open) return std::nullopt;
      return gone_on(row, on);
    case attempt_change::ends:
      return ended(row, on);
    case attempt_change::turns_out_paid: {
      auto attempt = *on.attempt;
      hear(attempt, *on.what.answer);
      const bool goes_back = row.then.acts.has(step_act::refund_surplus);
      attempt.failure = {std::string(goes_back ? surplus_code : surplus_kept_code), "",
                         retry_advice::none};
      return attempt;
    }
    case attempt_change::is_returned: {
      auto attempt = *on.attempt;
      attempt.failure.code = surplus_returned_code;
      return attempt;
    }
  }
  return std::nullopt;
}

payment_evidence evidence_of(const step_row& row, const occasion& on) {
  const auto& answer = *on.what.answer;
  payment_evidence evidence;
  evidence.number = static_cast<std::int16_t>(on.order.evidence.size() + 1);
  evidence.attempt = on.attempt == nullptr ? std::int16_t{0} : on.attempt->number;
  evidence.door = answer.door;
  evidence.outcome = answer.outcome;
  evidence.doubt = answer.doubt;
  evidence.allows_new_number = row.then.allows_new_number;
  evidence.asked_micros = answer.asked_micros;
  // Not before the order could judge it: what came while a send was being committed waited for it.
  evidence.came_micros = std::max(answer.came_micros, on.what.now_micros);
  evidence.code = clipped(answer.failure.code, code_bytes_max);
  if (row.on == payment_event::answer_mismatched) evidence.code = mismatch_code;
  evidence.bank_number = clipped(answer.bank_number, bank_number_bytes_max);
  evidence.excerpt = clipped(answer.excerpt, excerpt_bytes_max);
  return evidence;
}

// --- vouchers, shares
// -------------------------------------------------------------------------------------------------

void change_intent(const step_row& row, const occasion& on, payment_step& step) {
  if (row.then.intent == ledger_change::none) return;
  auto intent = *next_intent(on.order);
  if (row.then.intent == ledger_change::refused) {
    // One that says nothing is a refusal all the same.
    intent.refusal = on.what.booking == item_result::none ? item_result::internal : on.what.booking;
  } else {
    intent.booked = true;
    intent.redirected = row.then.intent == ledger_change::redirected;
  }
  step.intents.push_back(std::move(intent));
}

void add_intents(const step_row& row, const occasion& on, payment_step& step) {
  posting_occasion when;
  when.number = static_cast<std::int16_t>(on.order.intents.size());
  when.at_micros = on.what.now_micros;
  if (on.attempt != nullptr) when.channel = on.attempt->channel;
  for (const auto transition : row.then.books) {
    if (transition == payment_transition{}) continue;
    when.transition = transition;
    ++when.number;
    const bool ends_hold =
        transition == payment_transition::captured || transition == payment_transition::released;
    if (ends_hold) {
      step.intents.push_back(
          end_of_hold(*intent_of(on.order, payment_transition::held), on.order.order, when));
    } else if (auto intent = on.with.rules->intent_for(on.order.order, when)) {
      step.intents.push_back(std::move(*intent));
    } else {
      --when.number;  // nothing moves, so nothing is booked
    }
  }
}

void change_share(const step_row& row, const occasion& on, payment_step& step) {
  if (row.then.share == share_change::none) return;
  const auto known =
      std::ranges::find(on.order.refunds, on.what.share->refund, &refund_share::refund);
  refund_share share = known == on.order.refunds.end() ? *on.what.share : *known;
  auto& head = step.head;
  if (row.then.share == share_change::reserved) {
    share.settled = false;
    head.refund_reserved.value += share.amount.value;
  } else {
    head.refund_reserved.value -= share.amount.value;
    share.settled = row.then.share == share_change::settled;
    if (share.settled) {
      head.refunded.value += share.amount.value;
    } else {
      share.amount = {};
    }
  }
  step.share = share;
}

// --- the head, people
// -------------------------------------------------------------------------------------------------

void change_head(const step_row& row, const occasion& on, payment_step& step) {
  auto& head = step.head;
  ++head.version;
  const auto before = head.stage;
  if (!row.then.stays) head.stage = row.then.to;
  if (row.on == payment_event::channel_succeeded) head.paid_by = on.attempt->number;
  if (head.stage == before && row.then.stays) return;
  if (is_terminal(head.stage)) head.finished_micros = on.what.now_micros;
  if (head.stage == payment_stage::closed) return;  // why the last attempt failed stays told
  head.failure = {};
  const bool awaits_payer = row.when == step_condition::cards_left;
  if (head.stage == payment_stage::failed || awaits_payer) head.failure = why_failed(row, on);
}

/// When the system tries again, where it is to; 0: it is not.
std::int64_t next_try_at(const step_row& row, const occasion& on, const payment_state& after) {
  const auto& policy = *on.with.policy;
  const auto now = on.what.now_micros;
  if (row.then.attempt == attempt_change::awaits_resend)
    return now + doubled(policy.system_retry_first, on.attempt->sends - 1, policy.query_most);
  if (row.then.stays) return on.order.head.due_micros;
  if (after.head.stage != payment_stage::created || awaits_card(after)) return 0;
  const auto age = now - on.order.order.created_micros;
  if (course_of(on.order.order) == payment_course::returning_surplus &&
      row.on != payment_event::requested)
    return now + std::clamp(age, policy.system_retry_first, policy.query_most);
  const auto tries = static_cast<std::int64_t>(on.order.attempts.size()) - 1;
  if (row.on == payment_event::channel_unsent)
    return now + doubled(policy.unsent_retry, tries, policy.query_most);
  if (row.on == payment_event::channel_never_had_it)
    return now + doubled(policy.system_retry_first, tries, policy.query_most);
  return 0;
}

std::string summary_of(case_reason reason, const occasion& on) {
  const std::string attempt =
      on.attempt == nullptr ? "" : " of attempt " + std::to_string(on.attempt->number);
  const std::string channel =
      on.attempt == nullptr ? "" : " at channel " + on.attempt->channel.value;
  switch (reason) {
    case case_reason::unknown_too_long:
      return "The outcome" + attempt + channel + " is unknown for too long; it is still asked.";
    case case_reason::success_after_end:
      return "A success" + attempt + channel + " came too many: the money is booked as surplus.";
    case case_reason::failure_after_success:
      return "The bank took the money" + attempt + channel + " back after it had succeeded.";
    case case_reason::answer_mismatched:
      return "An answer about the reference" + attempt + channel +
             " names another amount, currency or merchant; nothing was changed.";
    case case_reason::booking_redirected:
      return "Voucher " + std::to_string(on.what.intent) +
             " was booked on suspense: " + clipped(on.what.trouble, excerpt_bytes_max);
    case case_reason::refund_stuck:
      return "The system's refund of a surplus does not come about" + channel + ".";
    case case_reason::paid_after_all:
      return "The bank paid what had ended otherwise" + attempt + channel +
             ": it is booked on suspense.";
  }
  return "A person must look.";
}

}  // namespace

payment_step written(const step_row& row, const occasion& on, const payment_order* opens) {
  payment_step step;
  step.order = on.order.order.id;
  step.merchant = on.order.order.merchant;
  step.shard = on.order.shard;
  step.event = row.on;
  step.rule = rule_text(on.order.order.kind, on.order.head.stage, row);
  step.note = clipped(on.what.trouble.empty() ? std::string(row.why)
                                              : std::string(row.why) + ": " + on.what.trouble,
                      note_bytes_max);
  step.at_micros = on.what.now_micros;
  step.head = on.order.head;
  if (opens != nullptr) step.opens = *opens;
  change_head(row, on, step);
  step.attempt = changed_attempt(row, on);
  if (row.then.evidence) step.evidence = evidence_of(row, on);
  change_intent(row, on, step);
  add_intents(row, on, step);
  change_share(row, on, step);
  if (row.then.opens != case_reason{}) {
    payment_case opened;
    opened.number = static_cast<std::int16_t>(on.order.cases + 1);
    opened.reason = row.then.opens;
    opened.evidence = step.evidence ? step.evidence->number : std::int16_t{0};
    opened.summary = summary_of(opened.reason, on);
    opened.opened_micros = on.what.now_micros;
    step.opens_case = std::move(opened);
  }
  payment_state after = on.order;
  apply(after, step);
  after.head.due_micros = step.head.due_micros = next_try_at(row, on, after);
  const auto due = due_of(after, *on.with.policy);
  after.head.due_micros = step.head.due_micros = due ? due->at_micros : 0;
  if (!row.then.tells.empty()) {
    const auto* about = step.attempt ? &*step.attempt : on.attempt;
    step.notifications.push_back(
        notification_of(after, row.then.tells, {on.what.now_micros, about}));
  }
  return step;
}

}  // namespace suanpan::views
