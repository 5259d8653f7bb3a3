// What becomes of an event after a try: by status, by number of the try, by what the receiver asks
// for.
#include "actors/notifier/delivery_rules.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace suanpan;

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t noon = 1'795'392'000 * second;
const delivery_policy policy;

delivery_ruling after(std::int32_t status, std::int32_t tries = 1, std::uint64_t chance = 0) {
  return judge_delivery(policy, {.http_status = status},
                        {.tries = tries, .now_micros = noon, .chance = chance});
}

delivery_ruling asked_for_rest(std::int32_t status, std::string retry_after) {
  return judge_delivery(policy, {.http_status = status, .trouble = {}, .retry_after = retry_after},
                        {.tries = 2, .now_micros = noon, .chance = 0});
}

}  // namespace

TEST_CASE("delivery: of all statuses 2xx acknowledges, 410 gives up, all others are tried again") {
  for (std::int32_t status = 100; status < 600; ++status) {
    CAPTURE(status);
    const auto ruling = after(status);
    const bool good = status / 100 == 2;
    const auto expected = good            ? delivery_verdict::acknowledged
                          : status == 410 ? delivery_verdict::given_up
                                          : delivery_verdict::again;
    CHECK(ruling.verdict == expected);
    CHECK(ruling.trouble.empty() == good);
    CHECK(ruling.disables == (status == 410));
    CHECK((ruling.next_micros > 0) == (expected == delivery_verdict::again));
  }
}

TEST_CASE("delivery: no answer is tried again and says why") {
  const auto ruling = judge_delivery(policy, {.http_status = 0, .trouble = "connection refused"},
                                     {.tries = 1, .now_micros = noon, .chance = 0});
  CHECK(ruling.verdict == delivery_verdict::again);
  CHECK(ruling.trouble == "connection refused");
}

TEST_CASE("delivery: pauses are those of Standard Webhooks, over three days, then it is given up") {
  const std::vector<std::int64_t> minutes{0, 5, 30, 120, 300, 600, 840, 1200, 1440};
  for (std::int32_t tries = 1; tries <= 9; ++tries) {
    CAPTURE(tries);
    const auto ruling = after(500, tries);
    CHECK(ruling.verdict == delivery_verdict::again);
    const auto pause =
        tries == 1 ? 5 * second : minutes[static_cast<std::size_t>(tries - 1)] * 60 * second;
    CHECK(ruling.next_micros - noon == pause);
  }
  CHECK(after(500, 10).verdict == delivery_verdict::given_up);
  CHECK(after(500, 11).verdict == delivery_verdict::given_up);
  CHECK(after(200, 10).verdict == delivery_verdict::acknowledged);
}

TEST_CASE(
    "delivery: pauses can begin later, grow less and go on for longer, as they are configured") {
  const auto pauses = growing_pauses(60 * second, 36'000 * second, 3);
  CHECK(pauses[0] == 0);
  CHECK(pauses[1] == 60 * second);
  CHECK(pauses[2] == 300 * second);
  std::int64_t sum = 0;
  for (const auto pause : pauses) {
    CHECK(pause <= 36'000 * second);
    sum += pause;
  }
  CHECK(sum >= 3 * 86'400 * second);
  CHECK(sum < (3 * 86'400 + 36'000) * second);
  for (const auto pause : growing_pauses(600 * second, 600 * second, 1))
    CHECK((pause == 0 || pause == 600 * second));
  CHECK(delivery_policy{}.pauses.size() == 10);
}

TEST_CASE("delivery: chance lengthens a pause by at most a fifth and never shortens it") {
  chance_source chance(7);
  std::int64_t least = INT64_MAX;
  std::int64_t most = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto pause = after(500, 2, chance.next()).next_micros - noon;
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  CHECK(least >= 300 * second);
  CHECK(least < 302 * second);
  CHECK(most <= 360 * second);
  CHECK(most > 358 * second);
}

TEST_CASE("delivery: the same seed gives the same chance, another one another") {
  chance_source a(1);
  chance_source b(1);
  chance_source c(2);
  const auto first = a.next();
  CHECK(first == b.next());
  CHECK(first != c.next());
  CHECK(first != a.next());
}

TEST_CASE("delivery: 429 and 503 are left alone as long as they ask, within a day") {
  for (const std::int32_t status : {429, 503}) {
    const auto ruling = asked_for_rest(status, "3600");
    CHECK(ruling.verdict == delivery_verdict::again);
    CHECK(ruling.next_micros == noon + 3600 * second);
    CHECK(ruling.merchant_rests_until == noon + 3600 * second);
    CHECK(asked_for_rest(status, "1000000").next_micros == noon + 86'400 * second);
    CHECK(asked_for_rest(status, "1").next_micros ==
          noon + 300 * second);  // its own pause is longer
    CHECK(asked_for_rest(status, "rubbish").merchant_rests_until == 0);
  }
  CHECK(asked_for_rest(500, "3600").next_micros == noon + 300 * second);
  CHECK(asked_for_rest(500, "3600").merchant_rests_until == 0);
}

TEST_CASE("delivery: retry-after is read as seconds or as an HTTP date, and nothing else") {
  constexpr std::int64_t at = 784'111'777;  // the example of RFC 9110
  constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
  CHECK(pause_in("120", noon) == 120 * second);
  CHECK(pause_in("0", noon) == 0);
  CHECK(pause_in(date, (at - 60) * second) == 60 * second);
  CHECK(pause_in(date, (at + 60) * second) == 0);
  CHECK(pause_in("Mon, 29 Feb 2027 00:00:00 GMT", 0) ==
        pause_in("Mon, 01 Mar 2027 00:00:00 GMT", 0));
  for (const std::string_view wrong :
       {"", "-1", "1.5", " 1", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 XXX 1994 08:49:37 GMT", "Sun, 0x Nov 1994 08:49:37 GMT"})
    CHECK(!pause_in(wrong, noon));
}

TEST_CASE("delivery: an event's id follows from order and sequence and names them again") {
  const auto order = parse_payment_id("pay_01JDTQ8T3ZK9V2X0C1B4N5M6P7");
  REQUIRE(order);
  CHECK(event_id_of(*order, 3) == "evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7_3");
  const auto named = parse_event_id("evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7_3");
  REQUIRE(named);
  CHECK(named->order == *order);
  CHECK(named->sequence == 3);
  for (const std::string_view wrong :
       {"", "evt_", "evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7", "evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7_",
        "evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7_0", "evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7_x",
        "pay_01JDTQ8T3ZK9V2X0C1B4N5M6P7_1", "evt_01JDTQ8T3ZK9V2X0C1B4N5M6P7_9999999999"})
    CHECK(!parse_event_id(wrong));
}
