// Private to the payment rules: what they often ask of an order. Pure.
#pragma once

#include "actors/payment/payment_rules.hpp"
#include "actors/payment/step_table.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace suanpan::views {

/// The attempt that may still become anything; there is at most one, and it is the last. Null:
/// none.
[[nodiscard]] inline const payment_attempt* open_attempt(const payment_state& order) noexcept {
  return order.attempts.empty() || !order.attempts.back().open ? nullptr : &order.attempts.back();
}
[[nodiscard]] inline const payment_attempt* attempt_of(const payment_state& order,
                                                       const channel_reference& reference) {
  const auto found = std::ranges::find(order.attempts, reference, &payment_attempt::reference);
  return found == order.attempts.end() ? nullptr : &*found;
}

[[nodiscard]] inline bool is_settled(const booking_intent& intent) noexcept {
  return intent.booked || intent.refusal != item_result::none;
}
/// The first that is not settled: the only one that may be booked now. Null: none (R22).
[[nodiscard]] inline const booking_intent* next_intent(const payment_state& order) noexcept {
  const auto found = std::ranges::find_if_not(order.intents, is_settled);
  return found == order.intents.end() ? nullptr : &*found;
}
[[nodiscard]] inline const booking_intent* intent_of(const payment_state& order,
                                                     payment_transition transition) noexcept {
  const auto found = std::ranges::find(order.intents, transition, &booking_intent::transition);
  return found == order.intents.end() ? nullptr : &*found;
}

/// Funds are held, where the order's course holds any.
[[nodiscard]] inline bool may_go_to_channel(const payment_state& order) noexcept {
  const auto course = course_of(order.order);
  if (course != payment_course::paying_out && course != payment_course::refunding) return true;
  const auto* held = intent_of(order, payment_transition::held);
  return held != nullptr && held->booked;
}

/// A quick pay, or another act of the payer, that failed and may be tried again.
[[nodiscard]] inline bool awaits_card(const payment_state& order) noexcept {
  return order.head.stage == payment_stage::created && !order.head.failure.code.empty();
}
/// The system will try again, when its time comes.
[[nodiscard]] inline bool awaits_next_attempt(const payment_state& order) noexcept {
  return order.head.stage == payment_stage::created && order.head.failure.code.empty() &&
         may_go_to_channel(order) && open_attempt(order) == nullptr &&
         (!order.attempts.empty() || (course_of(order.order) == payment_course::returning_surplus &&
                                      order.head.due_micros > 0));
}
/// Not asked about, but sent again under the same reference, when its time comes.
[[nodiscard]] inline bool awaits_resend(const payment_state& order) noexcept {
  const auto* attempt = open_attempt(order);
  return order.head.stage == payment_stage::unknown && attempt != nullptr &&
         attempt->next_query_micros == 0;
}

/// The newest evidence that allows another number after this attempt (R20). Null: none.
[[nodiscard]] inline const payment_evidence* allowance_after(const payment_state& order,
                                                             std::int16_t attempt) noexcept {
  for (auto it = order.evidence.rbegin(); it != order.evidence.rend(); ++it)
    if (it->attempt == attempt && it->allows_new_number) return &*it;
  return nullptr;
}

/// Marks evidence that was about something else than what we asked for.
inline constexpr std::string_view mismatch_code = "answer_mismatched";
/// Marks attempts whose money is a surplus: to be sent back, to be handled by people, sent back.
inline constexpr std::string_view surplus_code = "surplus";
inline constexpr std::string_view surplus_kept_code = "surplus_kept";
inline constexpr std::string_view surplus_returned_code = "surplus_returned";

/// What was last said for certain about an attempt: succeeded, failed; unknown: neither yet.
[[nodiscard]] inline channel_outcome last_word(const payment_state& order,
                                               std::int16_t attempt) noexcept {
  for (auto it = order.evidence.rbegin(); it != order.evidence.rend(); ++it) {
    const bool certain =
        it->outcome == channel_outcome::succeeded || it->outcome == channel_outcome::failed;
    if (it->attempt == attempt && certain && it->code != mismatch_code) return it->outcome;
  }
  return channel_outcome::unknown;
}

/// At most so many bytes, and no torn UTF-8.
[[nodiscard]] inline std::string clipped(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

/// Whether the bank speaks about something else than we asked for.
[[nodiscard]] bool is_mismatched(const payment_state& order, const channel_answer& answer);
/// When an attempt is too old for machines alone; Unix microseconds.
[[nodiscard]] std::int64_t old_at(const payment_state& order, const payment_attempt& attempt,
                                  const payment_policy& policy);

/// What one decision is about.
struct occasion {
  const payment_state& order;
  const payment_happening& what;
  const payment_setting& with;
  const payment_attempt* attempt = nullptr;  // that an answer is about, else the open one
};
/// Whether the condition of a row holds.
[[nodiscard]] bool holds(step_condition condition, const occasion& on);
/// Fills in what the row asks for. `opens`: of the first step.
[[nodiscard]] payment_step written(const step_row& row, const occasion& on,
                                   const payment_order* opens);
/// When it happened, and the attempt that it is about, where it is about one.
struct notified_about {
  std::int64_t at_micros = 0;
  const payment_attempt* attempt = nullptr;
};
/// "payment.succeeded" and its JSON, complete; `after`: how the order stands then, without it.
[[nodiscard]] payment_notification notification_of(const payment_state& after,
                                                   std::string_view what,
                                                   const notified_about& about);

}  // namespace suanpan::views
