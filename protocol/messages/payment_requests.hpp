// What the endpoint hands to the payment actors and gets back: one object for each call, as in
// requests.hpp: finish() is called exactly once, on a thread of the actor system, and neither
// blocks nor throws.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/merchant.hpp"
#include "protocol/model/payment_life.hpp"
#include "protocol/model/payment_records.hpp"
#include "protocol/model/payment_refusal.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

/// What a merchant asks of an order.
enum class payment_verb : std::uint8_t { create, retry, close };

/// Create, retry or close. The endpoint fills what is "in"; malformed calls never come here.
class payment_call {
 public:
  virtual ~payment_call() = default;
  virtual void finish() noexcept = 0;

  payment_verb verb = payment_verb::create;  // in
  payment_order asked;                // in: create; id, fee and terms are set by the supervisor
  merchant_id merchant;               // in
  payment_id id;                      // in: retry and close
  card_id card;                       // in: retry
  std::int64_t answer_by_micros = 0;  // in: Unix microseconds; then how it stands is the answer

  payment_refusal refusal = payment_refusal::none;  // out
  std::string field;                                // out: of order_number_reused
  minor_units refundable;                           // out: of exceeds_refundable
  bool replayed = false;                            // out: the recorded answer again
  payment_state state;                              // out, where not refused

  // The actors' own.
  bool answered = false;
  bool book_read = false;  // the merchants' book was read for its merchant
  bool card_read = false;  // and for its card: what is not there, is not
};
using payment_call_ptr = std::shared_ptr<payment_call>;

/// A bank's callback. finish(): acknowledge it, or not; then the bank sends it again.
class callback_call {
 public:
  virtual ~callback_call() = default;
  virtual void finish() noexcept = 0;
  bool accepted = false;   // out: durable (R21), or known already
  bool unmatched = false;  // out: no attempt by its channel has this reference
};
using callback_call_ptr = std::shared_ptr<callback_call>;

/// GetPayment, ListPayments, ExplainPayment: straight from the database, begun after the request.
class payment_read {
 public:
  virtual ~payment_read() = default;
  virtual void finish() noexcept = 0;

  std::optional<merchant_id> merchant;  // in: only this merchant's
  std::optional<payment_id> id;         // in: one, by id
  std::optional<order_number> number;   // in: or by number, with the merchant
  bool with_life = false;               // in: of one: steps, notifications, cases
  // in: a list, newest first:
  std::optional<payment_kind> kind;
  std::optional<payment_stage> stage;
  std::int64_t from_micros = 0;
  std::int64_t to_micros = 0;  // 0: no bound
  payment_id before;           // page token: older than this; zero: from the newest
  std::uint32_t limit = 100;

  read_result result = read_result::none;
  std::vector<payment_life> found;  // out
};
using payment_read_ptr = std::shared_ptr<payment_read>;

}  // namespace suanpan
