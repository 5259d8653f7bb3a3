// What the journal writes of a payment: one step is what one decision records, in one transaction
// and never split (R12). The stored order is its request and the fold of its steps; recovery and
// live actors fold by the same function (payment_rules: apply).
#pragma once

#include "protocol/model/channel_answer.hpp"
#include "protocol/model/payment.hpp"
#include "protocol/model/transfer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

/// What happened to an order. A step has exactly one. Stored; names are past tense.
enum class payment_event : std::int16_t {
  // The order's own course.
  requested = 1,       // accepted under its order number
  attempt_began = 2,   // an attempt is recorded; it is sent only now (R19)
  no_route_found = 3,  // no channel would take it
  // The ledger's answers.
  funds_held = 10,          // payout, withdrawal, refund: reserved on the payer's account
  funds_refused = 11,       // likewise: not there
  funds_moved = 12,         // transfer: posted
  funds_not_moved = 13,     // transfer: refused
  hold_released = 14,       // the void of the hold is booked
  booked = 15,              // an intent's voucher is booked
  booking_redirected = 16,  // its target refused it, so it is booked on suspense (R22); with a case
  // The channel's answers, about the live attempt.
  channel_succeeded = 20,
  channel_failed = 21,
  channel_pending = 22,
  channel_silent = 23,        // no answer or an unreadable one
  channel_unsent = 24,        // it never left this machine
  channel_not_found = 25,     // not final yet
  channel_never_had_it = 26,  // "not found", final: evidence
  channel_asked = 27,         // a query was answered "pending", or not at all
  // About attempts that had ended, and orders that had (R21).
  succeeded_again = 30,       // a second success, or one after failed or closed: a surplus
  failed_after_success = 31,  // the bank took it back
  answer_mismatched = 32,     // other amount, currency or merchant: a case, nothing changes
  // What the merchant asks for.
  retry_requested = 40,  // another card
  close_requested = 41,
  // Time.
  expired = 50,
  unknown_too_long = 51,  // handed to people; queries go on
  // A refund and what it refunds.
  refund_reserved = 60,      // on the original: so much less is left to refund
  refund_released = 61,      // on the original: the refund failed
  refund_settled = 62,       // on the original
  reservation_made = 63,     // on the refund: the original said yes
  reservation_refused = 64,  // on the refund
  surplus_returned = 65,     // on the original: the system's refund of a surplus succeeded
};
[[nodiscard]] std::string_view name_of(payment_event event);

/// One try at one channel.
struct payment_attempt {
  std::int16_t number = 0;  // from 1
  channel_name channel;
  channel_operation operation = channel_operation::charge;
  channel_reference reference;
  card_id card;
  std::int64_t began_micros = 0;  // when it was recorded
  std::int16_t sends = 0;       // under this reference; a resend to a channel that dedupes adds one
  std::int16_t sent_after = 0;  // number of the order's last evidence when it was last sent: what
                                // is numbered higher was heard after that send was committed
  std::int16_t allowed_by = 0;  // evidence number that allowed it (R20); 0: the first attempt, or a
                                // merchant's retry after an explicit failure
  channel_outcome outcome = channel_outcome::unknown;
  channel_doubt doubt = channel_doubt::none;
  bool open = true;  // not ended: it may still become anything
  payment_failure failure;
  std::string bank_number;
  std::string redirect_url;
  std::int64_t ended_micros = 0;
  std::int16_t queries = 0;
  std::int64_t next_query_micros = 0;  // 0: none is due
  std::string route_reasons;           // for people: candidates passed over and why
  bool operator==(const payment_attempt&) const = default;
};

/// What somebody outside told us, or proved by saying nothing. Appended only.
struct payment_evidence {
  std::int16_t number = 0;   // from 1, of its order
  std::int16_t attempt = 0;  // that it is about
  answer_door door = answer_door::reply;
  channel_outcome outcome = channel_outcome::unknown;
  channel_doubt doubt = channel_doubt::none;
  bool allows_new_number = false;  // final "not found", or certainly never sent (R20)
  std::int64_t asked_micros = 0;
  std::int64_t came_micros = 0;  // when the order heard it
  std::string code;              // of a failure, ours
  std::string bank_number;
  std::string excerpt;
  bool operator==(const payment_evidence&) const = default;
};

/// An account by what it is; the booker finds or opens it.
struct posting_account {
  std::string owner;  // resolved: "merchant:M001", "channel:icbc", "internal", "user:42"
  std::string subject;
  bool no_overdraft = false;  // with which it is opened, if it is not there yet
  bool operator==(const posting_account&) const = default;
};
struct intended_leg {
  posting_account debit;
  posting_account credit;
  minor_units amount;
  bool operator==(const intended_leg&) const = default;
};

/// A transition of an order that its posting rules name. Stored; order matters within an order.
enum class payment_transition : std::int16_t {
  held = 1,               // payout, withdrawal, refund: a hold on the payer's account
  moved = 2,              // transfer: the posting that is the payment
  received = 3,           // collecting kinds: the money is at the channel
  settled = 4,            // collecting kinds: transit to its owner, and the fee
  captured = 5,           // paying kinds: the hold becomes a posting
  paid = 6,               // paying kinds: out of transit through the channel
  released = 7,           // paying kinds: the hold is voided
  fee_returned = 8,       // refund, where the terms say so
  surplus_received = 9,   // collecting kinds: a success too many
  surplus_returned = 10,  // refund of a surplus: the money is back
  returned_by_bank = 11,  // a success that the bank took back: suspense
  paid_after_all = 12,    // paying kinds: the bank paid what had failed: suspense
};
[[nodiscard]] std::string_view name_of(payment_transition transition);
[[nodiscard]] std::optional<payment_transition> parse_payment_transition(std::string_view name);

/// A voucher that must be booked: committed with what caused it, booked afterwards in order of
/// `number`. Its ids follow from (order, number) and `caused_micros` (R6, R22).
struct booking_intent {
  std::int16_t number = 0;  // from 1, of its order
  payment_transition transition = payment_transition::received;
  transfer_kind kind = transfer_kind::post;  // post, hold, capture, void_hold
  std::vector<intended_leg> legs;            // a hold, capture or void: one
  std::int16_t ends_hold_of = 0;             // capture, void: the intent that made the hold
  std::int32_t event_code = 0;
  std::int64_t caused_micros = 0;
  bool may_be_refused =
      false;  // held and moved: the answer decides; others are never refused (R22)
  bool booked = false;
  bool redirected = false;                  // to suspense
  item_result refusal = item_result::none;  // of held and moved
  bool operator==(const booking_intent&) const = default;
};
/// Of leg `leg` of an intent: 48 bits of `caused_micros` in milliseconds, the rest a hash of order,
/// number and leg. The same for ever.
[[nodiscard]] transfer_id voucher_leg_id(const payment_id& order, const booking_intent& intent,
                                         std::size_t leg);

/// An event that a merchant must hear of. One delivery each, retried until acknowledged or given
/// up.
struct payment_notification {
  std::int32_t sequence = 0;  // from 1, of its order
  std::string type;           // "payment.succeeded", "refund.failed", …
  std::string body;           // the JSON to be sent, complete
  std::int64_t caused_micros = 0;
  bool operator==(const payment_notification&) const = default;
};

/// Why a person must look.
enum class case_reason : std::int16_t {
  unknown_too_long = 1,
  success_after_end = 2,      // a surplus; refunded by the system where reversible
  failure_after_success = 3,  // the bank took it back
  answer_mismatched = 4,      // callback or answer with another amount, currency or merchant
  booking_redirected = 5,     // a booking went to suspense
  refund_stuck = 6,           // the system's refund of a surplus does not come about
  paid_after_all = 7,         // the bank paid what had failed
};
[[nodiscard]] std::string_view name_of(case_reason reason);
struct payment_case {
  std::int16_t number = 0;  // from 1, of its order
  case_reason reason = case_reason::unknown_too_long;
  std::int16_t evidence = 0;  // number of the evidence; 0: none
  std::string summary;        // one sentence for a person
  std::int64_t opened_micros = 0;
  bool operator==(const payment_case&) const = default;
};

/// A refund as its original knows it.
struct refund_share {
  payment_id refund;
  minor_units amount;
  bool settled = false;
  bool operator==(const refund_share&) const = default;
};

/// What changes in the course of an order, beside what is appended. Stored with `version`.
struct payment_head {
  payment_stage stage = payment_stage::created;
  std::int32_t version = 0;     // steps so far; a step is written only on its predecessor
  payment_failure failure;      // of failed; of created: of the last attempt
  std::int16_t paid_by = 0;     // the attempt that succeeded; 0: none
  minor_units refunded;         // settled refunds
  minor_units refund_reserved;  // refunds under way
  std::int64_t finished_micros = 0;
  std::int64_t due_micros = 0;  // what time is to do next with the order; 0: nothing
  bool operator==(const payment_head&) const = default;
};

/// What one decision writes. `head` is how the order stands after it.
struct payment_step {
  payment_id order;
  merchant_id merchant;  // of the order
  shard_id shard;
  payment_event event = payment_event::requested;
  std::string rule;  // of the step table, for people: "quick_pay/processing/channel_silent"
  std::string note;  // for people, one sentence; may be empty
  std::int64_t at_micros = 0;
  payment_head head;
  std::optional<payment_order> opens;               // of the first step only
  std::optional<payment_attempt> attempt;           // new, or as it is now
  std::optional<payment_evidence> evidence;         // new
  std::vector<booking_intent> intents;              // new, or as they are now
  std::vector<payment_notification> notifications;  // new
  std::optional<payment_case> opens_case;           // new
  std::optional<refund_share> share;  // of an original: new, or as it is now; amount 0: gone
};

/// All of an order: what the actor holds and recovery loads.
struct payment_state {
  payment_order order;
  shard_id shard;
  payment_head head;
  std::vector<payment_attempt> attempts;   // by number
  std::vector<payment_evidence> evidence;  // by number
  std::vector<booking_intent> intents;     // by number
  std::vector<refund_share> refunds;       // by time
  std::int32_t notifications = 0;          // how many there are
  std::int16_t cases = 0;                  // likewise
  bool operator==(const payment_state&) const = default;
};

/// How a step ended at the journal.
enum class step_fate : std::uint8_t {
  recorded,   // durable
  duplicate,  // of a first step: the order number is taken; look it up
  refused,    // the database refused this step alone (R12); an operator was alerted
  not_owned,  // the shard is not ours (any more); nothing was written
};

/// How a delivery of a notification ended; written by the journal, appended to the attempt log.
struct delivery_record {
  shard_id shard;
  payment_id order;
  std::int32_t sequence = 0;
  std::int16_t attempt = 0;  // from 1
  std::int64_t at_micros = 0;
  std::int32_t http_status = 0;  // 0: no answer
  std::string trouble;           // for people; empty: acknowledged
  std::int64_t next_micros = 0;  // 0: no more: acknowledged or given up
  bool acknowledged = false;
};

}  // namespace suanpan
