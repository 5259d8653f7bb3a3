// Look-ups: each is one statement, answers only what was asked, and survives the loss of its
// connection.
#include "tests/storage/ledger_case.hpp"
#include "tests/support/eventually.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

TEST_CASE("accounts are found by their whole key, whatever characters it holds") {
  ledger_case ledger;
  std::vector<account_row> openings;
  std::int64_t sequence = 10;
  for (const auto* owner : {"user:it's", "user:\"quoted\"", "user:back\\slash", "user:{a,b}",
                            "user:NULL", "user:商户", "NULL"}) {
    openings.push_back(account_at(shard_0, sequence++, owner));
    openings.back().key.label = owner;
  }
  REQUIRE(is<committed>(ledger.session->write({ledger.claims, openings, {}, {2'000}})));
  std::vector<account_key> keys;
  for (const auto& row : openings) keys.push_back(row.key);
  auto absent = openings[0].key;
  absent.label = "other";
  keys.push_back(absent);

  const auto found = ledger.reader().find_accounts(keys);
  REQUIRE_MESSAGE(found, found.reason());
  REQUIRE(found->size() == openings.size());
  for (const auto& row : *found) {
    const auto& opened = openings.at(static_cast<std::size_t>(row.number.sequence()) - 10);
    CHECK(row.key == opened.key);
    CHECK(row.side == opened.side);
    CHECK(row.opened == opened.opened);
    CHECK(row.totals == account_totals{});
  }
}

TEST_CASE("an internal owner's accounts of different shards are different accounts") {
  ledger_case ledger;
  auto first = account_at(shard_0, 5, "internal");
  auto second = account_at(shard_1, 5, "internal");
  const std::vector<account_row> openings{first, second};
  REQUIRE(is<committed>(ledger.session->write({ledger.claims, openings, {}, {2'000}})));
  const auto found = ledger.reader().find_accounts(std::vector<account_key>{second.key});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().number == second.number);
}

TEST_CASE("accounts are listed by number, page after page, by owner and by subject") {
  ledger_case ledger;
  auto other = account_at(shard_1, 5, "user:1");
  other.key.subject = "1002";
  const std::vector<account_row> openings{other};
  REQUIRE(is<committed>(ledger.session->write({ledger.claims, openings, {}, {2'000}})));
  auto source = ledger.reader();
  std::vector<account_number> seen;
  account_filter filter;
  filter.limit = 2;
  for (;;) {
    const auto page = source.list_accounts(filter);
    REQUIRE_MESSAGE(page, page.reason());
    if (page->empty()) break;
    for (const auto& row : *page) seen.push_back(row.number);
    filter.after = seen.back();
  }
  CHECK(seen == std::vector<account_number>{ledger.a, ledger.c, ledger.b, ledger.d, other.number});

  const auto owned = source.list_accounts({"user:1", "", {}, 100});
  REQUIRE(owned);
  REQUIRE(owned->size() == 1);
  CHECK(owned->front().number == other.number);
  const auto of_subject = source.list_accounts({"", "2001", {}, 100});
  REQUIRE(of_subject);
  CHECK(of_subject->size() == 4);
  const auto both = source.list_accounts({"user:1", "2001", {}, 100});
  REQUIRE(both);
  CHECK(both->empty());
}

TEST_CASE("a look-up of nothing answers with nothing") {
  const ledger_case ledger;
  auto source = ledger.reader();
  CHECK(source.find_transfers({})->empty());
  CHECK(source.load_accounts({})->empty());
  CHECK(source.find_accounts({})->empty());
  CHECK(source.load_accounts(std::vector<account_number>{{999'999}})->empty());
}

TEST_CASE("the trial balance adds the tail to the checkpoints, whatever they cover") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.c, 100), {2'000});
  ledger.post(posting(ledger.c, ledger.a, 30), {3'000});
  const std::vector<transfer> refused{posting(ledger.b, ledger.a, 9)};
  REQUIRE(is<committed>(
      ledger.write(rows_of(refused, {3'500}, item_result::debit_insufficient_funds), {3'500})));
  SUBCASE("no checkpoint") {}
  SUBCASE("one account covered by half") {
    const std::vector<balance_checkpoint> balances{{ledger.a, {100, 0}, {2'000}}};
    REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, balances, {})));
  }
  SUBCASE("everything covered, and the positions behind it") {
    const std::vector<balance_checkpoint> balances{{ledger.a, {100, 30}, {3'500}},
                                                   {ledger.c, {30, 100}, {3'500}}};
    const std::vector<shard_position> positions{{shard_0, {2'500}}, {shard_1, {3'500}}};
    REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, balances, positions)));
  }
  ticket as_of;
  const auto lines = ledger.reader().trial_balance(as_of);
  REQUIRE_MESSAGE(lines, lines.reason());
  REQUIRE(lines->size() == 1);
  CHECK(lines->front().subject == "2001");
  CHECK(lines->front().ccy == cny);
  CHECK(lines->front().accounts == 4);
  CHECK(lines->front().totals == account_totals{130, 130});
  CHECK(as_of == ticket{3'500});
}

TEST_CASE("a reader whose idle connection was lost makes another and answers") {
  const ledger_case ledger;
  auto source = ledger.reader();
  const std::vector<account_number> numbers{ledger.a};
  REQUIRE(source.load_accounts(numbers));
  const std::string its_backend =
      "pg_stat_activity WHERE application_name='suanpan:one:reader' AND "
      "datname=current_database()";
  sql(ledger.dsn, "SELECT pg_terminate_backend(pid) FROM " + its_backend);
  REQUIRE(eventually([&] { return ledger.value("SELECT count(*) FROM " + its_backend) == "0"; }));
  const auto again = source.load_accounts(numbers);
  REQUIRE_MESSAGE(again, again.reason());
  CHECK(again->size() == 1);
}

TEST_CASE("a reader of a server that is not there is unavailable, not an exception") {
  reader source{{"host=127.0.0.1 port=1 dbname=none connect_timeout=2", "one"}};
  const auto found = source.load_accounts(std::vector<account_number>{{1025}});
  REQUIRE_FALSE(found);
  CHECK_FALSE(found.reason().empty());
}

}  // namespace
}  // namespace suanpan::testing
