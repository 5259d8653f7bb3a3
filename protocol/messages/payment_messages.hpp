// What is said about payments inside a node. As messages.hpp: named structs, local types, commands
// imperative, replies and facts past tense.
#pragma once

#include "protocol/messages/payment_requests.hpp"
#include "protocol/model/payment_records.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan {

// --- endpoint -> PAYMENT_SUPERVISOR of the merchant's shard
// -------------------------------------------------------------------------------------------------
/// Create, retry, close. Answered through the call's finish().
struct handle_payment {
  payment_call_ptr call;
};

// --- PAYMENT, NOTIFIER -> JOURNAL -> back to the sender
// -------------------------------------------------------------------------------------------------
/// Write these in one transaction with whatever gathers; each step is a unit of its own (R12).
/// Steps of one order are sent one at a time.
struct commit_steps {
  incarnation session;
  std::shared_ptr<const std::vector<payment_step>> steps;
  caf::actor answer_to;  // is told steps_settled
  epoch at_epoch;        // of the sender's shard: a later one proves that the sender is void (R11)
};
/// Fates in the order of the steps. Not sent when the session is lost: then session_lost is.
struct steps_settled {
  incarnation session;
  std::shared_ptr<const std::vector<payment_step>> steps;
  std::vector<step_fate> fates;
};
struct commit_deliveries {
  incarnation session;
  std::shared_ptr<const std::vector<delivery_record>> deliveries;
  caf::actor answer_to;
};
struct deliveries_settled {
  incarnation session;
  std::shared_ptr<const std::vector<delivery_record>> deliveries;
  bool recorded = false;
};
/// A round trip on the owning session, begun after this, then fenced{ticket} to the sender (R8,
/// R19).
struct fence_payments {
  incarnation session;
  std::uint64_t round = 0;  // echoed
  caf::actor answer_to;
};
struct payments_fenced {
  incarnation session;
  std::uint64_t round = 0;
  bool held = false;
};

// --- SHARD_KEEPER -> PAYMENT_SUPERVISOR, NOTIFIER
// -------------------------------------------------------------------------------------------------
/// The shard is ours under this session: load its open payments and serve.
struct serve_payments {
  incarnation session;
  shard_id shard;
  epoch at_epoch;
};
/// The session is lost or the shard is given up: everything in memory about it is void (R9, R11).
struct forget_payments {
  shard_id shard;
};

// --- PAYMENT_SUPERVISOR, NOTIFIER <-> PAYMENT_READER (detached, a session of its own)
// -------------------------------------------------------------------------------------------------
struct load_open_payments {
  incarnation session;
  shard_id shard;
  caf::actor answer_to;
};
struct open_payments_loaded {
  incarnation session;
  shard_id shard;
  std::vector<payment_state> open;  // not terminal, or with unbooked intents, or due
  bool unavailable = false;
};
/// By order number, or by id, or by a channel's reference: whichever is set.
struct find_payments {
  incarnation session;
  std::uint64_t round = 0;  // echoed
  std::vector<std::pair<merchant_id, order_number>> numbers;
  std::vector<payment_id> ids;
  std::vector<channel_reference> references;
  caf::actor answer_to;
};
struct payments_found {
  incarnation session;
  std::uint64_t round = 0;
  std::vector<payment_state> found;
  bool unavailable = false;
};

/// Events of a shard that are not acknowledged: those due first, of each merchant a few, of each
/// order the earliest only.
struct load_undelivered {
  incarnation session;
  shard_id shard;
  std::uint64_t round = 0;             // echoed
  std::int64_t due_before_micros = 0;  // only those due before this; 0: all
  std::uint32_t limit = 1'000;
  std::uint32_t limit_per_merchant = 20;  // so that a dead one does not crowd out the others
  caf::actor answer_to;
};
struct undelivered_loaded {
  incarnation session;
  shard_id shard;
  std::uint64_t round = 0;
  std::vector<undelivered_notification> found;  // next due first
  bool unavailable = false;
};

// --- endpoint -> PAYMENT_READER; answered through the read's finish()
// -------------------------------------------------------------------------------------------------
struct read_payments {
  payment_read_ptr read;
};

// --- PAYMENT_SUPERVISOR -> PAYMENT, and the answers
// -------------------------------------------------------------------------------------------------
/// One thing that happened, for the actor to judge in order.
struct channel_answered {
  payment_id order;
  channel_answer answer;
};

// --- PAYMENT -> CHANNEL (through CHANNEL_SUPERVISOR) -> PAYMENT_SUPERVISOR
// -------------------------------------------------------------------------------------------------
struct ask_channel {
  channel_name channel;
  payment_id order;
  channel_request request;
  caf::actor answer_to;  // is told channel_answered, exactly once unless the node ends
};
/// From callbacks: whose reference it is, is not known yet.
struct channel_reported {
  channel_name channel;
  channel_answer answer;
  callback_call_ptr acknowledge;  // finished after the commit (R21)
};

// --- BOOKER
// -------------------------------------------------------------------------------------------------
struct intent_to_book {
  booking_intent intent;
  transfer_id hold;  // of a capture or void: the hold's id
};
/// Book intents of an order, one after the other (R22): open what accounts are missing, post under
/// the intent's ids until the answer is certain.
struct book_intents {
  incarnation session;
  shard_id shard;
  payment_id order;
  merchant_id merchant;
  order_number number;  // the rows' reference
  currency ccy;
  std::vector<intent_to_book> intents;
  caf::actor answer_to;
};
struct booking_result {
  std::int16_t intent = 0;
  item_result result = item_result::none;  // done, or the refusal of one that may be refused
  bool redirected = false;                 // it is booked on suspense instead (R22)
  std::string trouble;                     // why it was redirected
};
/// The first of those asked for, at least one. The rest is not begun, or no certain answer came: it
/// is to be asked for again.
struct intents_settled {
  payment_id order;
  std::vector<booking_result> intents;
};

// --- PAYMENT -> NOTIFIER: new rows are durable
// -------------------------------------------------------------------------------------------------
struct notify_merchant {
  incarnation session;
  shard_id shard;
  payment_id order;
  merchant_id merchant;
  std::vector<payment_notification> fresh;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::handle_payment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::commit_steps)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::steps_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::commit_deliveries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::deliveries_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::fence_payments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::payments_fenced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::serve_payments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::forget_payments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::load_open_payments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::open_payments_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::find_payments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::payments_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::load_undelivered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::undelivered_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::read_payments)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::channel_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::ask_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::channel_reported)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::book_intents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::intents_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::notify_merchant)
