// How an order reads on the wire: state, advice, attempts, postings.
#include "protocol/wire/payment_answers.hpp"

#include "protocol/model/payment_content.hpp"
#include "suanpan/v1/payment_life.pb.h"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::wire;

namespace {

constexpr std::int64_t now = 1'800'000'000'000'000;

payment_state order_at(payment_stage stage) {
  payment_state state;
  state.order.id = *parse_payment_id("pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y");
  state.order.merchant = {"M001"};
  state.order.number = {"order-1"};
  state.order.amount = {10'000};
  state.order.ccy = *parse_currency("CNY");
  state.order.fee = {60};
  state.head.stage = stage;
  state.head.version = 3;
  return state;
}

payment_attempt open_attempt() {
  payment_attempt attempt;
  attempt.number = 1;
  attempt.channel = {"icbc"};
  attempt.reference = {"sp1"};
  attempt.began_micros = now - 5'000'000;
  attempt.sends = 1;
  return attempt;
}

v1::Payment told(const payment_state& state) {
  v1::Payment payment;
  fill(state, now, payment);
  return payment;
}

}  // namespace

TEST_CASE("an order that is at the bank says: ask again, a little after we do") {
  auto state = order_at(payment_stage::unknown);
  state.attempts = {open_attempt()};
  state.attempts.back().doubt = channel_doubt::no_answer;
  state.attempts.back().next_query_micros = now + 4'000'000;
  const auto payment = told(state);
  CHECK(payment.id() == "pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y");
  CHECK(payment.state() == v1::PAYMENT_STATE_UNKNOWN);
  CHECK(payment.advice() == v1::PAYMENT_ADVICE_QUERY_FIRST);
  CHECK(payment.query_after_ms() == 5'000);
  CHECK_FALSE(payment.has_failure());
  CHECK(payment.exponent() == 2);
  REQUIRE(payment.attempts_size() == 1);
  CHECK(payment.attempts(0).outcome() == v1::CHANNEL_OUTCOME_UNKNOWN);
  CHECK(payment.attempts(0).doubt() == v1::CHANNEL_DOUBT_NO_ANSWER);
  CHECK(payment.attempts(0).open());
}

TEST_CASE("an attempt of which nothing was said has no outcome yet") {
  auto state = order_at(payment_stage::processing);
  state.attempts = {open_attempt()};
  const auto payment = told(state);
  CHECK(payment.attempts(0).outcome() == v1::CHANNEL_OUTCOME_UNSPECIFIED);
  CHECK(payment.query_after_ms() == 1'000);
}

TEST_CASE("the bank's page is told while the payer may still use it, and not afterwards") {
  auto state = order_at(payment_stage::processing);
  state.attempts = {open_attempt()};
  state.attempts.back().outcome = channel_outcome::pending;
  state.attempts.back().redirect_url = "https://bank.example/1";
  CHECK(told(state).redirect_url() == "https://bank.example/1");
  state.head.stage = payment_stage::succeeded;
  CHECK(told(state).redirect_url().empty());
}

TEST_CASE("a refused card leaves its failure with the order, and the advice to take another") {
  auto state = order_at(payment_stage::created);
  CHECK(told(state).advice() == v1::PAYMENT_ADVICE_QUERY_FIRST);
  state.head.failure = {"card_declined", "05", retry_advice::retry_other_method};
  auto payment = told(state);
  CHECK(payment.advice() == v1::PAYMENT_ADVICE_RETRY_OTHER_METHOD);
  CHECK(payment.failure().code() == "card_declined");
  CHECK(payment.failure().channel_code() == "05");
  CHECK(payment.query_after_ms() == 0);
  state.head.stage = payment_stage::succeeded;  // with another card
  payment = told(state);
  CHECK_FALSE(payment.has_failure());
  CHECK(payment.advice() == v1::PAYMENT_ADVICE_UNSPECIFIED);
  state.head.stage = payment_stage::failed;
  CHECK(told(state).failure().code() == "card_declined");
}

TEST_CASE("a payment is booked when each of its postings is booked or was refused") {
  auto state = order_at(payment_stage::succeeded);
  CHECK(told(state).booked());
  booking_intent intent;
  intent.number = 1;
  intent.legs = {{{"channel:icbc", "1122", false}, {"internal", "2101", false}, {10'000}}};
  intent.caused_micros = now;
  state.intents = {intent};
  CHECK_FALSE(told(state).booked());
  state.intents[0].booked = true;
  CHECK(told(state).booked());
  state.intents[0].booked = false;
  state.intents[0].refusal = item_result::debit_insufficient_funds;
  CHECK(told(state).booked());
}

TEST_CASE("a posting names its accounts, and the transfers by which the ledger knows it") {
  const auto state = order_at(payment_stage::succeeded);
  booking_intent intent;
  intent.number = 2;
  intent.transition = payment_transition::settled;
  intent.kind = transfer_kind::void_hold;
  intent.legs = {{{"internal", "2101", false}, {"merchant:M001", "2001", true}, {9'940}},
                 {{"internal", "2101", false}, {"internal", "6001", false}, {60}}};
  intent.caused_micros = now;
  v1::PaymentPosting posting;
  fill(intent, state.order.id, posting);
  CHECK(posting.transition() == "settled");
  CHECK(posting.kind() == "void");
  REQUIRE(posting.legs_size() == 2);
  CHECK(posting.legs(0).credit_owner() == "merchant:M001");
  CHECK(posting.legs(1).amount() == 60);
  CHECK(posting.legs(0).transfer_id().size() == 16);
  CHECK(posting.legs(0).transfer_id() != posting.legs(1).transfer_id());
  CHECK(posting.refusal().empty());
}
