// Orders through the real payment actors, case by case: one number is one order, nothing is sent
// twice without evidence, a booking can't be refused.
#include "tests/simulation/payment_cases.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace suanpan;
using namespace suanpan::simulation;

TEST_CASE("payment: a quick pay is paid once, booked by rule, and told (DESIGN 5)") {
  order_stage s;
  const auto& told = s.ask(s.quick_pay("A1"));
  CHECK(told.refusal == payment_refusal::none);
  CHECK(told.state.head.stage == payment_stage::succeeded);
  CHECK_FALSE(told.replayed);
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.bank->submitted() == 1);
  CHECK(s.balance("channel:icbc", "1122") == -10'000);
  CHECK(s.balance("merchant:M9", "2001") == 9'940);
  CHECK(s.balance("internal", "6001") == 60);
  CHECK(s.balance("internal", "2101") == 0);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: an order number asked a hundred times at once is one order (R4)") {
  order_stage s({.nodes = 1});
  std::vector<std::shared_ptr<sim_payment_call>> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(s.send(s.quick_pay("A1")));
  for (const auto& call : calls) s.wait_for(call);
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.bank->submitted() == 1);
  CHECK(s.stage->database.payments().orders().size() == 1);
  std::size_t first = 0;
  for (const auto& call : calls) {
    if (call->refusal == payment_refusal::request_in_progress) continue;
    CHECK(call->refusal == payment_refusal::none);
    CHECK(call->state.order.id == s.row("A1")->order.id);
    if (!call->replayed) ++first;
  }
  CHECK(first == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: the recorded answer comes again, also from the rows alone (R4)") {
  order_stage s;
  const auto id = s.ask(s.quick_pay("A1")).state.order.id;
  REQUIRE(s.wait_at_rest("A1"));
  SUBCASE("at once") {}
  SUBCASE("when its actor is gone") {
    s.stage->wait(5 * seconds);
  }
  SUBCASE("after a crash") {
    s.stage->restart(0);
  }
  const auto again = ask_until_told(s, s.quick_pay("A1"));
  CHECK(again.order.id == id);
  CHECK(again.head.stage == payment_stage::succeeded);
  CHECK(s.stage->told.calls.back().replayed);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: other content under a known number is refused, naming the field (R4)") {
  order_stage s;
  s.ask(s.quick_pay("A1"));
  REQUIRE(s.wait_at_rest("A1"));
  struct changed {
    const char* field;
    void (*change)(payment_order&);
  };
  const std::array<changed, 5> changes = {{
      {"kind", [](payment_order& o) { o.kind = payment_kind::withholding; }},
      {"amount", [](payment_order& o) { ++o.amount.value; }},
      {"currency", [](payment_order& o) { o.ccy = samples::usd; }},
      {"card", [](payment_order& o) { o.card = {"card_2"}; }},
      {"description", [](payment_order& o) { o.description = "another"; }},
  }};
  for (const auto& c : changes) {
    auto other = s.quick_pay("A1");
    c.change(other);
    CAPTURE(c.field);
    const auto& told = s.ask(other);
    CHECK(told.refusal == payment_refusal::order_number_reused);
    CHECK(told.field == c.field);
  }
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}

TEST_CASE(
    "payment: an order whose time had passed when it came is refused, its copy answered (R4)") {
  order_stage s;
  auto what = s.quick_pay("A1");
  what.expires_micros = unix_micros_at_start + s.stage->world.now();
  CHECK(s.ask(what).refusal == payment_refusal::expired);
  CHECK(s.row("A1") == nullptr);
  CHECK(s.bank->heard.empty());
  what.expires_micros = unix_micros_at_start + s.stage->world.now() + 5 * seconds;
  const auto first = s.ask(what);
  CHECK(first.state.head.stage == payment_stage::succeeded);
  s.stage->wait(10 * seconds);
  const auto copy = s.ask(what);
  CHECK(copy.replayed);
  CHECK(copy.state.head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: a refund in another currency than its original's is refused") {
  order_stage s;
  const auto paid = s.ask(s.quick_pay("A1"));
  REQUIRE(s.wait_at_rest("A1"));
  payment_order back;
  back.merchant = {order_stage::merchant};
  back.number = {"R1"};
  back.kind = payment_kind::refund;
  back.amount = {1'000};
  back.ccy = samples::usd;
  back.original = paid.state.order.id;
  CHECK(s.ask(back).refusal == payment_refusal::not_refundable);
  CHECK(s.row("R1") == nullptr);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.row("A1")->head.refund_reserved == minor_units{0});
  back.ccy = samples::cny;
  CHECK(s.ask(back).state.head.stage == payment_stage::succeeded);
  REQUIRE(s.wait_at_rest("R1"));
  CHECK(s.row("A1")->head.refunded == minor_units{1'000});
  CHECK(s.audit() == "");
}

TEST_CASE("payment: silence never leads to a second submission (R20)") {
  order_stage s;
  s.bank->on_submit = [](const auto&) { return std::nullopt; };
  s.bank->on_query = [](const auto&) { return std::nullopt; };
  const auto call = s.send(s.quick_pay("A1"), 10 * seconds);
  s.wait_for(call);
  CHECK(call->state.head.stage == payment_stage::unknown);
  s.stage->wait(60 * seconds);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.bank->heard.size() > 5);
  s.bank->on_query = nullptr;  // found at last
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: a deadline that passes is told how it stands, never that it failed") {
  order_stage s;
  s.bank->takes = 1'500 * millis;
  const auto call = s.send(s.quick_pay("A1"), 500 * millis);
  s.wait_for(call);
  CHECK(call->refusal == payment_refusal::none);
  CHECK(call->state.head.stage == payment_stage::processing);
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
}

TEST_CASE("payment: another card after an explicit refusal, none while one is open") {
  order_stage s;
  s.bank->on_submit = [&s](const channel_request& r) -> std::optional<channel_answer> {
    return s.bank->say(r, channel_outcome::failed);
  };
  const auto& first = s.ask(s.quick_pay("A1"));
  CHECK(first.state.head.stage == payment_stage::created);
  CHECK(first.state.head.failure.code == "card_declined");
  s.bank->on_submit = nullptr;
  s.bank->takes = 1 * seconds;
  const auto retry = s.change(payment_verb::retry, first.state.order.id, "card_2");
  s.stage->wait(200 * millis);
  const auto copy = s.change(payment_verb::retry, first.state.order.id, "card_3");
  CHECK(s.wait_for(copy).refusal == payment_refusal::attempt_open);
  const auto closed = s.change(payment_verb::close, first.state.order.id);
  CHECK(s.wait_for(closed).refusal == payment_refusal::attempt_open);
  CHECK(s.wait_for(retry).state.head.stage == payment_stage::succeeded);
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.bank->submitted() == 2);
  CHECK(s.bank->heard.back().token == "token_2_of_M9");
  CHECK(s.audit() == "");
}

TEST_CASE("payment: an act waits for a round trip when its commit is old (R19)") {
  order_stage s;
  s.payments->policy.act_deadline = 0;  // of orders of the next life
  s.stage->restart(0);
  const auto& told = s.ask(s.quick_pay("A1"));
  CHECK(told.state.head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
}

TEST_CASE("payment: a booking that its target refuses goes to suspense under the same ids (R22)") {
  order_stage s;
  freeze_credits_of(s, open_shop_of(s));
  const auto& told = s.ask(s.quick_pay("A1"));
  CHECK(told.state.head.stage == payment_stage::succeeded);
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.balance("merchant:M9", "2001") == 0);
  CHECK(s.balance("internal", "2999") == 9'940);
  CHECK(s.row("A1")->cases == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: an order that the database can't hold fails alone (R12)") {
  order_stage s;
  auto poison = s.quick_pay("A1");
  poison.description = poison_description;
  const auto bad = s.send(poison);
  const auto good = s.send(s.quick_pay("A2"));
  CHECK(s.wait_for(bad).refusal == payment_refusal::internal);
  CHECK(s.wait_for(good).state.head.stage == payment_stage::succeeded);
  CHECK(s.row("A1") == nullptr);
  CHECK(s.bank->submitted() == 1);
}
