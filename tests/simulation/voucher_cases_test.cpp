// Vouchers through the real actors, one named case each (R2, R4, R5, R12).
#include "tests/simulation/sim_stage.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;

namespace {

constexpr std::int64_t day_millis = 86'400'000;

struct voucher_stage : sim_stage {
  voucher_stage() : sim_stage({.nodes = 1}) {}

  static std::vector<transfer> linked(std::vector<transfer> items) {
    for (std::size_t i = 0; i + 1 < items.size(); ++i) items[i].linked = true;
    return items;
  }
  std::vector<item_result> results(const std::vector<transfer>& what) {
    std::vector<item_result> told;
    for (const auto& answer : post(what)) told.push_back(answer.result);
    return told;
  }

  account_number bank = open("internal", 0);
  account_number payer = open("user:1", 0, account_flags::no_overdraft);
  account_number shop = open("merchant:M1", 1, account_flags::no_overdraft);
};

using told = std::vector<item_result>;

}  // namespace

TEST_CASE("voucher: what counts on an account is the net effect, in whatever order (R2)") {
  voucher_stage s;
  const auto voucher = s.linked({s.make(s.payer, s.shop, 50), s.make(s.bank, s.payer, 50)});
  CHECK(s.results(voucher) == told{posted, posted});
  CHECK(s.credit_balance(s.payer) == 0);
  CHECK(s.credit_balance(s.shop) == 50);
  CHECK(s.audit() == "");
}

TEST_CASE("voucher: one item that is refused refuses them all, and says which it was (R2, R5)") {
  voucher_stage s;
  const auto voucher = s.linked(
      {s.make(s.bank, s.shop, 10), s.make(s.payer, s.shop, 10), s.make(s.bank, s.payer, 9)});
  const told refused = {linked_failed, debit_insufficient_funds, linked_failed};
  CHECK(s.results(voucher) == refused);
  CHECK(s.credit_balance(s.shop) == 0);
  REQUIRE(s.post_one(s.make(s.bank, s.payer, 100)).result == posted);
  CHECK(s.results(voucher) == refused);  // an outcome: it would succeed by now
  auto alone = voucher[0];
  alone.linked = false;
  CHECK(s.post_one(alone).result == exists_with_different_content);
  CHECK(s.audit() == "");
}

TEST_CASE(
    "voucher: asked again it exists, before and after a restart, though funds are gone (R4)") {
  voucher_stage s;
  REQUIRE(s.post_one(s.make(s.bank, s.payer, 100)).result == posted);
  const auto voucher = s.linked({s.make(s.payer, s.shop, 99), s.make(s.payer, s.bank, 1)});
  CHECK(s.results(voucher) == told{posted, posted});
  CHECK(s.results(voucher) == told{exists, exists});
  s.restart(0);
  CHECK(s.results(voucher) == told{exists, exists});
  CHECK(s.credit_balance(s.shop) == 99);
  CHECK(s.audit() == "");
}

TEST_CASE("voucher: known in part it is refused whole, and its new ids stay free (R2)") {
  voucher_stage s;
  const auto known = s.make(s.bank, s.shop, 5);
  REQUIRE(s.post_one(known).result == posted);
  const auto fresh = s.make(s.bank, s.shop, 7);
  const auto voucher = s.linked({fresh, known, s.make(s.bank, s.payer, 1)});
  for (int life = 0; life < 2; ++life) {
    CHECK(s.results(voucher) == told{linked_exists, exists_with_different_linked, linked_exists});
    s.restart(0);
  }
  const auto last = s.linked({fresh, s.make(s.bank, s.payer, 1), known});
  CHECK(s.results(last) == told{linked_exists, linked_exists, linked_exists});
  CHECK(s.post_one(fresh).result == posted);
  CHECK(s.credit_balance(s.shop) == 12);
  CHECK(s.audit() == "");
}

TEST_CASE("voucher: while an id of it is in flight it waits for that fate (R4)") {
  voucher_stage s;
  const auto single = s.make(s.bank, s.shop, 5);
  const auto other = s.make(s.bank, s.shop, 7);
  const auto voucher = s.linked({other, single});
  s.world.hold("journal");
  const auto first = s.send({single});
  const auto mixed = s.send(voucher);
  const auto twice = s.linked({s.make(s.bank, s.payer, 1), s.make(s.bank, s.payer, 2)});
  const auto original = s.send(twice);
  const auto copy = s.send(twice);
  s.wait(200 * millis);
  CHECK_FALSE(mixed->finished);
  CHECK_FALSE(copy->finished);
  s.world.let_go();
  REQUIRE(s.wait_for(
      [&] { return first->finished && mixed->finished && original->finished && copy->finished; }));
  CHECK(first->answers[0].result == posted);
  CHECK(mixed->answers[0].result == linked_exists);
  CHECK(mixed->answers[1].result == linked_exists);
  CHECK(original->answers[1].result == posted);
  CHECK(copy->answers[0].result == exists);
  CHECK(copy->answers[1].result == exists);
  CHECK(s.credit_balance(s.payer) == 3);
  CHECK(s.audit() == "");
}

TEST_CASE("voucher: it never takes an id from one that came first and can't be judged yet (R4)") {
  voucher_stage s;
  const auto single = s.make(s.payer, s.shop, 50);
  auto taken = s.make(s.bank, s.shop, 5);
  taken.id = single.id;
  s.world.hold("journal");
  const auto funds = s.send({s.make(s.bank, s.payer, 50)});
  s.wait(50 * millis);
  const auto first = s.send({single});  // deferred: its funds are not durable
  s.wait(50 * millis);
  const auto voucher = s.send(s.linked({s.make(s.bank, s.shop, 7), taken}));
  s.wait(200 * millis);
  CHECK_FALSE(voucher->finished);
  s.world.let_go();
  REQUIRE(s.wait_for([&] { return funds->finished && first->finished && voucher->finished; }));
  CHECK(first->answers[0].result == posted);
  CHECK(voucher->answers[0].result == linked_exists);
  CHECK(voucher->answers[1].result == exists_with_different_debit_account);
  CHECK(s.credit_balance(s.shop) == 50);
  CHECK_FALSE(s.world.met().contains("duplicate in COPY"));
  CHECK(s.audit() == "");
}

TEST_CASE("voucher: an expired id refuses it, and nothing of it is recorded (R6)") {
  voucher_stage s;
  auto late = s.make(s.bank, s.shop, 5);
  late.id = samples::id_at(unix_micros_at_start / 1'000 - 8 * day_millis, 1);
  const auto fresh = s.make(s.bank, s.shop, 7);
  CHECK(s.results(s.linked({fresh, late})) == told{linked_invalid, id_expired});
  CHECK_FALSE(s.stored(fresh));
  CHECK(s.post_one(fresh).result == posted);
  CHECK(s.audit() == "");
}

TEST_CASE(
    "voucher: a row that the database refuses takes its voucher with it, nothing else (R12)") {
  voucher_stage s;
  auto poison = s.make(s.bank, s.shop, 5);
  poison.event_code = poison_event_code;
  auto batch = s.linked({s.make(s.bank, s.payer, 1), poison, s.make(s.bank, s.shop, 2)});
  batch.insert(batch.begin(), s.make(s.bank, s.shop, 10));
  batch.push_back(s.make(s.bank, s.shop, 20));
  CHECK(s.results(batch) == told{posted, internal, internal, internal, posted});
  CHECK(s.credit_balance(s.payer) == 0);
  CHECK(s.credit_balance(s.shop) == 30);
  CHECK(s.audit() == "");
}

TEST_CASE("voucher: over accounts that are cold, of several shards, one of which is not there") {
  voucher_stage s;
  s.restart(0);
  const auto good = s.linked({s.make(s.bank, s.payer, 9), s.make(s.payer, s.shop, 9)});
  CHECK(s.results(good) == told{posted, posted});
  s.restart(0);
  const auto nowhere = account_number::make({1}, 4'000);
  const auto bad = s.linked({s.make(s.bank, s.payer, 9), s.make(s.payer, nowhere, 9)});
  CHECK(s.results(bad) == told{linked_failed, credit_account_not_found});
  CHECK(s.credit_balance(s.payer) == 0);
  CHECK(s.audit() == "");
}
