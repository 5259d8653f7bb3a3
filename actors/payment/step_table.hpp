// The step table of payments: course × stage × event -> the next stage, what is recorded, what is
// done once it is durable, and the rule of correctness behind it. It is the machine: the rules only
// fill in what a row asks for. README.md holds it printed; a test compares the two.
//
// Of the rows that fit a course, stage and event the first whose condition holds decides; the last
// of them always has none, so that no pair is without an answer (checked when this is compiled).
#pragma once

#include "protocol/model/payment_records.hpp"
#include "protocol/model/payment_refusal.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace suanpan {

/// Which way an order goes. Kinds share what they have in common.
enum class payment_course : std::uint8_t {
  payer_pays = 0,        // top-up, quick pay, online bank pay: somebody acts, so nothing is resent
  system_draws = 1,      // withholding
  paying_out = 2,        // payout, withdrawal: funds are held before
  transferring = 3,      // inside the ledger
  refunding = 4,         // through the channel that was paid through
  refunding_inside = 5,  // of a transfer
  returning_surplus = 6  // the system's own refund of a success too many
};
inline constexpr std::array<payment_course, 7> payment_courses = {
    payment_course::payer_pays,       payment_course::system_draws,
    payment_course::paying_out,       payment_course::transferring,
    payment_course::refunding,        payment_course::refunding_inside,
    payment_course::returning_surplus};
[[nodiscard]] std::string_view name_of(payment_course course);
[[nodiscard]] payment_course course_of(const payment_order& order) noexcept;

/// Under which condition a row counts. What each means exactly: step_conditions.
enum class step_condition : std::uint8_t {
  always,
  is_new,              // the order is not recorded yet
  may_begin,           // no attempt is open, funds are held, and what went before allows one (R20)
  may_resend,          // the channel dedupes, and said "not found" of the reference
  awaits_funds,        // this is the answer to the hold or posting that the order waits for
  is_next_intent,      // this is the first of its vouchers that is not settled
  sent_before,         // an earlier send of the reference proves nothing now
  tries_left,          // fewer attempts came to nothing than may
  cards_left,          // quick pay: another card may be tried, and there is time
  resends_left,        // the channel dedupes, and it was sent fewer times than may be
  says_nothing_new,    // as it was said before
  said_before,         // the last word about the attempt was the same
  mismatched_before,   // there is a case already
  channel_refunds,     // the channel can send money back
  awaits_card,         // a quick pay that waits for another card
  is_expired,          // its time is over
  is_old,              // open for longer than a machine should try alone
  share_known,         // the refund is known here
  is_taken_back,       // the bank took the payment back
  exceeds_refundable,  // more than is left
  share_reserved,      // the refund is under way
  awaits_reservation,  // the original has not answered
  surplus_open,        // that surplus is not returned yet
  no_case_yet,         // nobody was told
};
[[nodiscard]] std::string_view name_of(step_condition condition);

enum class step_verdict : std::uint8_t {
  recorded,    // a step is written
  passed,      // known already, or too late to matter: nothing is written
  refused,     // the merchant is told `refusal`
  impossible,  // can't happen; nothing is written, nothing breaks
};

/// What becomes of the attempt that the event is about.
enum class attempt_change : std::uint8_t {
  none,
  begins,         // a new one, or the open one is sent once more under its reference
  goes_on,        // stays open and is asked about by schedule
  awaits_resend,  // stays open; not asked about, but sent again
  ends,
  turns_out_paid,  // had ended, and was paid after all
  is_returned,     // a surplus, and the money is back
};

/// What becomes of the intent or the share that the event is about.
enum class ledger_change : std::uint8_t { none, booked, refused, redirected };
enum class share_change : std::uint8_t { none, reserved, released, settled };

/// What is done once the step is durable, in this order; acts_of fills in the numbers.
enum class step_act : std::uint8_t {
  choose_channel,
  submit,
  book,
  tell_merchant,
  answer_callers,
  tell_original,
  tell_refund,
  refund_surplus,
};
inline constexpr std::array<step_act, 8> step_acts = {
    step_act::choose_channel, step_act::submit,         step_act::book,
    step_act::tell_merchant,  step_act::answer_callers, step_act::tell_original,
    step_act::tell_refund,    step_act::refund_surplus};
[[nodiscard]] std::string_view name_of(step_act act);

/// A small set of enumerators, by bit.
template <class Enum>
struct bits_of {
  std::uint16_t bits = 0;
  constexpr bits_of() = default;
  template <class... Rest>
  constexpr bits_of(Enum first, Rest... rest)
      : bits(static_cast<std::uint16_t>((bit(first) | ... | bit(rest)))) {}
  [[nodiscard]] static constexpr unsigned bit(Enum e) noexcept {
    return 1U << static_cast<unsigned>(e);
  }
  [[nodiscard]] constexpr bool has(Enum e) const noexcept { return (bits & bit(e)) != 0; }
  [[nodiscard]] constexpr bool none() const noexcept { return bits == 0; }
  [[nodiscard]] friend constexpr bits_of operator|(bits_of a, bits_of b) noexcept {
    bits_of both;
    both.bits = a.bits | b.bits;
    return both;
  }
};
using course_set = bits_of<payment_course>;
using stage_set = bits_of<payment_stage>;
using act_set = bits_of<step_act>;

/// What a recorded row writes and does.
struct step_effect {
  bool stays = false;  // the stage does not change
  payment_stage to = payment_stage::created;
  attempt_change attempt = attempt_change::none;
  bool evidence = false;
  bool allows_new_number = false;  // the evidence does (R20)
  ledger_change intent = ledger_change::none;
  share_change share = share_change::none;
  std::array<payment_transition, 3> books{};  // new intents, in order; zero: none
  std::string_view tells{};                   // type of the notification, behind the noun
  case_reason opens{};                        // zero: no case
  act_set acts{};
};

struct step_row {
  course_set who;
  stage_set from;
  payment_event on = payment_event::requested;
  step_condition when = step_condition::always;
  step_verdict verdict = step_verdict::impossible;
  payment_refusal refusal = payment_refusal::none;
  step_effect then;
  std::string_view rule;  // of correctness: "R20"; empty: none in particular
  std::string_view why;   // for people, one sentence
};

[[nodiscard]] std::span<const step_row> all_steps() noexcept;

/// A cell of the table, and which of its rows decides.
struct step_place {
  payment_course course = payment_course::payer_pays;
  payment_stage stage = payment_stage::created;
  payment_event event = payment_event::requested;
};
template <class Holds>
[[nodiscard]] const step_row& find_step(const step_place& at, Holds holds) {
  const auto rows = all_steps();
  for (const auto& row : rows)
    if (row.on == at.event && row.who.has(at.course) && row.from.has(at.stage) && holds(row.when))
      return row;
  return rows.back();  // not reached: every cell ends with a row without a condition
}

/// "quick_pay/processing/channel_failed/cards_left": stored with the step.
[[nodiscard]] std::string rule_text(payment_kind kind, payment_stage from, const step_row& row);
/// The row that decided a step of the order; null: the text names none.
[[nodiscard]] const step_row* find_rule(const payment_order& order, std::string_view text);

/// The table in Markdown, as README.md holds it.
[[nodiscard]] std::string printed_step_table();

}  // namespace suanpan
