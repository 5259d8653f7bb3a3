// Verification finds every kind of fault that is planted, and nothing in a ledger without one.
#include "storage/verify.hpp"

#include "tests/storage/ledger_case.hpp"

#include <algorithm>

namespace suanpan::testing {
namespace {

using namespace storage;

verification examine(const ledger_case& ledger) {
  auto verified = verify(ledger.dsn, {});
  REQUIRE_MESSAGE(verified, verified.reason());
  return *verified;
}

// Kinds of difference found, in order, each once.
std::vector<std::string> kinds(const ledger_case& ledger) {
  std::vector<std::string> found;
  for (const auto& difference : examine(ledger).differences) found.push_back(difference.what);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

using kind_list = std::vector<std::string>;

// A ledger with three transfers, a refusal and a checkpoint, all in order.
struct sound_ledger : ledger_case {
  sound_ledger() {
    post(posting(a, c, 100), {2'000});
    post(posting(c, a, 30), {3'000});
    const std::vector<transfer> refused{posting(b, a, 9)};
    REQUIRE(is<committed>(
        write(rows_of(refused, {3'500}, item_result::debit_insufficient_funds), {3'500})));
    const std::vector<balance_checkpoint> balances{{a, {100, 0}, {2'000}}, {c, {30, 100}, {3'500}}};
    const std::vector<shard_position> positions{{shard_0, {2'000}}, {shard_1, {3'500}}};
    REQUIRE(is<committed>(session->write_checkpoint(claims, balances, positions)));
    post(posting(a, b, 7), {4'000});
  }
  // A statement that the triggers would refuse.
  void plant(const std::string& table, const std::string& statement) const {
    sql(dsn, "ALTER TABLE " + table + " DISABLE TRIGGER USER");
    sql(dsn, statement);
  }
  [[nodiscard]] std::string leaf() const {
    return value("SELECT tableoid::regclass FROM suanpan.transfer LIMIT 1");
  }
};

TEST_CASE("a sound ledger verifies without a difference, with its balances to the last row") {
  const sound_ledger ledger;
  std::int64_t last_done = 0;
  const auto verified =
      verify(ledger.dsn, [&last_done](std::int64_t done, std::int64_t) { last_done = done; });
  REQUIRE_MESSAGE(verified, verified.reason());
  for (const auto& d : verified->differences) FAIL_CHECK(d.what, " ", d.where, " ", d.found);
  CHECK(verified->differences_total == 0);
  CHECK(verified->accounts == 4);
  CHECK(verified->transfers == 3);
  CHECK(verified->refusals == 1);
  CHECK(last_done == 4);
  REQUIRE(verified->balances.size() == 4);
  CHECK(verified->balances[0].number == ledger.a);
  CHECK(verified->balances[0].totals == account_totals{107, 30});
}

TEST_CASE("a balance that is not the sum of its rows is found") {
  const sound_ledger ledger;
  ledger.plant("suanpan.account_balance",
               "UPDATE suanpan.account_balance SET credits=credits+1 WHERE covers=3500");
  CHECK(kinds(ledger) == kind_list{"balance"});
}

TEST_CASE("a missing balance row is found, and with it the imbalance it leaves") {
  const sound_ledger ledger;
  ledger.plant("suanpan.account_balance", "DELETE FROM suanpan.account_balance WHERE account=" +
                                              std::to_string(ledger.c.value));
  CHECK(kinds(ledger) == kind_list{"account", "balance", "trial_balance"});
}

TEST_CASE("an amount that was changed after its checkpoint is found") {
  const sound_ledger ledger;
  ledger.plant(ledger.leaf(), "UPDATE " + ledger.leaf() + " SET amount=101 WHERE amount=100");
  CHECK(kinds(ledger) == kind_list{"balance"});
}

TEST_CASE("a row that was removed after its checkpoint is found") {
  const sound_ledger ledger;
  ledger.plant(ledger.leaf(), "DELETE FROM " + ledger.leaf() + " WHERE amount=30");
  CHECK(kinds(ledger) == kind_list{"balance"});
}

TEST_CASE("a booked row of an account that does not exist is found") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, account_number::make(shard_1, 99), 5), {2'000});
  CHECK(kinds(ledger) == kind_list{"account", "trial_balance"});
}

TEST_CASE("a booked row in another currency than its account's is found") {
  ledger_case ledger;
  auto what = posting(ledger.a, ledger.b, 5);
  what.ccy = {840};
  ledger.post(what, {2'000});
  CHECK(kinds(ledger) == kind_list{"currency"});
}

TEST_CASE("a booked row that is older than its account is found") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.b, 5), {999});
  CHECK(kinds(ledger) == kind_list{"opened"});
}

TEST_CASE("an account below zero that must not be is found, also when it recovered later") {
  ledger_case ledger;
  auto guarded = account_at(shard_0, 3, "user:7");
  guarded.flags = account_flags::no_overdraft;
  const std::vector<account_row> openings{guarded};
  REQUIRE(is<committed>(ledger.session->write({ledger.claims, openings, {}, {1'500}})));
  SUBCASE("never below") {
    ledger.post(posting(ledger.a, guarded.number, 5), {2'000});
    ledger.post(posting(guarded.number, ledger.a, 5), {3'000});
    CHECK(kinds(ledger).empty());
  }
  SUBCASE("below for a while") {
    ledger.post(posting(guarded.number, ledger.a, 5), {2'000});
    ledger.post(posting(ledger.a, guarded.number, 5), {3'000});
    CHECK(kinds(ledger) == kind_list{"overdraft"});
  }
}

TEST_CASE("two rows of one place in the order are found") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.b, 5), {2'000});
  ledger.post(posting(ledger.a, ledger.c, 5), {2'000});
  CHECK(kinds(ledger) == kind_list{"order"});
}

TEST_CASE("an id that is stored twice is found, though one copy lies in a detached table") {
  const sound_ledger ledger;
  sql(ledger.dsn,
      "CREATE TABLE suanpan.transfer_20200101 AS SELECT * FROM suanpan.transfer "
      "WHERE result<>1");
  CHECK(kinds(ledger) == kind_list{"duplicate", "order"});
}

TEST_CASE(
    "a position that runs ahead of a balance is found: recovery would lose the rows between") {
  const sound_ledger ledger;
  const std::vector<shard_position> positions{{shard_0, {3'900}}};
  REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, {}, positions)));
  CHECK(kinds(ledger) == kind_list{"position"});
}

}  // namespace
}  // namespace suanpan::testing
