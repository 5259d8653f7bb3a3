// The channel and its supervisor on a deterministic scheduler: lanes, breaker, rate, deadlines,
// restarts, and that everybody who asks is told once.
#include "tests/channel/stage.hpp"

#include <caf/send.hpp>

#include <algorithm>

using namespace suanpan;
using namespace std::chrono_literals;

namespace {

constexpr auto charge = channel_operation::charge;
constexpr auto payout = channel_operation::payout;
constexpr auto succeeded = channel_outcome::succeeded;
constexpr auto unknown = channel_outcome::unknown;
constexpr auto no_answer = channel_doubt::no_answer;

using lines = std::vector<std::string>;

stage::channel_of bounded(lane_limits lane) {
  stage::channel_of channel;
  channel.limits.lanes = {lane, lane};
  return channel;
}

}  // namespace

TEST_CASE("a request goes to the adapter and its answer to who asked, once") {
  stage on;
  on.ask(charge, "c1");
  REQUIRE(on.adapter().asked.size() == 1);
  CHECK(on.take_told().empty());
  on.adapter().end(succeeded);
  on.run();
  CHECK(on.take_told() == lines{"c1 succeeded"});
  on.pass(30s);
  CHECK(on.take_told().empty());
}

TEST_CASE("what is left of the caller's time goes with the request, at most the lane's") {
  stage on({bounded({.concurrency = 1, .queue = 4, .timeout_micros = 5'000'000})});
  on.ask(charge, "c1", 20s);
  CHECK(on.adapter().asked[0].deadline_micros == on.clock.micros + 5'000'000);
  on.ask(charge, "c2", 3s);
  on.pass(1s);
  on.adapter().end(succeeded);
  on.run();
  REQUIRE(on.adapter().asked.size() == 2);
  CHECK(on.adapter().asked[1].deadline_micros == on.clock.micros + 2'000'000);
}

TEST_CASE(
    "a lane has so many at the bank and so many waiting; a further one is turned back at once") {
  stage on({bounded({.concurrency = 2, .queue = 2, .timeout_micros = 5'000'000})});
  for (const auto* name : {"c1", "c2", "c3", "c4"}) on.ask(charge, name);
  CHECK(on.adapter().asked.size() == 2);
  CHECK(on.take_told().empty());
  CHECK(on.condition(channel_lane::fast) == lane_condition::full);
  CHECK(on.condition(channel_lane::slow) == lane_condition::open);
  on.ask(charge, "c5");
  CHECK(on.take_told() == lines{"c5 unknown not_sent channel_overloaded"});
  on.adapter().end(succeeded);
  on.run();
  CHECK(on.adapter().asked.size() == 3);
  CHECK(on.adapter().asked[2].reference.value == "c3");
  CHECK(on.condition(channel_lane::fast) == lane_condition::open);
}

TEST_CASE("what waits until its time is up is told that it was not sent, and is not sent") {
  stage on({bounded({.concurrency = 1, .queue = 4, .timeout_micros = 5'000'000})});
  on.ask(charge, "c1");
  on.ask(charge, "c2", 1s);
  on.pass(2s);
  CHECK(on.take_told() == lines{"c2 unknown not_sent deadline_passed"});
  on.adapter().end(succeeded);
  on.run();
  CHECK(on.adapter().asked.size() == 1);
}

TEST_CASE("a request that comes after its deadline, or for a channel that is none, is not sent") {
  stage on;
  on.ask(charge, "c1", 0s);
  on.ask(charge, "c2", -1s);
  on.ask(charge, "c3", 10s, "nobody");
  CHECK(on.take_told() == lines{"c1 unknown not_sent deadline_passed",
                                "c2 unknown not_sent deadline_passed",
                                "c3 unknown not_sent unknown_channel"});
  CHECK(on.adapter().asked.empty());
}

TEST_CASE("slow lane full of silence leaves the fast lane alone") {
  // Two runs of the same charges, one beside payouts that nobody answers: the fast lane's requests
  // reach the bank in the same turns and get the same answers.
  const auto run = [](bool with_silence) {
    stage on({bounded({.concurrency = 4, .queue = 4, .timeout_micros = 5'000'000})});
    lines told;
    for (int i = 0; i < 200; ++i) {
      const std::string number = std::to_string(i);
      if (with_silence) {
        for (int k = 0; k < 3; ++k) on.ask(payout, "silent-" + number, 20s);
      }
      on.ask(charge, "c" + number);
      // The charge is at the bank in its own turn, whoever else waits.
      REQUIRE(on.adapter().asked.back().reference.value == "c" + number);
      auto& waiting = on.adapter().waiting;
      std::rotate(waiting.begin(), waiting.end() - 1, waiting.end());
      on.adapter().end(succeeded);
      on.pass(20ms);
      for (const auto& line : on.take_told()) {
        if (line.starts_with("c")) told.push_back(line);
      }
      CHECK(on.condition(channel_lane::fast) == lane_condition::open);
    }
    return told;
  };
  const auto alone = run(false);
  CHECK(alone.size() == 200);
  CHECK(run(true) == alone);
}

TEST_CASE("failures in a row open the lane's breaker, not the other's; one request tries later") {
  auto channel = bounded({.concurrency = 1, .queue = 8, .timeout_micros = 5'000'000});
  channel.limits.breaker = {.failures = 3, .window_micros = 10'000'000, .open_micros = 2'000'000};
  stage on({channel});
  for (const auto* name : {"c1", "c2", "c3", "c4"}) on.ask(charge, name);
  for (int i = 0; i < 3; ++i) {
    on.adapter().end(unknown, no_answer);
    on.run();
  }
  // The one that waited can still go elsewhere.
  CHECK(on.take_told() == lines{"c1 unknown no_answer", "c2 unknown no_answer",
                                "c3 unknown no_answer", "c4 unknown not_sent channel_unavailable"});
  CHECK(on.condition(channel_lane::fast) == lane_condition::broken);
  CHECK(on.condition(channel_lane::slow) == lane_condition::open);
  on.ask(charge, "c5");
  CHECK(on.take_told() == lines{"c5 unknown not_sent channel_unavailable"});
  on.pass(2100ms);
  CHECK(on.condition(channel_lane::fast) == lane_condition::trying);
  on.ask(charge, "c6");
  on.ask(charge, "c7");
  CHECK(on.adapter().asked.size() == 4);  // c6 tries, c7 waits for it
  CHECK(on.condition(channel_lane::fast) == lane_condition::broken);
  on.adapter().end(succeeded);
  on.run();
  CHECK(on.take_told() == lines{"c6 succeeded"});
  CHECK(on.condition(channel_lane::fast) == lane_condition::open);
  CHECK(on.adapter().asked.size() == 5);
}

TEST_CASE("a bank's no is an answer and never opens a breaker") {
  auto channel = bounded({.concurrency = 1, .queue = 8, .timeout_micros = 5'000'000});
  channel.limits.breaker.failures = 2;
  stage on({channel});
  for (int i = 0; i < 10; ++i) {
    on.ask(charge, "c");
    on.adapter().end(channel_outcome::failed);
    on.run();
  }
  CHECK(on.condition(channel_lane::fast) == lane_condition::open);
}

TEST_CASE("the rate is shared by the lanes, and what exceeds it waits") {
  stage::channel_of channel;
  channel.limits.rate = {.per_second = 10, .burst = 2};
  stage on({channel});
  for (const auto* name : {"c1", "c2", "c3"}) on.ask(charge, name);
  on.ask(payout, "p1");
  CHECK(on.adapter().asked.size() == 2);
  on.pass(150ms);
  CHECK(on.adapter().asked.size() == 3);
  on.pass(100ms);
  CHECK(on.adapter().asked.size() == 4);
}

TEST_CASE(
    "an adapter that breaks its promise is not waited for, and its late word changes nothing") {
  stage on({bounded({.concurrency = 1, .queue = 1, .timeout_micros = 5'000'000})});
  on.ask(charge, "c1");
  on.pass(5900ms);
  CHECK(on.take_told().empty());
  on.pass(300ms);
  CHECK(on.take_told() == lines{"c1 unknown no_answer adapter_silent"});
  on.ask(charge, "c2");
  CHECK(on.adapter().asked.size() == 2);  // the place is free
  on.adapter().end(succeeded);            // of c1, late
  on.run();
  CHECK(on.take_told().empty());
}

TEST_CASE("cards are bound through the lane of bind") {
  stage on;
  on.adapter().binding.outcome = succeeded;
  on.adapter().binding.token = "tok_1";
  std::vector<card_binding> bound;
  auto what = std::make_shared<binding_request>();
  what->card_number = "6222000000000000";
  what->deadline_micros = on.clock.micros + 3'000'000;
  const auto ask = [&on, &bound, &what](const std::string& channel) {
    caf::anon_send(on.supervisor, ask_binding{{channel}, what, [&bound](card_binding b) {
                                                bound.push_back(std::move(b));
                                              }});
    on.run();
  };
  ask("alpha");
  REQUIRE(bound.size() == 1);
  CHECK(bound[0].token == "tok_1");
  CHECK(on.adapter().bindings.at(0).deadline_micros == what->deadline_micros);
  ask("nobody");
  REQUIRE(bound.size() == 2);
  CHECK(bound[1].outcome == unknown);
  CHECK(bound[1].failure.code == "unknown_channel");
}

TEST_CASE("a channel that fails is restarted alone, and everybody who waits is told what is true") {
  auto channel = bounded({.concurrency = 1, .queue = 8, .timeout_micros = 5'000'000});
  stage on({channel, {"beta", channel.limits}});
  on.ask(charge, "c1");  // at the bank
  on.ask(charge, "c2");  // waits behind it
  on.adapter().breaks = true;
  on.ask(payout, "p1");  // the actor does not survive this; it may have been sent
  CHECK(on.take_told() == lines{"c2 unknown not_sent channel_unavailable"});
  CHECK(on.condition(channel_lane::fast) == lane_condition::out_of_order);
  on.ask(charge, "c3");
  CHECK(on.take_told() == lines{"c3 unknown not_sent channel_unavailable"});
  on.ask(charge, "b1", 20s, "beta");
  CHECK(on.adapter(1).asked.size() == 1);
  on.adapter().end(succeeded);  // what had begun is answered by the adapter
  on.run();
  CHECK(on.take_told() == lines{"c1 succeeded"});
  on.adapter().breaks = false;
  on.pass(200ms);
  CHECK(on.condition(channel_lane::fast) == lane_condition::open);
  on.ask(charge, "c4");
  CHECK(on.adapter().asked.back().reference.value == "c4");
  on.pass(6s);
  const auto told = on.take_told();
  CHECK(std::ranges::count(told, "p1 unknown no_answer adapter_silent") == 1);
}

TEST_CASE("a channel that fails again and again is given up, and says so") {
  stage on({{}}, 2);
  on.adapter().breaks = true;
  for (int i = 0; i < 3; ++i) {
    on.ask(charge, "c");
    CHECK(on.condition(channel_lane::fast) == lane_condition::out_of_order);
    on.pass(500ms);
  }
  on.adapter().breaks = false;
  on.pass(120s);
  CHECK(on.condition(channel_lane::fast) == lane_condition::out_of_order);
  (void)on.take_told();
  on.ask(charge, "last");
  CHECK(on.take_told() == lines{"last unknown not_sent channel_unavailable"});
  const auto values = on.metric("suanpan_channel_restarts_total");
  CHECK(values == 2);
  CHECK(on.metric("suanpan_channel_given_up") == 1);
}

TEST_CASE("restarts that are far apart are forgotten") {
  stage on({{}}, 1);
  for (int i = 0; i < 5; ++i) {
    on.adapter().breaks = true;
    on.ask(charge, "c");
    on.adapter().breaks = false;
    on.pass(61s);
    CHECK(on.condition(channel_lane::fast) == lane_condition::open);
  }
}

TEST_CASE("every request is counted once by how it ended") {
  stage on({bounded({.concurrency = 1, .queue = 0, .timeout_micros = 5'000'000})});
  on.ask(charge, "c1");
  on.ask(charge, "c2");  // turned back
  on.adapter().end(succeeded);
  on.run();
  on.ask(charge, "c3");
  on.adapter().end(unknown, no_answer);
  on.run();
  CHECK(on.metric("suanpan_channel_requests_total") == 3);
  CHECK(on.metric("suanpan_channel_requests_total", "succeeded") == 1);
  CHECK(on.metric("suanpan_channel_requests_total", "no_answer") == 1);
  CHECK(on.metric("suanpan_channel_requests_total", "channel_overloaded") == 1);
}
