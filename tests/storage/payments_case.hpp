// Orders for the cases about payments: a quick pay's steps as the rules write them, and short words
// for what the cases do with them.
#pragma once

#include "storage/payment_reader.hpp"
#include "tests/storage/ledger_case.hpp"

#include <string>
#include <vector>

namespace suanpan::testing {

[[nodiscard]] payment_id next_payment_id();
[[nodiscard]] std::int64_t now_micros();

/// An order of CNY 100.00 of merchant M001 on shard 0, with a fee of 60 basis points.
[[nodiscard]] payment_order an_order(payment_kind kind = payment_kind::quick_pay);
/// Its first attempt, sent.
[[nodiscard]] payment_attempt an_attempt(const payment_order& order, std::int16_t number = 1);
[[nodiscard]] payment_evidence a_word(const payment_attempt& about, std::int16_t number,
                                      channel_outcome outcome);
[[nodiscard]] booking_intent an_intent(std::int16_t number, payment_transition transition,
                                       std::vector<intended_leg> legs);
[[nodiscard]] intended_leg a_leg(const std::string& debit, const std::string& credit,
                                 std::int64_t amount);

/// The course of one order: each call appends a step and folds it into `state`, as it will be read.
struct payment_course {
  explicit payment_course(payment_order order);

  payment_step& add(payment_event event, payment_stage stage);
  payment_step& begin_attempt(payment_attempt attempt);
  /// With evidence that ends the newest attempt.
  payment_step& answer(payment_event event, payment_stage stage, channel_outcome outcome);
  /// channel_succeeded with the intents and the notification of a quick pay.
  payment_step& succeed();
  /// The next intent's voucher is booked.
  payment_step& book(std::int16_t intent);
  /// The state after all steps: the fold that stands in for the rules'.
  [[nodiscard]] payment_state state() const;

  payment_order order;
  std::vector<payment_step> steps;
};

/// Steps from `first` on as one unit.
[[nodiscard]] storage::write_outcome write(ledger_case& ledger, const payment_course& course,
                                           std::size_t first = 0);
[[nodiscard]] storage::write_outcome write_one(ledger_case& ledger, const payment_step& step);
void must_write(ledger_case& ledger, const payment_course& course, std::size_t first = 0);
[[nodiscard]] storage::payment_reader reader_of(const ledger_case& ledger);
/// As stored.
[[nodiscard]] payment_state stored(const ledger_case& ledger, const payment_id& id);

}  // namespace suanpan::testing
