// What is asked of a channel and what a channel said: three-valued, never guessed (DESIGN 5). The
// same answer comes by three doors: in reply to a submission, to a query, or as a callback.
#pragma once

#include "protocol/model/payment.hpp"

namespace suanpan {

enum class channel_operation : std::int16_t {
  charge = 1,       // quick pay, top-up, withholding: draws on a card's token
  open_online = 2,  // online bank pay: asks for the address of the bank's page
  refund = 3,
  payout = 4,
  query = 5,
  bind = 6,
  unbind = 7,
};
[[nodiscard]] std::string_view name_of(channel_operation operation);

enum class channel_outcome : std::int16_t {
  succeeded = 1,
  failed = 2,     // an explicit business refusal; `failure` says why
  pending = 3,    // the bank has it and will tell later; of a redirect: `redirect_url` is set
  not_found = 4,  // to a query only: the bank does not know the reference, now
  unknown = 5,    // `doubt` says how
};
[[nodiscard]] std::string_view name_of(channel_outcome outcome);

/// How an answer is missing.
enum class channel_doubt : std::int16_t {
  none = 0,
  not_sent = 1,    // certain, by the process that tried: no byte of it left this machine (R20)
  no_answer = 2,   // sent, or perhaps sent; nothing came in time
  unreadable = 3,  // something came that is no answer, or is not signed by the bank
};
[[nodiscard]] std::string_view name_of(channel_doubt doubt);

enum class answer_door : std::int16_t { reply = 1, query = 2, callback = 3 };
[[nodiscard]] std::string_view name_of(answer_door door);

/// One request to a channel. Its attempt is durable before it is sent (R19).
struct channel_request {
  channel_operation operation = channel_operation::charge;
  channel_reference reference;           // a query: of what is asked about
  channel_reference original_reference;  // a refund: of the attempt that is refunded
  merchant_id merchant;                  // whom the money is for
  std::string token;                     // the bank's token of the card; secret, never logged
  minor_units amount;
  currency ccy;
  std::string return_url;
  std::int64_t deadline_micros = 0;  // Unix microseconds: what is left of the caller's budget
};

/// What a channel said, by whichever door.
struct channel_answer {
  channel_reference reference;
  channel_outcome outcome = channel_outcome::unknown;
  channel_doubt doubt = channel_doubt::none;
  answer_door door = answer_door::reply;
  payment_failure failure;   // of `failed`
  std::string bank_number;   // the bank's own number; empty: it told none
  std::string redirect_url;  // of `pending`, to an online bank pay
  // What the bank says it is about; 0 and empty where it did not say.
  minor_units amount;
  currency ccy;
  std::string merchant_at_bank;
  std::int64_t asked_micros =
      0;  // when the request left, Unix microseconds; a callback: when it came
  std::int64_t came_micros = 0;
  std::string excerpt;  // for people: what was said, without secrets, at most 512 bytes
};

/// What a channel declares of itself; the rules go by it (R20).
struct channel_traits {
  bool dedupes_by_reference = false;  // one reference moves money once: a resend is safe
  bool not_found_is_final = false;    // after `settling_micros` and the lane's time
  std::int64_t settling_micros = 0;
  bool refunds = true;  // money that came through it can be sent back
};

}  // namespace suanpan
