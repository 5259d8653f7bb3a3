// Lists of transfers where they are short of an index or of time.
#include "tests/storage/statements_case.hpp"
#include "tests/support/eventually.hpp"

#include <atomic>
#include <thread>

using namespace suanpan;
using namespace suanpan::testing;

namespace {

std::vector<transfer_id> ids_of(const transfer_page& page) {
  std::vector<transfer_id> ids;
  for (const auto& t : page.transfers) ids.push_back(t.what.id);
  return ids;
}

/// Books `count` items, those from `first` on a voucher; its ids.
std::vector<transfer_id> book_voucher(statements_case& ledger, samples::random_source& random,
                                      std::size_t count, std::size_t first) {
  auto items = ledger.make(count, random);
  for (std::size_t i = first; i + 1 < count; ++i) items[i].linked = true;
  auto rows = rows_of(items, ledger.next_ticket());
  for (auto& row : rows)
    if (row.index >= static_cast<std::int32_t>(first)) row.voucher = &items[first].id;
  const auto written = ledger.write(rows, ledger.now);
  REQUIRE_MESSAGE(is<storage::committed>(written), describe(written));
  std::vector<transfer_id> ids;
  for (std::size_t i = first; i < count; ++i) ids.push_back(items[i].id);
  return ids;
}

}  // namespace

TEST_CASE("lists of transfers: a voucher is all its items and nothing else, whatever their time") {
  samples::random_source random(21);
  statements_case ledger;
  auto statements = ledger.statements();
  ledger.book(5, random);
  const auto one = book_voucher(ledger, random, 7, 3);
  ledger.now.micros += 86'400'000'000;
  const auto two = book_voucher(ledger, random, 5, 0);
  ledger.book(5, random);

  transfer_question question;
  question.voucher = one.front();
  auto page = statements.transfers(question, std::chrono::milliseconds(0));
  REQUIRE_MESSAGE(page, page.reason());
  CHECK(ids_of(*page) == one);
  CHECK_FALSE(page->more);
  for (const auto& t : page->transfers) CHECK(t.voucher == one.front());

  question.voucher = two.front();
  question.newest_first = true;
  question.limit = 3;
  page = statements.transfers(question);
  REQUIRE(page);
  CHECK(ids_of(*page) == std::vector<transfer_id>{two[4], two[3], two[2]});
  CHECK(page->more);
  question.to = page->rest_to;
  page = statements.transfers(question);
  REQUIRE(page);
  CHECK(ids_of(*page) == std::vector<transfer_id>{two[1], two[0]});
  CHECK_FALSE(page->more);

  question = {};
  question.voucher = two.front();
  question.from = {first_of(ticket{ledger.now.micros}), {}};  // behind it
  page = statements.transfers(question);
  REQUIRE(page);
  CHECK(page->transfers.empty());
  CHECK_FALSE(page->more);
  question = {};
  for (const auto& not_a_voucher : {ledger.booked.front().id, one[1], next_id()}) {
    question.voucher = not_a_voucher;
    page = statements.transfers(question);
    REQUIRE(page);
    CHECK(page->transfers.empty());
    CHECK_FALSE(page->more);
  }
}

TEST_CASE("lists of transfers: a slice that took too long is tried again, and nothing is missed") {
  samples::random_source random(22);
  statements_case ledger;
  auto statements = ledger.statements();
  for (int i = 0; i < 5; ++i) {
    ledger.now.micros += 3'600'000'000;
    ledger.book(4, random);
  }
  REQUIRE(statements.transfers({}));  // connected
  for (const bool newest_first : {false, true}) {
    // Longer than one slice may take, and its next try.
    std::thread writer([&ledger] {
      sql(ledger.dsn,
          "DO $$BEGIN LOCK TABLE suanpan.transfer IN ACCESS EXCLUSIVE MODE; "
          "PERFORM pg_sleep(1); END$$");
    });
    const bool locked = eventually([&ledger] {
      return ledger.value(
                 "SELECT count(*) FROM pg_locks WHERE mode='AccessExclusiveLock' AND granted AND "
                 "relation='suanpan.transfer'::regclass") == "1";
    });
    transfer_question question;
    question.newest_first = newest_first;
    const auto page = statements.transfers(question, std::chrono::seconds(10));
    writer.join();
    REQUIRE(locked);
    REQUIRE_MESSAGE(page, page.reason());
    CHECK_FALSE(page->more);
    CHECK(page->transfers.size() == ledger.booked.size());
  }
}
