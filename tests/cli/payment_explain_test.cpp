// The life of one order as a person reads it, compared with the text recorded in golden/.
#include "tools/cli/payment_explain.hpp"

#include "tools/cli/payment_orders.hpp"
#include "tools/cli/t_accounts.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

using namespace suanpan;
using namespace suanpan::cli;

namespace {

constexpr std::int64_t noon = 1'767'582'000'000'000;  // 2026-01-05 03:00 UTC

void step(v1::PaymentLife& life, std::int64_t after, const char* event, v1::PaymentState state,
          const char* note) {
  auto& s = *life.add_steps();
  s.set_version(static_cast<std::uint32_t>(life.steps_size()));
  s.set_event(event);
  s.set_state(state);
  s.set_rule(std::string("quick_pay/") + (life.steps_size() == 1 ? "-" : "processing") + '/' +
             event);
  s.set_note(note);
  s.set_at_micros(noon + after);
}

void posting(v1::PaymentLife& life, const char* transition, const char* kind, bool booked) {
  auto& p = *life.add_postings();
  p.set_number(static_cast<std::uint32_t>(life.postings_size()));
  p.set_transition(transition);
  p.set_kind(kind);
  p.set_caused_at_micros(noon + 3'204'000);
  p.set_booked(booked);
}

void leg(v1::PaymentLife& life, std::pair<const char*, const char*> debit,
         std::pair<const char*, const char*> credit, std::int64_t amount) {
  auto& l = *life.mutable_postings(life.postings_size() - 1)->add_legs();
  l.set_debit_subject(debit.first);
  l.set_debit_owner(debit.second);
  l.set_credit_subject(credit.first);
  l.set_credit_owner(credit.second);
  l.set_amount(amount);
}

void add_attempt(v1::PaymentLife& life) {
  auto& a = *life.mutable_payment()->add_attempts();
  a.set_number(1);
  a.set_channel("icbc");
  a.set_operation("charge");
  a.set_reference("SP01J8ZQ4K2M7N9P0R1S2T3V4W5Y01");
  a.set_outcome(v1::CHANNEL_OUTCOME_SUCCEEDED);
  a.set_bank_number("B-1");
  a.set_sends(1);
  a.set_queries(2);
  a.set_began_at_micros(noon + 2'000);
  a.set_ended_at_micros(noon + 3'204'000);
  a.set_route_reasons("ccb: breaker open");
  life.set_paid_by(1);
}

void add_evidence(v1::PaymentLife& life) {
  auto& silence = *life.add_evidence();
  silence.set_number(1);
  silence.set_attempt(1);
  silence.set_door(v1::ANSWER_DOOR_REPLY);
  silence.set_outcome(v1::CHANNEL_OUTCOME_UNKNOWN);
  silence.set_doubt(v1::CHANNEL_DOUBT_NO_ANSWER);
  silence.set_asked_at_micros(noon + 3'000);
  silence.set_came_at_micros(noon + 2'003'000);
  auto& answer = *life.add_evidence();
  answer.set_number(2);
  answer.set_attempt(1);
  answer.set_door(v1::ANSWER_DOOR_QUERY);
  answer.set_outcome(v1::CHANNEL_OUTCOME_SUCCEEDED);
  answer.set_asked_at_micros(noon + 3'100'000);
  answer.set_came_at_micros(noon + 3'204'000);
  answer.set_excerpt("{\"result\":\"paid\",\"amount\":10000}");
}

/// A quick pay of CNY 100 whose first answer was lost; the query found it paid.
v1::PaymentLife lost_and_found() {
  v1::PaymentLife life;
  auto& p = *life.mutable_payment();
  p.set_id("pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y");
  p.set_merchant("M001");
  p.set_order_number("A-17");
  p.set_kind(v1::PAYMENT_KIND_QUICK_PAY);
  p.set_state(v1::PAYMENT_STATE_SUCCEEDED);
  p.set_amount(10'000);
  p.set_currency("CNY");
  p.set_fee(60);
  p.set_card("card_01J8ZQ4K2M7N9P0R1S2T3V4W5X");
  p.set_description("午餐\x1b[31m");
  p.set_created_at_micros(noon);
  p.set_finished_at_micros(noon + 3'204'000);
  p.set_booked(true);
  step(life, 0, "requested", v1::PAYMENT_STATE_CREATED, "");
  step(life, 2'000, "attempt_began", v1::PAYMENT_STATE_PROCESSING, "icbc, by priority");
  step(life, 2'003'000, "channel_silent", v1::PAYMENT_STATE_UNKNOWN,
       "no answer: it may have been paid, so it is asked, never sent again");
  step(life, 3'204'000, "channel_succeeded", v1::PAYMENT_STATE_SUCCEEDED, "");
  add_attempt(life);
  add_evidence(life);
  posting(life, "received", "post", true);
  leg(life, {"1122", "channel:icbc"}, {"2101", "internal"}, 10'000);
  posting(life, "settled", "post", true);
  leg(life, {"2101", "internal"}, {"2001", "merchant:M001"}, 9'940);
  leg(life, {"2101", "internal"}, {"6001", "internal"}, 60);
  auto& n = *life.add_notifications();
  n.set_sequence(1);
  n.set_type("payment.succeeded");
  n.set_caused_at_micros(noon + 3'204'000);
  n.set_attempts(2);
  n.set_next_at_micros(noon + 8'300'000);
  n.set_trouble("HTTP 503");
  return life;
}

/// A payout in the middle of it: held, unknown, with a case.
v1::PaymentLife stuck_payout() {
  v1::PaymentLife life;
  auto& p = *life.mutable_payment();
  p.set_id("pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Z");
  p.set_merchant("M001");
  p.set_order_number("P-3");
  p.set_kind(v1::PAYMENT_KIND_PAYOUT);
  p.set_state(v1::PAYMENT_STATE_MANUAL);
  p.set_advice(v1::PAYMENT_ADVICE_QUERY_FIRST);
  p.set_query_after_ms(600'000);
  p.set_amount(10'000);
  p.set_currency("CNY");
  p.set_fee(100);
  p.set_created_at_micros(noon);
  step(life, 0, "requested", v1::PAYMENT_STATE_CREATED, "");
  step(life, 86'400'000'000, "unknown_too_long", v1::PAYMENT_STATE_MANUAL, "");
  posting(life, "held", "hold", true);
  leg(life, {"2001", "merchant:M001"}, {"2102", "internal"}, 10'100);
  posting(life, "captured", "capture", false);
  leg(life, {"2001", "merchant:M001"}, {"2102", "internal"}, 10'100);
  auto& c = *life.add_cases();
  c.set_number(1);
  c.set_reason("unknown_too_long");
  c.set_evidence(1);
  c.set_summary("icbc has not said for a day what became of the payout.");
  c.set_opened_at_micros(noon + 86'400'000'000);
  return life;
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = SUANPAN_SOURCE_DIR "/tests/cli/golden/" + name;
  if (std::getenv("SUANPAN_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  CHECK(read_file(path) == text);
}

}  // namespace

TEST_CASE("explain: an order whose answer was lost reads as recorded") {
  check_golden("explain_quick_pay.txt", explain_text(lost_and_found()));
}

TEST_CASE("explain: a payout that waits for a person reads as recorded") {
  check_golden("explain_payout.txt", explain_text(stuck_payout()));
}

TEST_CASE("explain: nothing that a bank or a merchant sent can write to the terminal") {
  CHECK(explain_text(lost_and_found()).find('\x1b') == std::string::npos);
}

TEST_CASE("explain: in the Ts debits equal credits, and transit ends at nothing") {
  const auto cny = *parse_currency("CNY");
  const auto text = t_accounts_text({{"1122 channel:icbc", true, "1 received", {10'000}},
                                     {"2101 internal", false, "1 received", {10'000}},
                                     {"2101 internal", true, "2 settled", {10'000}},
                                     {"2001 merchant:M001", false, "2 settled", {10'000}}},
                                    cny);
  CHECK(text.find("1122 channel:icbc") < text.find("2101 internal"));
  CHECK(text.find("balance             0.00") != std::string::npos);
  CHECK(t_accounts_text({}, cny).empty());
}

TEST_CASE("lengths of time read as people say them") {
  CHECK(elapsed_text(0) == "0 ms");
  CHECK(elapsed_text(999'999) == "999 ms");
  CHECK(elapsed_text(3'204'000) == "3.204 s");
  CHECK(elapsed_text(5'004'000) == "5.004 s");
  CHECK(elapsed_text(725'000'000) == "12 min 5 s");
  CHECK(elapsed_text(93'780'000'000) == "26 h 3 min");
}

TEST_CASE("the exit status of an order: paid is done, refused is 1, not decided is 4") {
  v1::Payment payment;
  const auto status = [&payment](v1::PaymentState state) {
    payment.set_state(state);
    return status_of_payment(payment);
  };
  CHECK(status(v1::PAYMENT_STATE_SUCCEEDED) == exit_status::done);
  CHECK(status(v1::PAYMENT_STATE_FAILED) == exit_status::refused);
  CHECK(status(v1::PAYMENT_STATE_CLOSED) == exit_status::refused);
  CHECK(status(v1::PAYMENT_STATE_UNKNOWN) == exit_status::unavailable);
  CHECK(status(v1::PAYMENT_STATE_MANUAL) == exit_status::unavailable);
  CHECK(status(v1::PAYMENT_STATE_PROCESSING) == exit_status::unavailable);
  CHECK(status(v1::PAYMENT_STATE_CREATED) == exit_status::unavailable);
  payment.set_redirect_url("https://bank.example/1");
  CHECK(status(v1::PAYMENT_STATE_PROCESSING) == exit_status::done);
  payment.mutable_failure()->set_code("card_declined");
  CHECK(status(v1::PAYMENT_STATE_CREATED) == exit_status::refused);
}
