// The pure rules of a channel: lane, breaker, rate, routing; each as a table or a short history.
#include "actors/channel/channel_health.hpp"
#include "actors/channel/channel_limits.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace suanpan;

namespace {

constexpr std::int64_t second = 1'000'000;

channel_terms terms_of(std::string name, std::int64_t priority) {
  channel_terms t;
  t.name = {std::move(name)};
  t.priority = priority;
  t.products = {payment_kind::quick_pay, payment_kind::payout};
  t.currencies = {*parse_currency("CNY"), *parse_currency("EUR")};
  t.amount_least = {100};
  t.amount_most = {1'000'000};
  t.slow_operations = {channel_operation::payout, channel_operation::query};
  return t;
}

channel_condition all(lane_condition condition) {
  return {{condition, condition}};
}

route_question quick_pay(std::int64_t amount = 10'000) {
  route_question q;
  q.ccy = *parse_currency("CNY");
  q.amount = {amount};
  return q;
}

std::string chosen(const route_choice& choice) {
  return choice.chosen ? choice.chosen->channel.value : "none";
}

}  // namespace

TEST_CASE("lane: so many begin, so many wait, in order; a further one is refused") {
  lane l({.concurrency = 2, .queue = 2, .timeout_micros = second});
  for (std::uint64_t n = 1; n <= 2; ++n) {
    CHECK(l.admit({n, second}));
    REQUIRE(l.next());
    CHECK(l.next()->number == n);
    l.begin();
  }
  CHECK_FALSE(l.next());
  CHECK(l.admit({3, second}));
  CHECK(l.admit({4, second}));
  CHECK(l.full());
  CHECK_FALSE(l.admit({5, second}));
  CHECK(l.end(1));
  CHECK_FALSE(l.end(1));
  CHECK(l.next()->number == 3);
  l.begin();
  CHECK(l.waiting() == 1);
  CHECK(l.in_flight() == 2);
}

TEST_CASE("lane: without a queue it takes what can begin at once, and nothing else") {
  lane l({.concurrency = 1, .queue = 0, .timeout_micros = second});
  CHECK_FALSE(l.full());
  CHECK(l.admit({1, second}));
  l.begin();
  CHECK(l.full());
  CHECK_FALSE(l.admit({2, second}));
}

TEST_CASE("lane: who waits too long is taken out, in order, with a little time in hand") {
  lane l({.concurrency = 0, .queue = 8, .timeout_micros = second});
  CHECK(l.admit({1, 5 * second}));
  CHECK(l.admit({2, 1 * second}));
  CHECK(l.admit({3, 2 * second}));
  CHECK(l.take_expired(second - least_budget_micros).empty());
  CHECK(l.take_expired(second - least_budget_micros + 1) ==
        std::vector<lane_entry>{{2, 1 * second}});
  CHECK(l.take_expired(9 * second) == std::vector<lane_entry>{{1, 5 * second}, {3, 2 * second}});
  CHECK(l.waiting() == 0);
}

TEST_CASE("breaker: opens on failures in a row within the window, and on no others") {
  const breaker_limits limits{.failures = 3, .window_micros = 10 * second, .open_micros = second};
  breaker in_a_row(limits);
  for (int i = 0; i < 2; ++i) in_a_row.failed(false, i);
  in_a_row.answered(false);
  for (int i = 0; i < 2; ++i) in_a_row.failed(false, 10 + i);
  CHECK(in_a_row.stage(20) == breaker_stage::closed);
  in_a_row.failed(false, 20);
  CHECK(in_a_row.stage(20) == breaker_stage::open);

  breaker far_apart(limits);
  for (int i = 0; i < 20; ++i) far_apart.failed(false, i * 6 * second);
  CHECK(far_apart.stage(200 * second) == breaker_stage::closed);
}

TEST_CASE("breaker: open, it admits nobody; then one tries, and its end decides") {
  breaker b({.failures = 1, .window_micros = second, .open_micros = second});
  b.failed(false, 0);
  CHECK_FALSE(b.admits(second - 1));
  CHECK(b.admits(second));
  CHECK(b.stage(second) == breaker_stage::half_open);
  CHECK(b.began(second));
  CHECK_FALSE(b.admits(second));
  b.failed(true, 2 * second);
  CHECK_FALSE(b.admits(3 * second - 1));
  REQUIRE(b.admits(3 * second));
  CHECK(b.began(3 * second));
  b.answered(true);
  CHECK(b.stage(3 * second) == breaker_stage::closed);
  CHECK_FALSE(b.began(3 * second));
}

TEST_CASE("breaker: latecomers' failures do not keep it open, a latecomer's answer closes it") {
  breaker b({.failures = 1, .window_micros = second, .open_micros = second});
  b.failed(false, 0);
  b.failed(false, second / 2);
  CHECK(b.admits(second));
  b.answered(false);
  CHECK(b.stage(second) == breaker_stage::closed);
}

TEST_CASE("breaker: one that tries and never left lets another try") {
  breaker b({.failures = 1, .window_micros = second, .open_micros = second});
  b.failed(false, 0);
  CHECK(b.began(second));
  b.withdrawn(true);
  CHECK(b.admits(second));
}

TEST_CASE("rate: a burst at once, then one at a time; a pause fills it again, to the burst") {
  rate_limit r({.per_second = 10, .burst = 3});
  for (int i = 0; i < 3; ++i) CHECK(r.take(0));
  CHECK_FALSE(r.take(0));
  CHECK(r.next_micros(0) == 100'000);
  CHECK_FALSE(r.take(99'999));
  CHECK(r.take(100'000));
  CHECK_FALSE(r.take(100'000));
  for (int i = 0; i < 3; ++i) CHECK(r.take(std::int64_t{1} << 60));
  CHECK_FALSE(r.take(std::int64_t{1} << 60));
}

TEST_CASE("rate: whenever it is asked, no window holds more than burst and rate allow") {
  std::mt19937_64 random(7);
  for (const rate_limits limits :
       {rate_limits{3, 1}, rate_limits{1'000'000, 100}, rate_limits{7, 5}, rate_limits{999, 10}}) {
    rate_limit r(limits);
    std::int64_t now = 0;
    std::int64_t taken = 0;
    for (int i = 0; i < 20'000; ++i) {
      now += static_cast<std::int64_t>(random() % 50'000);
      while (r.take(now)) ++taken;
      CHECK(taken <= limits.burst + now * limits.per_second / second + 1);
    }
  }
}

TEST_CASE("rate: none set is none") {
  rate_limit r({.per_second = 0, .burst = 1});
  for (int i = 0; i < 1'000; ++i) CHECK(r.take(0));
  CHECK(r.next_micros(5) == 5);
}

TEST_CASE("routing: the first by priority that can and would; the others with their reasons") {
  auto dear = terms_of("dear", 50);
  auto cheap = terms_of("cheap", 10);
  auto other = terms_of("abroad", 5);
  other.currencies = {*parse_currency("USD")};
  const std::vector<route_candidate> candidates = {{&dear, all(lane_condition::open)},
                                                   {&cheap, all(lane_condition::open)},
                                                   {&other, all(lane_condition::open)}};
  const auto choice = choose_route(quick_pay(), candidates);
  CHECK(chosen(choice) == "cheap");
  CHECK(choice.reasons == "abroad: CNY not taken; dear: later in priority");
  CHECK(choice.chosen->reasons == choice.reasons);
}

TEST_CASE("routing: what each condition and each term excludes, and with which words") {
  struct row {
    std::string reason;
    route_question asked = quick_pay();
    lane_condition condition = lane_condition::open;
  };
  std::vector<row> rows = {{"withholding not offered"},
                           {"USD not taken"},
                           {"amount below 1.00", quick_pay(99)},
                           {"amount above 10000.00", quick_pay(1'000'001)},
                           {"not where the card or the payment is"},
                           {"breaker open", quick_pay(), lane_condition::broken},
                           {"lane full", quick_pay(), lane_condition::full},
                           {"out of order", quick_pay(), lane_condition::out_of_order},
                           {"does not refund"}};
  rows[0].asked.product = payment_kind::withholding;
  rows[1].asked.ccy = *parse_currency("USD");
  rows[4].asked.only = channel_name{"beta"};
  rows[8].asked.only = channel_name{"alpha"};
  rows[8].asked.operation = channel_operation::refund;
  auto terms = terms_of("alpha", 1);
  terms.traits.refunds = false;
  for (const auto& r : rows) {
    CAPTURE(r.reason);
    const auto choice =
        choose_route(r.asked, std::vector<route_candidate>{{&terms, all(r.condition)}});
    CHECK(chosen(choice) == "none");
    CHECK(choice.reasons == "alpha: " + r.reason);
  }
}

TEST_CASE("routing: only the lane of the operation counts") {
  const auto terms = terms_of("alpha", 1);
  const channel_condition slow_is_full{{lane_condition::open, lane_condition::full}};
  const std::vector<route_candidate> candidates = {{&terms, slow_is_full}};
  CHECK(chosen(choose_route(quick_pay(), candidates)) == "alpha");
  auto out = quick_pay();
  out.product = payment_kind::payout;
  out.operation = channel_operation::payout;
  CHECK(chosen(choose_route(out, candidates)) == "none");
}

TEST_CASE("routing: where it was not sent is asked again only if nobody else would take it") {
  const auto first = terms_of("first", 1);
  const auto second_one = terms_of("second", 2);
  auto asked = quick_pay();
  asked.unsent_at = {{"first"}};
  const auto condition = all(lane_condition::open);
  CHECK(chosen(choose_route(
            asked, std::vector<route_candidate>{{&first, condition}, {&second_one, condition}})) ==
        "second");
  const auto again =
      choose_route(asked, std::vector<route_candidate>{{&first, condition},
                                                       {&second_one, all(lane_condition::broken)}});
  CHECK(chosen(again) == "first");
  asked.unsent_at.push_back({"second"});
  CHECK(chosen(choose_route(asked, std::vector<route_candidate>{
                                       {&first, condition}, {&second_one, condition}})) == "first");
}

TEST_CASE("routing: a part of a payment may be smaller than a payment, and goes where that is") {
  const auto first = terms_of("first", 1);
  const auto second_one = terms_of("second", 2);
  auto part = quick_pay(1);
  part.product = payment_kind::refund;
  part.operation = channel_operation::refund;
  part.only = channel_name{"second"};
  const auto condition = all(lane_condition::open);
  CHECK(chosen(choose_route(part, std::vector<route_candidate>{
                                      {&first, condition}, {&second_one, condition}})) == "second");
}

TEST_CASE("routing: equal priorities go by name, whatever the order of the candidates") {
  const auto a = terms_of("a", 1);
  const auto b = terms_of("b", 1);
  const auto condition = all(lane_condition::open);
  CHECK(chosen(choose_route(
            quick_pay(), std::vector<route_candidate>{{&b, condition}, {&a, condition}})) == "a");
}

TEST_CASE("routing: reasons are bounded, however many channels there are") {
  std::vector<channel_terms> many;
  for (int i = 0; i < 200; ++i) many.push_back(terms_of("channel_" + std::to_string(i), i));
  std::vector<route_candidate> candidates;
  for (const auto& t : many) candidates.push_back({&t, all(lane_condition::broken)});
  const auto choice = choose_route(quick_pay(), candidates);
  CHECK(chosen(choice) == "none");
  CHECK(choice.reasons.size() <= 512);
}

TEST_CASE("health: channels begin out of order, and are as they reported last") {
  channel_health health({terms_of("a", 1), terms_of("b", 2)});
  CHECK(chosen(health.choose(quick_pay())) == "none");
  health.report(1, channel_lane::fast, lane_condition::open);
  CHECK(chosen(health.choose(quick_pay())) == "b");
  health.report(0, channel_lane::fast, lane_condition::trying);
  CHECK(chosen(health.choose(quick_pay())) == "a");
  CHECK(health.find({"b"}) == &health.channels()[1]);
  CHECK(health.find({"c"}) == nullptr);
}
