// Accounts without an actor yet, ids that are being looked up: who waits for them is overtaken by
// nobody who depends on him, and holds up nobody else (R1, R26).
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

bool all_posted(const std::vector<item_answer>& told) {
  return std::ranges::all_of(told, [](const item_answer& a) { return a.result == posted; });
}

}  // namespace

TEST_CASE("cold: one message of credits and then debits of a cold account is booked whole (R26)") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    sim_stage s({.seed = seed});
    const auto bank = s.open("internal", 0);
    const auto shop = s.open("merchant:Xi", 1, no_overdraft);
    std::vector<transfer> message;
    for (int i = 0; i < 300; ++i) message.push_back(s.make(bank, shop, 100));
    for (int i = 0; i < 300; ++i) message.push_back(s.make(shop, bank, 100));
    CHECK(all_posted(s.post(message)));
    CHECK(s.credit_balance(shop) == 0);
    CHECK(s.audit() == "");
  }
}

TEST_CASE("cold: a chain through cold accounts, in one message or in one for each link (R26)") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    sim_stage s({.seed = seed});
    const auto bank = s.open("internal", 0);
    std::vector<account_number> chain;
    for (int i = 0; i < 8; ++i)
      chain.push_back(s.open("user:" + std::to_string(i), i % 2 == 0 ? 1 : 0, no_overdraft));
    std::vector<transfer> links = {s.make(bank, chain[0], 70)};
    for (std::size_t i = 1; i < chain.size(); ++i)
      links.push_back(s.make(chain[i - 1], chain[i], 70));
    if (seed % 2 == 0) {
      CHECK(all_posted(s.post(links)));
    } else {
      std::vector<std::shared_ptr<sim_posting>> sent;
      for (const auto& link : links) sent.push_back(s.send({link}));
      s.wait_for([&] { return std::ranges::all_of(sent, &sim_posting::finished); });
      for (const auto& one : sent) CHECK(one->answers[0].result == posted);
    }
    CHECK(s.credit_balance(chain.back()) == 70);
    CHECK(s.audit() == "");
  }
}

TEST_CASE("cold: a hot account goes on while an item of its waits for a cold one (R26)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto hot = s.open("merchant:hot", 0, no_overdraft);
  const auto cold = s.open("user:cold", 1);
  REQUIRE(s.post_one(s.make(bank, hot, 1'000)).result == posted);
  s.world.hold("reader");
  const auto waits = s.send({s.make(hot, cold, 400)});
  CHECK(s.post_one(s.make(hot, bank, 600)).result == posted);
  CHECK(s.post_one(s.make(hot, bank, 1'001)).result == debit_insufficient_funds);
  const auto doubtful =
      s.send({s.make(hot, bank, 300)});  // there, if the cold one comes to nothing
  s.wait(5 * seconds);
  CHECK_FALSE(waits->finished);
  CHECK_FALSE(doubtful->finished);
  s.world.let_go();
  s.wait_for([&] { return waits->finished && doubtful->finished; });
  CHECK(waits->answers[0].result == posted);
  CHECK(doubtful->answers[0].result == debit_insufficient_funds);
  CHECK(s.audit() == "");
}

TEST_CASE("cold: what an item that comes to nothing would have taken is free again (R26)") {
  sim_stage s;
  const auto bank = s.open("internal", 0);
  const auto payer = s.open("user:1", 0, no_overdraft);
  REQUIRE(s.post_one(s.make(bank, payer, 100)).result == posted);
  const auto nobody = account_number::make({1}, 77);
  const auto told = s.post({s.make(payer, nobody, 80), s.make(payer, bank, 60)});
  CHECK(told[0].result == credit_account_not_found);
  CHECK(told[1].result == posted);
  CHECK(s.credit_balance(payer) == 40);
  CHECK(s.audit() == "");
}

TEST_CASE(
    "cold: an item whose id is being looked up is not overtaken by its dependants (R4, R26)") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    sim_stage s({.seed = seed});
    const auto bank = s.open("internal", 0);
    const auto payer = s.open("user:1", 0, no_overdraft);
    const auto shop = s.open("merchant:M1", 1);
    REQUIRE(s.post_one(s.make(bank, shop, 1)).result == posted);
    if (seed % 2 == 0) REQUIRE(s.post_one(s.make(bank, payer, 1)).result == posted);
    auto old = s.make(bank, payer, 100);
    old.id = samples::id_at(unix_micros_at_start / 1'000 - 3'600'000, 1);
    const auto told = s.post({old, s.make(payer, shop, 100)});
    CHECK(told[0].result == posted);
    CHECK(told[1].result == posted);
    CHECK(s.audit() == "");
  }
}

TEST_CASE("cold: whoever waits is told at once when the shard is given up, and only once (R11)") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    sim_stage s({.seed = seed});
    const auto bank = s.open("internal", 0);
    const auto payer = s.open("user:1", 1, no_overdraft);
    s.faults.slow_read = 1;
    auto old = s.make(bank, payer, 100);
    old.id = samples::id_at(unix_micros_at_start / 1'000 - 3'600'000, 1);
    const auto sent = s.send({old, s.make(bank, payer, 5)});
    s.wait(static_cast<sim_time>(seed) * 20 * millis);
    s.node().end_session(0);
    s.wait_for([&] { return sent->finished; });
    CHECK(sent->finished);
    s.faults.slow_read = 0;
    s.wait_until_served();
    CHECK(s.audit() == "");
  }
}

TEST_CASE("cold: an account that was not there and is opened before its items are judged (R1)") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    sim_stage s({.seed = seed, .batch_transfers_max = 2});
    const auto bank = s.open("internal", 0);
    REQUIRE(s.post_one(s.make(bank, s.open("user:1", 0), 5)).result == posted);
    const auto guessed = account_number::make({0}, bank.sequence() + 2);
    std::vector<transfer> early;
    for (int i = 0; i < 60; ++i) early.push_back(s.make(bank, guessed, 5));
    const auto sent = s.send(early);
    s.wait(static_cast<sim_time>(seed) * 50);
    auto opening = std::make_shared<sim_opening>(
        s.world, s.told, s.node().party(),
        std::vector<account_opening>{
            {{"user:2", "2001", samples::cny, "", {0}}, normal_side::credit, {}}});
    s.node().open(opening);
    s.wait_for([&] { return sent->finished && opening->finished; });
    CHECK(sent->finished);
    CHECK(opening->answers[0].number == guessed);
    CHECK(s.audit() == "");
  }
}
