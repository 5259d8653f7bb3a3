// Orders whose node dies or whose actors fail, case by case: what is lost on the way is taken up
// again, and what fails again and again stops and says so.
#include "tests/simulation/payment_cases.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace suanpan;
using namespace suanpan::simulation;

TEST_CASE("payment: whatever a crash swallows is taken up again, at each fault point (R19)") {
  for (const auto point : fault_points) {
    const bool of_orders = point.starts_with("payment") || point.starts_with("booker.");
    const bool elsewhere = point == "payments.before_escalate" ||
                           point == "payment.before_notify" || point == "booker.before_redirect" ||
                           point == "payment.before_ask";
    if (!of_orders || elsewhere) continue;
    CAPTURE(point);
    order_stage s;
    // A bank that pays at most once a reference and finds what it has.
    s.bank->on_query = [&s](const channel_request& q) -> std::optional<channel_answer> {
      for (const auto& known : s.bank->heard)
        if (known.reference == q.reference && known.operation != channel_operation::query)
          return s.bank->say(q, channel_outcome::succeeded);
      return s.bank->say(q, channel_outcome::not_found);
    };
    const dies_at death(s, point);
    if (point == "payments.before_serve" || point == "payments.before_forget") s.stage->restart(0);
    auto what = s.quick_pay("A1");
    what.attempts_max = 1;
    ask_until_told(s, what);
    REQUIRE(s.wait_at_rest("A1"));
    s.stage->wait(5 * seconds);
    CHECK(death.died);
    const auto& order = *s.row("A1");
    // Sent at most once; where it certainly never came to the bank, nothing was paid (R20).
    const bool paid = order.head.stage == payment_stage::succeeded;
    CHECK(s.bank->submitted() == (paid ? 1 : 0));
    CHECK(s.balance("merchant:M9", "2001") == (paid ? 9'940 : 0));
    CHECK(s.audit() == "");
  }
}

TEST_CASE(
    "payment: a query that a crash swallows is asked after all, and nothing sent (R19, R20)") {
  order_stage s;
  s.bank->on_submit = [](const auto&) { return std::nullopt; };
  const dies_at death(s, "payment.before_ask");
  ask_until_told(s, s.quick_pay("A1"));
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(death.died);
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.bank->heard.size() > 1);
  CHECK(s.balance("merchant:M9", "2001") == 9'940);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: an act that comes late is not done where the shard was lost meanwhile (R19)") {
  order_stage s;
  s.bank->on_query = [&s](const auto& q) { return s.bank->say(q, channel_outcome::not_found); };
  const auto call = s.send(s.quick_pay("A1"));
  REQUIRE(s.wait_until([&s] { return s.row("A1") != nullptr; }));
  s.stage->world.hold("payment");  // as if the process were stopped between commit and act
  s.stage->wait(3 * seconds);
  REQUIRE(s.bank->heard.empty());
  bool lost = false;
  SUBCASE("it is ours still: a round trip, then the act") {}
  SUBCASE("it is lost: whoever owns it next asks the bank") {
    lost = true;
  }
  if (lost) s.stage->node().end_session(0);
  s.stage->world.let_go();
  REQUIRE(s.wait_until([&s] { return !s.bank->heard.empty(); }));
  const bool asked = s.bank->heard.front().operation == channel_operation::query;
  CHECK(asked == lost);
  CHECK(s.bank->submitted() == (lost ? 0 : 1));
}

TEST_CASE("payment: what a channel took with it when it failed is asked for (R11, R20)") {
  order_stage s;
  bool broken = true;
  s.bank->on_submit = [&s, &broken](const channel_request& r) {
    if (std::exchange(broken, false)) throw std::runtime_error("planted");
    return std::optional(s.bank->say(r, channel_outcome::succeeded));
  };
  std::optional<dies_at> death;
  SUBCASE("it is restarted alone") {}
  SUBCASE("the node dies before it is") {
    death.emplace(s, "channel_supervisor.before_restart");
  }
  ask_until_told(s, s.quick_pay("A1"));
  REQUIRE(s.wait_at_rest("A1"));
  CHECK((!death || death->died));
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  ask_until_told(s, s.quick_pay("A2"));
  REQUIRE(s.wait_at_rest("A2"));
  CHECK(s.row("A2")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 2);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: a redirection that a crash swallows is made once, with one case (R22)") {
  order_stage s;
  freeze_credits_of(s, open_shop_of(s));
  const dies_at death(s, "booker.before_redirect");
  ask_until_told(s, s.quick_pay("A1"));
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(death.died);
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.balance("merchant:M9", "2001") == 0);
  CHECK(s.balance("internal", "2999") == 9'940);
  CHECK(s.row("A1")->cases == 1);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: a node that dies of an order's exception recovers the order (R11)") {
  order_stage s;
  const dies_at death(s, "payments.before_escalate");
  const throws_at_events once(1);
  ask_until_told(s, s.quick_pay("A1"));
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(death.died);
  CHECK(s.stage->node().status().ready());
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.balance("merchant:M9", "2001") == 9'940);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: an exception ends the hold on the shard, and the order is recovered (R11)") {
  counted_stage counted;
  auto& s = counted.on;
  const auto holder = s.stage->database.holder(shard_of_owner("merchant:M9", 2));
  CHECK(counted.restarts() == 0);
  const throws_at_events once(1);
  const auto told = ask_until_told(s, s.quick_pay("A1"));
  CHECK(told.order.number.value == "A1");
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(counted.restarts() == 1);
  CHECK(s.stage->node().status().ready());
  CHECK(s.stage->database.holder(shard_of_owner("merchant:M9", 2)) == holder);
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}

TEST_CASE("payment: a crash loop stops at the intensity bound and says so (R11)") {
  counted_stage counted({.restart_intensity = 2});
  auto& s = counted.on;
  throws_at_events always(1'000);
  const auto call = s.send(s.quick_pay("A1"));
  const auto shard = shard_of_owner("merchant:M9", 2);
  const auto why = "shard_failed: shard " + std::to_string(shard.value) + ": planted";
  CHECK(s.wait_until([&] { return s.stage->node().status().reason() == why; }));
  CHECK(counted.restarts() == 3);
  // Nothing starts it again, and who asks is told so.
  s.stage->wait(120 * seconds);
  CHECK(s.stage->node().status().reason() == why);
  CHECK(counted.restarts() == 3);
  CHECK_FALSE(s.stage->database.holder(shard).has_value());
  CHECK(s.wait_for(s.send(s.quick_pay("A2"))).refusal == payment_refusal::unavailable);
  CHECK(s.row("A2") == nullptr);
  CHECK(call->finished);
  // Nor is anything lost: a later life ends the order.
  always.left = 0;
  s.stage->restart(0);
  REQUIRE(s.wait_at_rest("A1"));
  CHECK(s.row("A1")->head.stage == payment_stage::succeeded);
  CHECK(s.bank->submitted() == 1);
  CHECK(s.audit() == "");
}
