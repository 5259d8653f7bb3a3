// What the payment actors say to each other: PAYMENT_SUPERVISOR, its orders, CALLBACK_DESK. Beside
// what all others say to them (protocol/messages/payment_messages.hpp). Local only.
#pragma once

#include "actors/payment/payment_rules.hpp"
#include "protocol/messages/payment_messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace suanpan {

using payment_state_ptr = std::shared_ptr<const payment_state>;

// --- PAYMENT_SUPERVISOR -> PAYMENT; each counts as `seen` in order_stands
// -------------------------------------------------------------------------------------------------
/// A create whose number the order has, a retry, or a close.
struct take_call {
  payment_call_ptr call;
};
/// The channel said something, by whichever door. `acknowledge` may be null.
struct hear_answer {
  channel_answer answer;
  callback_call_ptr acknowledge;
};
/// Between a refund and its original.
struct hear_refund {
  payment_event event = payment_event::refund_reserved;
  refund_share share;
  std::string trouble;  // reservation_refused: why
};
/// To an original: may so much be refunded? Answered by refund_checked.
struct check_refund {
  payment_call_ptr call;
};
/// To an original: tell the refund what you are, by original_told.
struct tell_original_to {
  caf::actor refund;
};
struct original_told {
  payment_state_ptr original;  // null: nobody knows, now
};
struct order_due {
  payment_timer what = payment_timer::query;
};
/// Callers whose patience ends now are told how it stands.
struct callers_due {
  std::int64_t now_micros = 0;
};
/// After recovery: do what a crash may have swallowed.
struct resume_order {};
/// The round trip that fence_act asked for.
struct act_fenced {
  std::uint64_t serial = 0;
};
/// To itself, from whoever read the merchants' book.
struct card_read {
  bool read = false;
};

// --- PAYMENT -> PAYMENT_SUPERVISOR
// -------------------------------------------------------------------------------------------------
/// How the order stands; sent whenever something of it changes.
struct order_stands {
  payment_id order;
  std::uint64_t seen = 0;  // messages that came from the supervisor
  payment_stage stage = payment_stage::created;
  bool exists = false;  // its first step is durable
  bool quiet = false;   // nothing is left to be done about it, nobody waits
  std::optional<payment_due> due;
  std::optional<std::int64_t> callers_due_micros;
  channel_name unknown_at;  // of the live attempt, where the channel does not say
  std::int64_t unknown_since_micros = 0;
};
/// Somebody has the order's number already: who waited for a new order asks anew.
struct order_taken {
  payment_id order;
  std::vector<payment_call_ptr> calls;
};
/// The order caught an exception (R11).
struct order_failed {
  payment_id order;
  std::string what;
};
/// Finish the call after a round trip (R8).
struct fence_call {
  payment_call_ptr call;
};
/// A commit is too old to act upon (R19): act_fenced comes after a round trip.
struct fence_act {
  payment_id order;
  std::uint64_t serial = 0;
};
struct tell_order {
  payment_id to;
  hear_refund what;
};
struct ask_original {
  payment_id refund;
  payment_id original;
};
struct refund_checked {
  payment_call_ptr call;
  payment_refusal refusal = payment_refusal::none;
  minor_units refundable;
  payment_state_ptr original;
};
/// The system's own refund of a surplus (R21).
struct start_surplus_refund {
  payment_order order;
  payment_state_ptr original;
};

// --- CALLBACK_DESK -> PAYMENT_SUPERVISOR
// -------------------------------------------------------------------------------------------------
struct hear_callback {
  payment_id order;
  hear_answer what;
};

// --- timers and the like, each to itself
// -------------------------------------------------------------------------------------------------
struct payments_tick {
  std::uint64_t serial = 0;
};
struct payments_load_again {};
struct desk_tick {};
struct book_again {
  std::uint64_t serial = 0;
};
/// The merchants' book was read: judge the call again.
struct call_again {
  payment_call_ptr call;
  bool read = false;  // else the database could not be asked
};

}  // namespace suanpan

#define SUANPAN_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::type)
SUANPAN_MESSAGE(take_call)
SUANPAN_MESSAGE(hear_answer)
SUANPAN_MESSAGE(hear_refund)
SUANPAN_MESSAGE(check_refund)
SUANPAN_MESSAGE(tell_original_to)
SUANPAN_MESSAGE(original_told)
SUANPAN_MESSAGE(order_due)
SUANPAN_MESSAGE(callers_due)
SUANPAN_MESSAGE(resume_order)
SUANPAN_MESSAGE(act_fenced)
SUANPAN_MESSAGE(card_read)
SUANPAN_MESSAGE(order_stands)
SUANPAN_MESSAGE(order_taken)
SUANPAN_MESSAGE(order_failed)
SUANPAN_MESSAGE(fence_call)
SUANPAN_MESSAGE(fence_act)
SUANPAN_MESSAGE(tell_order)
SUANPAN_MESSAGE(ask_original)
SUANPAN_MESSAGE(refund_checked)
SUANPAN_MESSAGE(start_surplus_refund)
SUANPAN_MESSAGE(hear_callback)
SUANPAN_MESSAGE(payments_tick)
SUANPAN_MESSAGE(payments_load_again)
SUANPAN_MESSAGE(desk_tick)
SUANPAN_MESSAGE(book_again)
SUANPAN_MESSAGE(call_again)
#undef SUANPAN_MESSAGE
