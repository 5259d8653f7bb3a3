// The courses that orders take, event by event: stages, vouchers, notifications, cases, acts.
#include "tests/payment/told.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::told;

namespace {

constexpr channel_traits dedupes{true, false, 0, true};
constexpr channel_traits final_after_5s{false, true, 5 * second, true};
constexpr channel_traits dedupes_final_after_5s{true, true, 5 * second, true};

}  // namespace

TEST_CASE("quick pay: a success is recorded with both vouchers, the event, and what is done") {
  told_order pay(order_of(payment_kind::quick_pay));
  CHECK(pay.stage() == payment_stage::created);
  CHECK(pay.acts() == "choose");
  CHECK(pay.state.head.due_micros == pay.state.order.expires_micros);
  REQUIRE(recorded(pay.begin()));
  CHECK(pay.stage() == payment_stage::processing);
  CHECK(pay.acts() == "submit 1");
  CHECK(pay.steps.back().rule == "quick_pay/created/attempt_began/may_begin");
  REQUIRE(recorded(pay.reply(channel_outcome::succeeded)));
  CHECK(pay.stage() == payment_stage::succeeded);
  CHECK(pay.state.head.paid_by == 1);
  CHECK(pay.transitions() == "received, settled");
  CHECK(pay.acts() == "book 1, tell, answer");
  CHECK(pay.state.intents[0].legs[0].debit.owner == "channel:icbc");
  pay.book_all();
  CHECK(pay.notifications() == "payment.succeeded");
  CHECK(is_at_rest(pay.state));
  CHECK(resume(pay.state).empty());
}

TEST_CASE("an event's JSON names order, stage and what failed, and is what JSON allows") {
  auto order = order_of(payment_kind::quick_pay);
  order.attempts_max = 1;
  order.number = {R"(a "quoted" \ number)"};
  told_order pay(order);
  pay.begin();
  REQUIRE(recorded(pay.reply(channel_outcome::failed)));
  CHECK(pay.steps.back().notifications.at(0).body ==
        R"({"type":"payment.failed","timestamp":"2023-11-14T22:13:22.000000Z","data":)"
        R"({"payment_id":"pay_01081G81860W40J2GB1G6GW3RG","order_number":"a \"quoted\" \\ number",)"
        R"("merchant":"M001","kind":"quick_pay","stage":"failed","amount":10000,"currency":"CNY",)"
        R"("fee":60,"attempt":1,"failure":{"code":"card_declined","channel_code":"51",)"
        R"("advice":"retry_never"},"sequence":1}})");
}

TEST_CASE("quick pay: silence is asked about by schedule, never sent again, never failed by age") {
  told_order pay(order_of(payment_kind::quick_pay));
  pay.begin();
  REQUIRE(recorded(pay.reply(channel_outcome::unknown)));
  CHECK(pay.stage() == payment_stage::unknown);
  CHECK(pay.acts() == "answer");
  std::string waits;
  for (int i = 0; i < 9; ++i) {
    const auto due = due_of(pay.state, policy());
    REQUIRE(due);
    CHECK(due->what == payment_timer::query);
    CHECK(text_of(std::get<payment_act>(on_due(due->what, pay.state))) == "query 1");
    waits += std::to_string((due->at_micros - pay.now) / second) + " ";
    pay.now = due->at_micros;
    REQUIRE(recorded(pay.query(channel_outcome::unknown)));
  }
  CHECK(waits == "1 2 5 10 30 60 300 900 3600 ");
  CHECK(passed(pay.hear(payment_event::expired)));
  CHECK(refusal_of(pay.hear(payment_event::close_requested)) == payment_refusal::attempt_open);
  CHECK(refusal_of(pay.hear(payment_event::retry_requested)) == payment_refusal::attempt_open);
  CHECK(passed(pay.hear(payment_event::unknown_too_long)));
  pay.now = start_micros + 86'400 * second;
  REQUIRE(recorded(pay.hear(payment_event::unknown_too_long)));
  CHECK(pay.stage() == payment_stage::manual);
  CHECK(pay.cases() == "unknown_too_long");
  CHECK(due_of(pay.state, policy())->at_micros == pay.now + 3'600 * second);
  REQUIRE(recorded(pay.query(channel_outcome::succeeded)));
  CHECK(pay.stage() == payment_stage::succeeded);
}

TEST_CASE("quick pay: a refusal waits for another card, which is recorded with its attempt") {
  told_order pay(order_of(payment_kind::quick_pay));
  CHECK(refusal_of(pay.hear(payment_event::retry_requested)) == payment_refusal::not_retryable);
  pay.begin();
  REQUIRE(recorded(pay.reply(channel_outcome::failed)));
  CHECK(pay.stage() == payment_stage::created);
  CHECK(pay.state.head.failure.advice == retry_advice::retry_other_method);
  CHECK(is_answerable(pay.state));
  CHECK(passed(pay.begin()));  // nothing begins by itself
  payment_happening retry;
  retry.event = payment_event::retry_requested;
  retry.card = card_id{"card_2"};
  CHECK(refusal_of(pay.hear(retry)) == payment_refusal::no_channel);
  retry.route = chosen_channel{{"icbc"}, {}, ""};
  REQUIRE(recorded(pay.hear(retry)));
  CHECK(pay.fresh == 2);
  CHECK(pay.acts() == "submit 2");
  CHECK(pay.state.attempts[1].card == card_id{"card_2"});
  CHECK(pay.state.attempts[1].allowed_by == 0);
  CHECK(pay.state.head.failure.code.empty());
  pay.reply(channel_outcome::succeeded);
  CHECK(pay.state.head.paid_by == 2);
  CHECK(pay.notifications() == "payment.attempt_failed, payment.succeeded");
  CHECK(refusal_of(pay.hear(retry)) == payment_refusal::already_terminal);
  CHECK(refusal_of(pay.hear(payment_event::close_requested)) == payment_refusal::already_terminal);
}

TEST_CASE("quick pay: the last card's refusal fails the order; with time over nothing waits") {
  told_order pay(order_of(payment_kind::quick_pay));
  payment_happening retry;
  retry.event = payment_event::retry_requested;
  retry.route = chosen_channel{{"icbc"}, {}, ""};
  pay.begin();
  pay.reply(channel_outcome::failed);
  for (const auto* card : {"card_2", "card_3"}) {
    retry.card = card_id{card};
    REQUIRE(recorded(pay.hear(retry)));
    pay.reply(channel_outcome::failed);
  }
  CHECK(pay.stage() == payment_stage::failed);
  told_order late(order_of(payment_kind::quick_pay));
  late.begin();
  late.now = late.state.order.expires_micros;
  late.reply(channel_outcome::failed);
  CHECK(late.stage() == payment_stage::failed);
}

TEST_CASE(
    "an order that waits is closed by its merchant or by time, and closing again is no news") {
  told_order pay(order_of(payment_kind::quick_pay));
  pay.begin();
  pay.reply(channel_outcome::failed);
  CHECK(passed(pay.hear(payment_event::expired)));
  pay.now = pay.state.order.expires_micros;
  REQUIRE(recorded(pay.hear(payment_event::expired)));
  CHECK(pay.stage() == payment_stage::closed);
  CHECK(pay.notifications() == "payment.attempt_failed, payment.closed");
  CHECK(passed(pay.hear(payment_event::close_requested)));
}

TEST_CASE("what never left is tried again four times, each with its evidence, and then fails") {
  told_order pay(order_of(payment_kind::withholding));
  auto unsent = answer_of(channel_outcome::unknown, answer_door::reply);
  unsent.doubt = channel_doubt::not_sent;
  for (std::int16_t n = 1; n <= 4; ++n) {
    REQUIRE(recorded(pay.begin()));
    CHECK(pay.state.attempts.back().number == n);
    CHECK(pay.state.attempts.back().allowed_by == n - 1);
    REQUIRE(recorded(pay.answer(unsent)));
    if (n == 4) break;
    CHECK(pay.stage() == payment_stage::created);
    const auto due = due_of(pay.state, policy());
    REQUIRE(due);
    CHECK(due->what == payment_timer::next_attempt);
    CHECK(due->at_micros - pay.now == (policy().unsent_retry << (n - 1)));
    CHECK(text_of(std::get<payment_act>(on_due(due->what, pay.state))) == "choose");
  }
  CHECK(pay.stage() == payment_stage::failed);
  CHECK(pay.state.head.failure.code == "channel_unavailable");
  CHECK(pay.state.head.failure.advice == retry_advice::retry_later);
}

TEST_CASE("a resend that never left proves nothing about the send before it") {
  told_order pay(order_of(payment_kind::withholding));
  pay.begin(dedupes);
  pay.reply(channel_outcome::unknown);
  pay.query(channel_outcome::not_found);
  REQUIRE(recorded(pay.begin(dedupes)));
  auto unsent = answer_of(channel_outcome::unknown, answer_door::reply);
  unsent.doubt = channel_doubt::not_sent;
  REQUIRE(recorded(pay.answer(unsent)));
  CHECK(pay.stage() == payment_stage::unknown);
  CHECK(pay.state.attempts.back().open);
  CHECK(!pay.state.evidence.back().allows_new_number);
}

TEST_CASE("a channel that dedupes is sent the same reference again, on evidence alone") {
  told_order pay(order_of(payment_kind::payout));
  pay.book_all();
  pay.begin(dedupes);
  CHECK(passed(pay.begin(dedupes)));
  pay.reply(channel_outcome::unknown);
  CHECK(passed(pay.begin(dedupes)));  // silence is no evidence
  REQUIRE(recorded(pay.query(channel_outcome::not_found)));
  const auto due = due_of(pay.state, policy());
  REQUIRE(due);
  CHECK(due->what == payment_timer::next_attempt);
  CHECK(text_of(std::get<payment_act>(on_due(due->what, pay.state))) == "choose icbc");
  CHECK(passed(pay.begin()));  // by now it declares otherwise
  REQUIRE(recorded(pay.begin(dedupes)));
  CHECK(pay.acts() == "submit 1");
  CHECK(pay.state.attempts.size() == 1);
  CHECK(pay.state.attempts[0].sends == 2);
}

TEST_CASE("a payer's order is never sent again, whatever the channel declares") {
  told_order pay(order_of(payment_kind::quick_pay));
  pay.begin(dedupes);
  pay.reply(channel_outcome::unknown);
  REQUIRE(recorded(pay.query(channel_outcome::not_found)));
  CHECK(due_of(pay.state, policy())->what == payment_timer::query);
  CHECK(passed(pay.begin(dedupes)));
}

TEST_CASE("not found is final only when asked late enough, of a channel that declares it") {
  told_order pay(order_of(payment_kind::payout));
  pay.book_all();
  pay.begin(final_after_5s);
  pay.reply(channel_outcome::unknown);
  const auto known_at = pay.state.evidence.back().came_micros;
  const auto final_at = known_at + policy().act_deadline + policy().lane_patience + 5 * second;
  auto early = answer_of(channel_outcome::not_found, answer_door::query);
  early.asked_micros = final_at - 1;
  REQUIRE(recorded(pay.answer(early)));
  CHECK(pay.stage() == payment_stage::unknown);
  auto late = early;
  late.asked_micros = final_at;
  pay.traits = {};
  REQUIRE(recorded(pay.answer(late)));  // the channel does not declare it final
  CHECK(pay.stage() == payment_stage::unknown);
  pay.traits = final_after_5s;
  REQUIRE(recorded(pay.answer(late)));
  CHECK(pay.stage() == payment_stage::created);
  CHECK(pay.state.evidence.back().allows_new_number);
  REQUIRE(recorded(pay.begin(final_after_5s)));
  CHECK(pay.state.attempts[1].allowed_by == pay.state.evidence.back().number);
  CHECK(pay.state.attempts[1].reference != pay.state.attempts[0].reference);
}

TEST_CASE("not found is final of a resend whose answer a crash swallowed, counted from what came") {
  constexpr channel_traits dedupes_final_after_5s{true, true, 5 * second};
  told_order pay(order_of(payment_kind::payout));
  pay.book_all();
  pay.begin(dedupes_final_after_5s);
  pay.reply(channel_outcome::unknown);
  REQUIRE(recorded(pay.query(channel_outcome::not_found)));
  const auto before = pay.state.evidence.back().number;
  pay.now += 3'600 * second;  // the first send is long known to be on its way, the second is not
  REQUIRE(recorded(pay.begin(dedupes_final_after_5s)));
  CHECK(pay.state.attempts[0].sent_after == before);
  REQUIRE(resume(pay.state).size() == 1);
  CHECK(text_of(resume(pay.state).front()) == "query 1");
  pay.now += 3'600 * second;
  auto asked = answer_of(channel_outcome::not_found, answer_door::query);
  asked.asked_micros = pay.now;
  REQUIRE(recorded(pay.answer(asked)));
  CHECK(pay.stage() == payment_stage::unknown);
  const auto final_at = pay.state.evidence.back().came_micros + policy().act_deadline +
                        policy().lane_patience + 5 * second;
  asked.asked_micros = final_at - 1;
  REQUIRE(recorded(pay.answer(asked)));
  CHECK(pay.stage() == payment_stage::unknown);
  asked.asked_micros = final_at;
  REQUIRE(recorded(pay.answer(asked)));
  CHECK(pay.stage() == payment_stage::created);
  CHECK(pay.state.evidence.back().allows_new_number);
}

TEST_CASE("not found for good ends a payer's attempt: only the payer may try again") {
  auto order = order_of(payment_kind::online_bank_pay);
  told_order pay(order);
  pay.begin(final_after_5s);
  pay.reply(channel_outcome::unknown);
  pay.now += 60 * second;
  REQUIRE(recorded(pay.query(channel_outcome::not_found)));
  CHECK(pay.stage() == payment_stage::failed);
  CHECK(pay.state.head.failure.code == "never_received");
}

TEST_CASE("online-bank pay: the page is the answer, a callback the end") {
  told_order pay(order_of(payment_kind::online_bank_pay));
  pay.begin();
  CHECK(pay.state.attempts[0].operation == channel_operation::open_online);
  auto page = answer_of(channel_outcome::pending, answer_door::reply);
  page.redirect_url = "https://bank/pay/1";
  REQUIRE(recorded(pay.answer(page)));
  CHECK(pay.stage() == payment_stage::processing);
  CHECK(pay.acts() == "answer");
  CHECK(passed(pay.answer(page)));
  REQUIRE(recorded(pay.query(channel_outcome::pending)));
  CHECK(pay.steps.back().event == payment_event::channel_asked);
  REQUIRE(recorded(pay.answer(answer_of(channel_outcome::succeeded, answer_door::callback))));
  CHECK(passed(pay.answer(answer_of(channel_outcome::succeeded, answer_door::callback))));
  CHECK(pay.stage() == payment_stage::succeeded);
}

TEST_CASE("a payout holds amount and fee first, and captures or releases them") {
  told_order pay(order_of(payment_kind::payout));
  CHECK(pay.acts() == "book 1");
  CHECK(pay.state.intents[0].legs[0].amount == minor_units{10'060});
  CHECK(passed(pay.begin()));
  CHECK(refusal_of(pay.hear(payment_event::close_requested)) == payment_refusal::attempt_open);
  pay.book_all();
  CHECK(pay.acts() == "choose");
  auto paid = pay;
  paid.begin();
  paid.reply(channel_outcome::succeeded);
  paid.book_all();
  CHECK(paid.transitions() == "held, captured, paid");
  CHECK(paid.state.intents[1].ends_hold_of == 1);
  CHECK(paid.notifications() == "payout.succeeded");
  pay.begin();
  pay.reply(channel_outcome::failed);
  CHECK(pay.stage() == payment_stage::failed);
  CHECK(pay.acts() == "book 2, tell, answer");
  pay.book_all();
  CHECK(pay.transitions() == "held, released");
  CHECK(is_at_rest(pay.state));
}

TEST_CASE("a hold or posting that the ledger refuses fails the order with its reason") {
  for (const auto kind : {payment_kind::payout, payment_kind::withdrawal, payment_kind::transfer}) {
    told_order pay(order_of(kind));
    payment_happening refused;
    refused.event = kind == payment_kind::transfer ? payment_event::funds_not_moved
                                                   : payment_event::funds_refused;
    refused.intent = 1;
    refused.booking = item_result::debit_insufficient_funds;
    REQUIRE(recorded(pay.hear(refused)));
    CHECK(pay.stage() == payment_stage::failed);
    CHECK(pay.state.head.failure.code == "insufficient_funds");
    CHECK(passed(pay.hear(refused)));
    CHECK(is_at_rest(pay.state));
  }
}

TEST_CASE("a transfer is paid by its posting") {
  told_order pay(order_of(payment_kind::transfer));
  CHECK(pay.stage() == payment_stage::processing);
  pay.book_all();
  CHECK(pay.stage() == payment_stage::succeeded);
  CHECK(pay.state.intents[0].legs[0].debit.subject == "2002");
  CHECK(pay.state.intents[0].legs[0].credit.subject == "2001");
}

TEST_CASE("vouchers are booked in order, once, and what is redirected has a case") {
  told_order pay(order_of(payment_kind::quick_pay));
  pay.begin();
  pay.reply(channel_outcome::succeeded);
  payment_happening second_first;
  second_first.event = payment_event::booked;
  second_first.intent = 2;
  CHECK(passed(pay.hear(second_first)));
  payment_happening first = second_first;
  first.intent = 1;
  REQUIRE(recorded(pay.hear(first)));
  CHECK(pay.acts() == "book 2, answer");
  CHECK(passed(pay.hear(first)));
  second_first.event = payment_event::booking_redirected;
  second_first.trouble = "credit_account_frozen";
  REQUIRE(recorded(pay.hear(second_first)));
  CHECK(pay.state.intents[1].redirected);
  CHECK(pay.cases() == "booking_redirected");
}

TEST_CASE("who books before the answer is answered when all is booked") {
  auto order = order_of(payment_kind::quick_pay);
  order.books_before_answer = true;
  told_order pay(order);
  pay.begin();
  pay.reply(channel_outcome::succeeded);
  CHECK(pay.acts() == "book 1, tell");
  pay.book_all();
  CHECK(pay.acts() == "answer");
}

TEST_CASE("resume: an open attempt is asked about and never sent; what was lost is done again") {
  told_order pay(order_of(payment_kind::quick_pay));
  const auto resumed = [&pay] {
    std::string text;
    for (const auto& act : resume(pay.state)) text += text_of(act) + " ";
    return text;
  };
  CHECK(resumed() == "choose ");
  pay.begin();
  CHECK(resumed() == "query 1 ");
  pay.reply(channel_outcome::unknown);
  CHECK(resumed() == "query 1 ");
  pay.query(channel_outcome::succeeded);
  CHECK(resumed() == "book 1 ");
  told_order out(order_of(payment_kind::payout));
  CHECK(text_of(resume(out.state).at(0)) == "book 1");
  out.book_all();
  CHECK(text_of(resume(out.state).at(0)) == "choose");
}
