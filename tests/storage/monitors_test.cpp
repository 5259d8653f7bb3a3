// Conditions on balances: judged by checkpoints in their transaction, every crossing one event.
#include "storage/balance_monitors.hpp"
#include "tests/storage/ledger_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;
using added = monitor_added::verdict;

struct monitors_case : ledger_case {
  balance_monitor add(account_number n, monitor_bound bound, std::int64_t amount) {
    balance_monitor wanted;
    wanted.account = n;
    wanted.bound = bound;
    wanted.amount = amount;
    const auto told = monitors.add(wanted, "k");
    REQUIRE(told);
    REQUIRE(told->ended == added::added);
    return told->monitor;
  }
  // `c` is credited, and then its balance is stored.
  void credit(std::int64_t amount, ticket at) {
    post(posting(a, c, amount), at);
    total += amount;
    checkpoint(at);
  }
  void debit(std::int64_t amount, ticket at) {
    post(posting(c, a, amount), at);
    spent += amount;
    checkpoint(at);
  }
  void checkpoint(ticket at) {
    const std::vector<balance_checkpoint> balances{{c, {spent, total}, at}};
    REQUIRE(is<committed>(session->write_checkpoint(claims, balances, {})));
  }
  std::string events(std::int64_t monitor, std::int32_t after = 0, std::uint32_t limit = 100) {
    const auto found = monitors.events(monitor, after, limit);
    REQUIRE(found);
    std::string text;
    for (const auto& e : *found)
      text += std::to_string(e.number) + (e.met ? "+" : "-") + std::to_string(e.at.micros) + "=" +
              to_string(e.balance) + " ";
    return text;
  }

  balance_monitors monitors{{.dsn = dsn, .node_name = "one"}};
  int128 total = 0;
  int128 spent = 0;
};

}  // namespace

TEST_CASE("a monitor is judged at once, and by each checkpoint: one event a crossing") {
  monitors_case ledger;
  const auto above = ledger.add(ledger.c, monitor_bound::above, 100);
  const auto below = ledger.add(ledger.c, monitor_bound::below, 50);
  CHECK_FALSE(above.met);
  CHECK(below.met);  // it has nothing
  ledger.credit(50, {2'000});
  ledger.credit(50, {3'000});
  CHECK(ledger.events(above.id) == "");
  ledger.credit(1, {4'000});
  ledger.credit(9, {5'000});
  CHECK(ledger.events(above.id) == "1+4000=101 ");
  ledger.debit(61, {6'000});
  CHECK(ledger.events(above.id) == "1+4000=101 2-6000=49 ");
  CHECK(ledger.events(below.id) == "1+0=0 2-2000=50 3+6000=49 ");
  CHECK(ledger.events(below.id, 1, 1) == "2-2000=50 ");
  CHECK(ledger.value("SELECT string_agg(bound||amount||met,' ' ORDER BY recorded_at,monitor) FROM "
                     "audit.balance_monitor_event WHERE ticket=6000") ==
        "above100false below50true");
  const auto counted = ledger.monitors.count();
  REQUIRE(counted);
  CHECK(counted->met == 1);
  CHECK(counted->unmet == 1);
}

TEST_CASE("a checkpoint that is not stored makes no event") {
  monitors_case ledger;
  const auto above = ledger.add(ledger.c, monitor_bound::above, 100);
  ledger.credit(200, {3'000});
  const std::vector<balance_checkpoint> older{{ledger.c, {0, 5}, {2'000}}};
  REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, older, {})));
  CHECK(ledger.events(above.id) == "1+3000=200 ");
  auto other = ledger.open("two");
  auto lost = ledger.claims;
  for (auto& claim : lost) claim.at_epoch.value += 1;
  const std::vector<balance_checkpoint> stale{{ledger.c, {200, 200}, {4'000}}};
  CHECK(is<failed>(ledger.session->write_checkpoint(lost, stale, {})));
  CHECK(ledger.events(above.id) == "1+3000=200 ");
}

TEST_CASE("a removed monitor is judged no more; adding an equal one is another") {
  monitors_case ledger;
  const auto first = ledger.add(ledger.c, monitor_bound::above, 100);
  CHECK(ledger.add(ledger.c, monitor_bound::above, 100).id == first.id);
  const auto gone = ledger.monitors.remove(first.id, "k");
  REQUIRE(gone);
  REQUIRE(*gone);
  CHECK((*gone)->removed);
  REQUIRE(ledger.monitors.remove(first.id, "k"));
  ledger.credit(200, {2'000});
  CHECK(ledger.events(first.id) == "");
  const auto second = ledger.add(ledger.c, monitor_bound::above, 100);
  CHECK(second.id != first.id);
  CHECK(second.met);
  const auto listed = ledger.monitors.list({0}, 0, 10);
  REQUIRE(listed);
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().id == second.id);
  CHECK(ledger.monitors.list(ledger.a, 0, 10)->empty());
  CHECK(ledger.monitors.list({0}, second.id, 10)->empty());
  CHECK_FALSE(*ledger.monitors.remove(4'711, "k"));
}

TEST_CASE("so many monitors an account, and none of an account that is not there") {
  monitors_case ledger;
  for (std::int32_t n = 0; n < monitors_of_account_max; ++n)
    static_cast<void>(ledger.add(ledger.c, monitor_bound::above, n));
  balance_monitor wanted;
  wanted.account = ledger.c;
  wanted.amount = 1'000;
  CHECK(ledger.monitors.add(wanted, "k")->ended == added::too_many);
  wanted.account = account_number::make(shard_0, 900);
  CHECK(ledger.monitors.add(wanted, "k")->ended == added::no_account);
}

}  // namespace suanpan::testing
