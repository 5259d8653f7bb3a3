// What becomes of an order: state, decide, apply, and what is to be done afterwards. Pure: no
// actor, no I/O, no clock; "now" comes with what happened. The step table (step_table.hpp) is the
// machine: a pair of stage and event that is not in it is an error of the table.
#pragma once

#include "protocol/model/channel_answer.hpp"
#include "protocol/model/payment_records.hpp"
#include "protocol/model/payment_refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace suanpan {

class posting_rules;

/// Bounds and schedules that the rules go by; all times in microseconds.
struct payment_policy {
  std::int64_t query_first = 1'000'000;          // pause before the first query of a silent attempt
  std::int64_t query_most = 3'600'000'000;       // pauses grow to this
  std::int64_t pending_query_first = 5'000'000;  // likewise where the bank said that it will tell
  std::int64_t unknown_manual_after =
      86'400'000'000;                   // an attempt that is open so long opens a case
  std::int64_t unsent_retry = 500'000;  // pause before the next attempt where nothing was sent
  std::int16_t unsent_attempts_max = 4;
  std::int64_t system_retry_first = 2'000'000;  // pause before a resend with evidence
  std::int64_t act_deadline = 2'000'000;  // R19: a commit older than this is fenced before its act
  std::int64_t lane_patience = 10'000'000;  // the most that a lane waits for an answer
  std::int16_t events_waiting_max = 64;     // of one order, while a step is being recorded
};

/// A channel that routing chose, with what the rules must know of it.
struct chosen_channel {
  channel_name channel;
  channel_traits traits;
  std::string reasons;  // candidates passed over and why, for people
};

/// One thing that happened. What a field is for says its comment; others are empty.
struct payment_happening {
  payment_event event = payment_event::requested;
  std::int64_t now_micros = 0;
  /// attempt_began, retry_requested: where to. channel_*: the channel that answered, its traits.
  /// no_route_found: only `reasons`.
  std::optional<chosen_channel> route;
  std::optional<card_id> card;              // retry_requested: which
  std::optional<channel_answer> answer;     // channel_*
  std::int16_t intent = 0;                  // funds_*, booked, booking_redirected, hold_released
  item_result booking = item_result::none;  // likewise
  std::string trouble;                      // booking_redirected: why
  std::optional<refund_share> share;        // refund_*, reservation_*
};

/// Nothing to write: known already, or too late to matter.
struct passed_over {
  std::string why;
};
/// Steps of one order, to be recorded together; or why a merchant's wish is refused.
using payment_decision = std::variant<std::vector<payment_step>, payment_refusal, passed_over>;

/// Settings that stay: policy and posting rules outlive every call.
struct payment_setting {
  const payment_policy* policy = nullptr;
  const posting_rules* rules = nullptr;
};

/// A channel's answer as an event of this order: live attempt or one that had ended, open order or
/// one that had ended (R21), of the right amount or not.
[[nodiscard]] payment_event event_of(const payment_state& order, const channel_answer& answer,
                                     const channel_traits& traits, const payment_policy& policy);

struct answer_heard {
  const payment_policy& policy;
  std::int64_t now_micros = 0;
};
/// A channel's answer as what happened to this order, ready to be decided. `by`: who answered.
[[nodiscard]] payment_happening answered(const payment_state& order, const channel_answer& answer,
                                         chosen_channel by, const answer_heard& with);

/// An order at its end that would record nothing of this: whoever says it needs no actor to hear
/// that it is known. Such an order's rows only grow by refunds and bookings, which don't change it.
[[nodiscard]] bool is_old_news(const payment_state& order, const payment_happening& what,
                               const payment_setting& with);

/// The first step of an order; `order` is complete.
[[nodiscard]] payment_decision open_order(const payment_order& order, shard_id shard,
                                          const payment_setting& with);
/// retry_requested gives two steps, to be recorded together: itself and the attempt (`route` is
/// needed: without one it is refused as no_channel). A refund_reserved that can't be is a refusal;
/// one that was made already is passed over, and the refund is to be told again.
[[nodiscard]] payment_decision decide(const payment_state& order, const payment_happening& what,
                                      const payment_setting& with);
/// The only way an order ever changes, live and at recovery. Precondition: the step's version
/// follows.
void apply(payment_state& order, const payment_step& step);

// --- what is to be done once a step is durable
// -------------------------------------------------------------------------------------------------
/// Choose a channel for the next attempt, then decide attempt_began or no_route_found.
struct choose_channel {
  /// Not empty: that channel and no other; a resend under the same reference, or another attempt of
  /// a refund. The first attempt of a refund goes to the channel of refunded_attempt().
  channel_name only;
};
/// Send the live attempt; only ever directly after its own step (R19, R20).
struct submit_attempt {
  std::int16_t attempt = 0;
};
struct query_attempt {
  std::int16_t attempt = 0;
};
struct book_next {
  std::int16_t intent = 0;
};
/// Tell the notifier of the step's notifications.
struct tell_merchant {};
/// Callers who wait may be answered: terminal, or redirect, or unknown.
struct answer_callers {};
struct tell_original {
  payment_event event = payment_event::refund_reserved;  // or refund_settled, refund_released
};
/// From the original: answer of a reservation.
struct tell_refund {
  payment_id refund;
  bool reserved = false;
};
/// The system refunds a surplus (R21).
struct refund_surplus {
  std::int16_t attempt = 0;
};
using payment_act =
    std::variant<choose_channel, submit_attempt, query_attempt, book_next, tell_merchant,
                 answer_callers, tell_original, tell_refund, refund_surplus>;
/// In the order in which they are to be done. `order` is as it stands after the step.
[[nodiscard]] std::vector<payment_act> acts_of(const payment_state& order,
                                               const payment_step& step);
/// What a crash may have swallowed. Never submit_attempt.
[[nodiscard]] std::vector<payment_act> resume(const payment_state& order);

/// What time will do next with the order.
enum class payment_timer : std::uint8_t { query, next_attempt, expiry, hand_to_people };
struct payment_due {
  std::int64_t at_micros = 0;
  payment_timer what = payment_timer::query;
};
[[nodiscard]] std::optional<payment_due> due_of(const payment_state& order,
                                                const payment_policy& policy);
/// What is to be done when it is due: an act (query, choose_channel) or an event to decide
/// (expired, unknown_too_long).
[[nodiscard]] std::variant<payment_act, payment_event> on_due(payment_timer what,
                                                              const payment_state& order);

/// What the channel is to be asked: of the live attempt. The caller adds `token`, of its card, and
/// for a refund `original_reference`, of refunded_attempt().
[[nodiscard]] channel_request request_of(const payment_state& order, const payment_attempt& attempt,
                                         bool as_query);
/// The system's refund of a surplus; the same every time (its id follows from order and attempt).
[[nodiscard]] payment_order surplus_refund_of(const payment_state& original, std::int16_t attempt,
                                              std::int64_t now_micros);

/// Whether a caller who waits for the order may be told how it stands.
[[nodiscard]] bool is_answerable(const payment_state& order);
/// Terminal, every intent booked or refused, nothing due: the order may leave the memory. What
/// resume() would repeat at a recovery (of a refund: telling its original) may have been done.
[[nodiscard]] bool is_at_rest(const payment_state& order);

// --- what the next attempt is
// -------------------------------------------------------------------------------------------------
[[nodiscard]] channel_operation operation_of(const payment_order& order);
/// Of the attempt before, else of the order. May be empty.
[[nodiscard]] card_id next_card_of(const payment_state& order);

// --- a refund and its original
// -------------------------------------------------------------------------------------------------
struct refundability {
  payment_refusal refusal = payment_refusal::none;  // not_refundable, attempt_open (not paid yet),
                                                    // exceeds_refundable
  minor_units refundable;                           // how much is left
};
[[nodiscard]] refundability refundability_of(const payment_state& original, minor_units amount);
/// Fills what a refund takes over from its original before it is opened: payer (whose balance
/// pays), payee (only where no channel is needed: of a transfer), card, currency, returns_fee and
/// fee (what of the original's fee goes back; shares add up to no more than all of it).
void take_from_original(payment_order& refund, const payment_state& original);
/// Where the money came through: the channel that must refund, and `original_reference`. Null: of a
/// transfer, or `original` was never paid.
[[nodiscard]] const payment_attempt* refunded_attempt(const payment_state& original,
                                                      const payment_order& refund);

}  // namespace suanpan
