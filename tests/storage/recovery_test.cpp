// R13: what is stored at a checkpoint, plus the legs after it, is what was there before the crash.
#include "tests/storage/ledger_case.hpp"

#include <map>
#include <random>

namespace suanpan::testing {
namespace {

using namespace storage;

using totals_by_account = std::map<std::int64_t, account_totals>;

// Stored and recovered totals by account, of every account of the claimed shards.
totals_by_account totals_after(recovery recovered, reader source,
                               const std::vector<account_number>& numbers) {
  const auto rows = source.load_accounts(numbers);
  REQUIRE_MESSAGE(rows, rows.reason());
  totals_by_account totals;
  for (const auto& row : *rows) totals[row.number.value] = row.totals;
  for (const auto& row : recovered.touched) totals[row.number.value] = row.totals;
  return totals;
}

recovery recover(const ledger_case& ledger, const std::vector<shard_claim>& claims,
                 std::size_t recent_max = 1'000) {
  auto recovered = ledger.reader().recover(claims, now_millis() - 3'600'000, recent_max);
  REQUIRE_MESSAGE(recovered, recovered.reason());
  return *recovered;
}

TEST_CASE("a checkpoint stores a balance only where the stored one is older") {
  ledger_case ledger;
  const auto store = [&](std::int64_t covers, int128 debits) {
    const std::vector<balance_checkpoint> balances{{ledger.a, {debits, 1}, {covers}}};
    const auto outcome = ledger.session->write_checkpoint(ledger.claims, balances, {});
    REQUIRE_MESSAGE(is<committed>(outcome), describe(outcome));
    return ledger.value("SELECT debits||'@'||covers FROM suanpan.account_balance WHERE account=" +
                        std::to_string(ledger.a.value));
  };
  CHECK(store(2'000, 7) == "7@2000");
  CHECK(store(1'500, 5) == "7@2000");
  CHECK(store(2'000, 9) == "7@2000");
  CHECK(store(2'001, 9) == "9@2001");
}

TEST_CASE("a position is stored only where the stored one is older") {
  ledger_case ledger;
  const auto store = [&](std::int64_t position) {
    const std::vector<shard_position> positions{{shard_1, {position}}};
    const auto outcome = ledger.session->write_checkpoint(ledger.claims, {}, positions);
    REQUIRE_MESSAGE(is<committed>(outcome), describe(outcome));
    return ledger.value("SELECT position FROM suanpan.shard_position WHERE shard=1");
  };
  CHECK(store(2'000) == "2000");
  CHECK(store(1'999) == "2000");
  CHECK(store(2'001) == "2001");
  CHECK(ledger.value("SELECT sum(position) FROM suanpan.shard_position") == "2001");
}

TEST_CASE("a total beyond 64 bits survives the checkpoint") {
  ledger_case ledger;
  const int128 large = *parse_int128("123456789012345678901234567890123456789");
  const std::vector<balance_checkpoint> balances{{ledger.a, {large, 0}, {2'000}}};
  REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, balances, {})));
  const auto rows = ledger.reader().load_accounts(std::vector<account_number>{ledger.a});
  REQUIRE(rows);
  CHECK(rows->at(0).totals.debits_posted == large);
  CHECK(rows->at(0).covers == ticket{2'000});
}

TEST_CASE("recovery folds exactly the legs that a checkpoint does not cover") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.c, 100), {2'000});
  ledger.post(posting(ledger.c, ledger.a, 30), {3'000});
  const std::vector<balance_checkpoint> balances{{ledger.a, {100, 0}, {2'000}}};
  const std::vector<shard_position> positions{{shard_0, {1'500}}, {shard_1, {1'500}}};
  REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, balances, positions)));
  for (auto& claim : ledger.claims) claim.position = {1'500};

  const auto recovered = recover(ledger, ledger.claims);
  REQUIRE(recovered.touched.size() == 2);
  CHECK(recovered.touched[0].number == ledger.a);
  CHECK(recovered.touched[0].totals == account_totals{100, 30});
  CHECK(recovered.touched[0].covers == ticket{3'000});
  CHECK(recovered.touched[1].number == ledger.c);
  CHECK(recovered.touched[1].totals == account_totals{30, 100});
  CHECK(recovered.newest == ticket{3'000});
}

TEST_CASE("recovery passes over refusals, covered accounts and accounts of other shards") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.c, 100), {2'000});
  const std::vector<transfer> refused{posting(ledger.b, ledger.a, 1)};
  REQUIRE(is<committed>(
      ledger.write(rows_of(refused, {2'500}, item_result::debit_insufficient_funds), {2'500})));
  const std::vector<balance_checkpoint> balances{{ledger.a, {100, 0}, {2'000}}};
  REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, balances, {})));

  const auto first = recover(ledger, {ledger.claims[0]});
  CHECK(first.touched.empty());
  const auto second = recover(ledger, {ledger.claims[1]});
  REQUIRE(second.touched.size() == 1);
  CHECK(second.touched[0].number == ledger.c);
}

TEST_CASE("recovery tells the last account of each claimed shard") {
  const ledger_case ledger;
  auto claims = ledger.claims;
  claims.push_back({{9}, {1}, {}, {}});
  const auto recovered = recover(ledger, claims);
  const std::vector<std::pair<shard_id, std::int64_t>> expected{
      {shard_0, 2}, {shard_1, 2}, {{9}, 0}};
  CHECK(recovered.last_sequence == expected);
}

TEST_CASE("recent ids come newest first, and tell since when they are complete") {
  ledger_case ledger;
  const auto now = now_millis();
  std::vector<transfer> items;
  for (int i = 0; i < 10; ++i)
    items.push_back(posting(ledger.a, ledger.b, i + 1, next_id(now - 1'000 * i)));
  REQUIRE(is<committed>(ledger.write(rows_of(items, {2'000}), {2'000})));
  const auto since = now - 5'000;  // the first six

  const auto all = ledger.reader().recover(ledger.claims, since, 100);
  REQUIRE(all);
  REQUIRE(all->recent.size() == 6);
  CHECK(all->recent_complete_since_millis == since);
  for (std::size_t i = 0; i < 6; ++i) CHECK(all->recent[i].what.id == items[i].id);
  CHECK(all->recent[2].what.memo == items[2].memo);

  const auto some = ledger.reader().recover(ledger.claims, since, 4);
  REQUIRE(some);
  REQUIRE(some->recent.size() == 4);
  CHECK(some->recent_complete_since_millis == now - 4'000 + 1);
}

TEST_CASE("a recent set that had to be cut holds no millisecond by half") {
  ledger_case ledger;
  const auto now = now_millis();
  std::vector<transfer> items;
  for (int i = 0; i < 6; ++i)
    items.push_back(posting(ledger.a, ledger.b, 1, next_id(now - (i < 2 ? 0 : 10))));
  REQUIRE(is<committed>(ledger.write(rows_of(items, {2'000}), {2'000})));
  const auto cut = ledger.reader().recover(ledger.claims, now - 1'000, 4);
  REQUIRE(cut);
  CHECK(cut->recent.size() == 2);
  CHECK(cut->recent_complete_since_millis == now - 10 + 1);
}

TEST_CASE("recovery refuses a booked leg whose account does not exist") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, account_number::make(shard_1, 99), 5), {2'000});
  const auto recovered = ledger.reader().recover(ledger.claims, now_millis(), 10);
  REQUIRE_FALSE(recovered);
  CHECK(recovered.reason().find("does not exist") != std::string::npos);
}

// A random history, its checkpoints taken wherever they please as R13 allows, against plain
// addition.
void check_random_history(std::uint32_t seed) {
  ledger_case ledger;
  std::mt19937 random{seed};
  const std::vector<account_number> numbers{ledger.a, ledger.b, ledger.c, ledger.d};
  totals_by_account expected;
  std::map<std::int64_t, std::int64_t> first_dirty;
  std::vector<shard_position> positions{{shard_0, {}}, {shard_1, {}}};
  const auto pick = [&random](std::size_t below) { return random() % below; };

  for (std::int64_t at = 2'000; at < 2'040; ++at) {
    std::vector<transfer> items;
    for (std::size_t n = 1 + pick(5); n > 0; --n) {
      const auto debit = pick(4);
      const auto credit = (debit + 1 + pick(3)) % 4;
      items.push_back(posting(numbers[debit], numbers[credit], 1 + static_cast<int>(pick(1'000))));
      expected[numbers[debit].value].debits_posted += items.back().amount.value;
      expected[numbers[credit].value].credits_posted += items.back().amount.value;
      first_dirty.try_emplace(numbers[debit].value, at);
      first_dirty.try_emplace(numbers[credit].value, at);
    }
    REQUIRE(is<committed>(ledger.write(rows_of(items, {at}), {at})));
    if (pick(4) != 0) continue;
    std::vector<balance_checkpoint> balances;
    for (const auto number : numbers) {
      if (pick(2) == 0) continue;
      balances.push_back({number, expected[number.value], {at}});
      first_dirty.erase(number.value);
    }
    for (auto& position : positions) {
      position.position = {at};
      for (const auto& [number, since] : first_dirty) {
        if (account_number{number}.shard() == position.shard)
          position.position = std::min(position.position, ticket{since - 1});
      }
    }
    REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, balances, positions)));
  }
  for (std::size_t i = 0; i < 2; ++i) ledger.claims[i].position = positions[i].position;
  const auto recovered = totals_after(recover(ledger, ledger.claims), ledger.reader(), numbers);
  for (const auto number : numbers)
    CHECK_MESSAGE(recovered.at(number.value) == expected[number.value], "seed ", seed);
}

// Fault that this finds: folding where ticket ≥ covers instead of ticket > covers.
TEST_CASE("checkpoint and tail add up to every leg, wherever the checkpoints fell") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) check_random_history(seed);
}

TEST_CASE("recovery reads a tail of many chunks whole") {
  ledger_case ledger;
  constexpr std::int64_t rows_per_write = 9'000;
  for (std::int64_t at = 2'000; at < 2'005; ++at) {
    const std::vector<transfer> items(rows_per_write, posting(ledger.a, ledger.c, 1));
    std::vector<transfer> distinct = items;
    for (auto& item : distinct) item.id = next_id();
    REQUIRE(is<committed>(ledger.write(rows_of(distinct, {at}), {at})));
  }
  const auto recovered = recover(ledger, ledger.claims, 100'000);
  REQUIRE(recovered.touched.size() == 2);
  CHECK(recovered.touched[0].totals.debits_posted == 5 * rows_per_write);
  CHECK(recovered.recent.size() == 5 * rows_per_write);
}

}  // namespace
}  // namespace suanpan::testing
