// Refunds and what they refund, and what comes too late: surpluses, reversals, mismatches (R21).
#include "tests/payment/told.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::told;

namespace {

told_order paid(payment_kind kind, bool books = true) {
  auto order = order_of(kind);
  order.returns_fee = true;
  told_order pay(order);
  if (kind != payment_kind::transfer) {
    pay.begin();
    pay.reply(channel_outcome::succeeded);
  }
  if (books) pay.book_all();
  return pay;
}

payment_id id_of(std::uint8_t n) {
  payment_id id;
  id.bytes[15] = n;
  return id;
}

payment_decision about_refund(told_order& order, payment_event event, refund_share share) {
  payment_happening what;
  what.event = event;
  what.share = share;
  return order.hear(what);
}

payment_order refund_of(const told_order& original, minor_units amount) {
  auto order = order_of(payment_kind::refund);
  order.id = id_of(9);
  order.original = original.state.order.id;
  order.amount = amount;
  take_from_original(order, original.state);
  return order;
}

}  // namespace

TEST_CASE("an original reserves what refunds ask for, and never more than it has left") {
  auto pay = paid(payment_kind::quick_pay);
  REQUIRE(recorded(about_refund(pay, payment_event::refund_reserved, {id_of(1), {6'000}})));
  CHECK(pay.acts() == "refund yes");
  CHECK(passed(about_refund(pay, payment_event::refund_reserved, {id_of(1), {6'000}})));
  CHECK(refusal_of(about_refund(pay, payment_event::refund_reserved, {id_of(2), {4'001}})) ==
        payment_refusal::exceeds_refundable);
  CHECK(refundability_of(pay.state, {4'001}).refundable == minor_units{4'000});
  REQUIRE(recorded(about_refund(pay, payment_event::refund_reserved, {id_of(3), {4'000}})));
  CHECK(pay.state.head.refund_reserved == minor_units{10'000});
  REQUIRE(recorded(about_refund(pay, payment_event::refund_released, {id_of(1), {6'000}})));
  CHECK(passed(about_refund(pay, payment_event::refund_released, {id_of(1), {6'000}})));
  REQUIRE(recorded(about_refund(pay, payment_event::refund_settled, {id_of(3), {4'000}})));
  CHECK(passed(about_refund(pay, payment_event::refund_settled, {id_of(3), {4'000}})));
  CHECK(passed(about_refund(pay, payment_event::refund_released, {id_of(3), {4'000}})));
  CHECK(pay.state.head.refunded == minor_units{4'000});
  CHECK(pay.state.head.refund_reserved == minor_units{0});
  CHECK(pay.stage() == payment_stage::succeeded);
}

TEST_CASE("a refund goes on when all of its original before it is booked (R22)") {
  auto pay = paid(payment_kind::quick_pay, false);
  REQUIRE(recorded(about_refund(pay, payment_event::refund_reserved, {id_of(1), {6'000}})));
  CHECK(pay.acts().empty());
  pay.book_all();
  CHECK(pay.acts() == "answer, refund yes");
}

TEST_CASE("only what was paid, and can come back, is refunded") {
  told_order open(order_of(payment_kind::quick_pay));
  open.begin();
  CHECK(refusal_of(about_refund(open, payment_event::refund_reserved, {id_of(1), {1}})) ==
        payment_refusal::attempt_open);
  open.reply(channel_outcome::unknown);
  CHECK(refusal_of(about_refund(open, payment_event::refund_reserved, {id_of(1), {1}})) ==
        payment_refusal::attempt_open);
  told_order closed(order_of(payment_kind::quick_pay));
  closed.hear(payment_event::close_requested);
  CHECK(refusal_of(about_refund(closed, payment_event::refund_reserved, {id_of(1), {1}})) ==
        payment_refusal::not_refundable);
  told_order out(order_of(payment_kind::payout));
  CHECK(refundability_of(out.state, {1}).refusal == payment_refusal::not_refundable);
  auto taken_back = paid(payment_kind::quick_pay);
  taken_back.answer(answer_of(channel_outcome::failed, answer_door::callback));
  CHECK(refusal_of(about_refund(taken_back, payment_event::refund_reserved, {id_of(1), {1}})) ==
        payment_refusal::not_refundable);
}

TEST_CASE("a refund: reserved, held, sent back, settled, and its share of the fee returned") {
  auto pay = paid(payment_kind::quick_pay);
  told_order back(refund_of(pay, {5'000}));
  CHECK(back.acts() == "original refund_reserved");
  CHECK(text_of(resume(back.state).at(0)) == "original refund_reserved");
  CHECK(passed(back.begin()));
  REQUIRE(recorded(about_refund(back, payment_event::reservation_made, {})));
  CHECK(back.acts() == "book 1");
  CHECK(passed(about_refund(back, payment_event::reservation_made, {})));
  back.book_all();
  CHECK(back.acts() == "choose");
  back.begin();
  CHECK(back.state.attempts[0].operation == channel_operation::refund);
  back.reply(channel_outcome::succeeded);
  CHECK(back.acts() == "book 2, tell, answer, original refund_settled");
  back.book_all();
  CHECK(back.transitions() == "held, captured, paid, fee_returned");
  CHECK(back.state.intents[3].legs[0].amount == minor_units{30});
  CHECK(back.notifications() == "refund.succeeded");
  CHECK(refunded_attempt(pay.state, back.state.order)->reference ==
        pay.state.attempts[0].reference);
}

TEST_CASE("a refund that fails gives back what it held and reserved") {
  auto pay = paid(payment_kind::quick_pay);
  told_order declined(refund_of(pay, {5'000}));
  auto refused = declined;
  auto without = declined;
  about_refund(declined, payment_event::reservation_made, {});
  declined.book_all();
  declined.begin();
  declined.reply(channel_outcome::failed);
  CHECK(declined.acts() == "book 2, tell, answer, original refund_released");
  payment_happening no;
  no.event = payment_event::reservation_refused;
  no.trouble = "exceeds_refundable";
  REQUIRE(recorded(refused.hear(no)));
  CHECK(refused.state.head.failure.code == "exceeds_refundable");
  CHECK(refused.notifications() == "refund.failed");
  about_refund(without, payment_event::reservation_made, {});
  no.event = payment_event::funds_refused;
  no.intent = 1;
  no.booking = item_result::debit_insufficient_funds;
  REQUIRE(recorded(without.hear(no)));
  CHECK(without.acts() == "tell, answer, original refund_released");
  CHECK(is_at_rest(without.state));
}

TEST_CASE("a refund of a transfer is posted back without a channel") {
  auto pay = paid(payment_kind::transfer);
  told_order back(refund_of(pay, {10'000}));
  CHECK(back.state.order.payer == "merchant:M001");
  CHECK(back.state.order.payee == "user:42");
  about_refund(back, payment_event::reservation_made, {});
  CHECK(back.stage() == payment_stage::processing);
  back.book_all();
  CHECK(back.stage() == payment_stage::succeeded);
  CHECK(back.transitions() == "moved, fee_returned");
}

TEST_CASE("a top-up is refunded from the user's balance, any other payment from the merchant's") {
  CHECK(refund_of(paid(payment_kind::top_up), {1}).payer == "user:42");
  CHECK(refund_of(paid(payment_kind::withholding), {1}).payer == "merchant:M001");
}

TEST_CASE("shares of a fee are half up, and add up to the whole fee however it is parted") {
  auto pay = paid(payment_kind::quick_pay);
  std::int64_t returned = 0;
  for (std::uint8_t n = 1; n <= 7; ++n) {
    const minor_units part{n == 7 ? 10'000 - 6 * 1'234 : 1'234};
    returned += refund_of(pay, part).fee.value;
    REQUIRE(recorded(about_refund(pay, payment_event::refund_reserved, {id_of(n), part})));
    REQUIRE(recorded(about_refund(pay, payment_event::refund_settled, {id_of(n), part})));
  }
  CHECK(returned == 60);
}

TEST_CASE("a success after the end is a surplus: booked, told, a case, sent back by the system") {
  told_order pay(order_of(payment_kind::online_bank_pay));
  pay.begin();
  pay.reply(channel_outcome::failed);
  REQUIRE(pay.stage() == payment_stage::failed);
  const auto success = answer_of(channel_outcome::succeeded, answer_door::callback);
  REQUIRE(recorded(pay.answer(success)));
  CHECK(pay.stage() == payment_stage::failed);
  CHECK(pay.transitions() == "surplus_received");
  CHECK(pay.acts() == "book 1, tell, surplus 1");
  CHECK(pay.cases() == "success_after_end");
  CHECK(pay.notifications() == "payment.failed, payment.surplus");
  CHECK(passed(pay.answer(success)));
  pay.book_all();
  CHECK(text_of(resume(pay.state).at(0)) == "surplus 1");

  const auto order = surplus_refund_of(pay.state, 1, pay.now);
  CHECK(order.id == surplus_refund_of(pay.state, 1, 0).id);
  CHECK(order.id != surplus_refund_of(pay.state, 2, pay.now).id);
  told_order back(order);
  CHECK(back.acts() == "choose");
  back.begin();
  back.reply(channel_outcome::succeeded);
  CHECK(back.acts() == "book 1, original surplus_returned");
  CHECK(back.transitions() == "surplus_returned");
  REQUIRE(recorded(about_refund(pay, payment_event::surplus_returned, {order.id, order.amount})));
  CHECK(passed(about_refund(pay, payment_event::surplus_returned, {order.id, order.amount})));
  CHECK(resume(pay.state).empty());
}

TEST_CASE(
    "a surplus that can't go back now is tried again for ever; one that is declined is a case") {
  told_order pay(order_of(payment_kind::online_bank_pay));
  pay.begin();
  pay.reply(channel_outcome::failed);
  pay.answer(answer_of(channel_outcome::succeeded, answer_door::callback));
  told_order back(surplus_refund_of(pay.state, 1, pay.now));
  std::int64_t waited = 0;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(recorded(back.hear(payment_event::no_route_found)));
    const auto due = due_of(back.state, policy());
    REQUIRE(due);
    CHECK(due->what == payment_timer::next_attempt);
    CHECK(due->at_micros - back.now >= waited);
    waited = due->at_micros - back.now;
    back.now = due->at_micros;
  }
  CHECK(back.cases() == "refund_stuck");
  back.begin();
  back.reply(channel_outcome::failed);
  CHECK(back.stage() == payment_stage::failed);
  CHECK(back.cases() == "refund_stuck, refund_stuck");
}

TEST_CASE("a second success while another card is asked is a surplus; the order goes on") {
  told_order pay(order_of(payment_kind::quick_pay));
  pay.begin();
  pay.reply(channel_outcome::failed);
  payment_happening retry;
  retry.event = payment_event::retry_requested;
  retry.card = card_id{"card_2"};
  retry.route = chosen_channel{{"icbc"}, {}, ""};
  pay.hear(retry);
  REQUIRE(recorded(pay.answer(answer_of(channel_outcome::succeeded, answer_door::callback), 1)));
  CHECK(pay.stage() == payment_stage::processing);
  CHECK(pay.state.attempts[1].open);
  REQUIRE(recorded(pay.reply(channel_outcome::succeeded)));
  CHECK(pay.state.head.paid_by == 2);
  CHECK(pay.transitions() == "surplus_received, received, settled");
}

TEST_CASE("a success after all, while nothing is paid and nothing under way, is the payment") {
  told_order pay(order_of(payment_kind::quick_pay));
  pay.begin();
  pay.reply(channel_outcome::failed);
  REQUIRE(recorded(pay.answer(answer_of(channel_outcome::succeeded, answer_door::callback))));
  CHECK(pay.stage() == payment_stage::succeeded);
  CHECK(pay.state.head.paid_by == 1);
  told_order out(order_of(payment_kind::payout));
  out.book_all();
  out.begin();
  auto unsent = answer_of(channel_outcome::unknown, answer_door::reply);
  unsent.doubt = channel_doubt::not_sent;
  out.answer(unsent);
  REQUIRE(recorded(out.answer(answer_of(channel_outcome::succeeded, answer_door::callback))));
  CHECK(out.stage() == payment_stage::succeeded);
  CHECK(passed(out.begin()));
}

TEST_CASE("what the bank takes back, or pays after all, goes to suspense with a case") {
  auto pay = paid(payment_kind::quick_pay);
  const auto failure = answer_of(channel_outcome::failed, answer_door::callback);
  REQUIRE(recorded(pay.answer(failure)));
  CHECK(pay.stage() == payment_stage::succeeded);
  CHECK(pay.state.intents.back().legs[0].debit.subject == "2999");
  CHECK(pay.cases() == "failure_after_success");
  CHECK(pay.notifications() == "payment.succeeded, payment.returned");
  CHECK(passed(pay.answer(failure)));
  told_order out(order_of(payment_kind::payout));
  out.book_all();
  out.begin();
  out.reply(channel_outcome::failed);
  REQUIRE(recorded(out.answer(answer_of(channel_outcome::succeeded, answer_door::callback))));
  CHECK(out.stage() == payment_stage::failed);
  CHECK(out.transitions() == "held, released, paid_after_all");
  CHECK(out.cases() == "paid_after_all");
}

TEST_CASE("an answer about another amount, currency or merchant is a case and changes nothing") {
  for (int what = 0; what < 3; ++what) {
    told_order pay(order_of(payment_kind::quick_pay));
    pay.begin();
    pay.reply(channel_outcome::pending);
    auto wrong = answer_of(channel_outcome::succeeded, answer_door::callback);
    if (what == 0) wrong.amount = {10'001};
    if (what == 1) wrong.ccy = *parse_currency("USD");
    if (what == 2) wrong.merchant_at_bank = "M002";
    REQUIRE(recorded(pay.answer(wrong)));
    CHECK(pay.stage() == payment_stage::processing);
    CHECK(pay.transitions().empty());
    CHECK(pay.cases() == "answer_mismatched");
    CHECK(passed(pay.answer(wrong)));
    wrong.door = answer_door::query;  // asked about on and on, by schedule
    const auto before = due_of(pay.state, policy())->at_micros;
    pay.now = before;
    REQUIRE(recorded(pay.answer(wrong)));
    CHECK(due_of(pay.state, policy())->at_micros > pay.now);
    REQUIRE(recorded(pay.query(channel_outcome::succeeded)));
    CHECK(pay.stage() == payment_stage::succeeded);
    CHECK(passed(pay.answer(wrong)));
    CHECK(pay.cases() == "answer_mismatched");
  }
}
