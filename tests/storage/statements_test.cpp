// Statements against a plain list of what was booked: runs, the rows above them, and both together.
#include "storage/partitions.hpp"
#include "storage/statement_verify.hpp"
#include "tests/storage/statements_case.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace suanpan;
using namespace suanpan::testing;

TEST_CASE("statements: every page of every account is what was booked, whatever builders did") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    samples::random_source random(seed);
    statements_case ledger;
    auto statements = ledger.statements();
    auto first = ledger.builder(5, 3, 128);
    auto second = ledger.builder(1 + random.below(100), 2, 200);
    for (int step = 0; step < 60; ++step) {
      const auto what = random.below(12);
      if (what < 5) ledger.book(1 + random.below(30), random);
      if (what == 5) REQUIRE(first.round());
      if (what == 6) REQUIRE(second.round());
      if (what == 7) ledger.build_all(random.one_in(2) ? first : second);
      if (what == 8) ledger.check_all(statements, random, 1);
      if (what == 9) ledger.take_over();
      if (what == 10 && random.one_in(4))
        static_cast<void>(ledger.value("SELECT suanpan.forget_statements()"));
      if (what == 11)
        ledger.book_in_parts(random, [&] {
          REQUIRE(first.round());
          ledger.check_all(statements, random, 1);
        });
    }
    ledger.check_all(statements, random, 3);
    ledger.build_all(first);
    ledger.check_all(statements, random, 3);
  }
}

TEST_CASE("statements: rows fed from memory make the runs that rows read back make") {
  for (const std::uint64_t seed : {4U, 5U}) {
    CAPTURE(seed);
    samples::random_source random(seed);
    statements_case ledger;
    auto statements = ledger.statements();
    auto fed = ledger.builder(20, 3, 128);
    auto other = ledger.builder(9, 3, 128);
    ledger.book(5, random);  // before the feed begins
    ledger.build_all(fed);
    ledger.fed = &fed;
    std::int64_t from_memory = 0;
    for (int step = 0; step < 80; ++step) {
      const auto what = random.below(14);
      if (what < 6) ledger.book(1 + random.below(20), random);
      if (what >= 6 && what < 10) {
        const auto done = fed.round();
        REQUIRE_MESSAGE(done, done.reason());
        from_memory += done->fed ? done->rows : 0;
      }
      if (what == 10) REQUIRE(other.round());
      if (what == 11 && random.one_in(3)) ledger.take_over();
      if (what == 11 && random.one_in(2)) ledger.build_all(fed);
      if (what == 12 && random.one_in(3))
        static_cast<void>(ledger.value("SELECT suanpan.forget_statements()"));
      if (what == 13) {
        ledger.fed = nullptr;  // the feed ran over: rows that it never tells of
        ledger.book(3, random);
        ledger.fed_upto = ledger.now;
        ledger.fed = &fed;
      }
    }
    CHECK(from_memory > 0);
    ledger.check_all(statements, random, 3);
    ledger.build_all(fed);
    ledger.check_all(statements, random, 3);
    storage::verification found;
    REQUIRE(storage::verify_statements(ledger.dsn, found));
    CHECK(found.differences_total == 0);
  }
}

TEST_CASE("statements: two builders at once lose nothing and double nothing") {
  samples::random_source random(6);
  statements_case ledger;
  auto statements = ledger.statements();
  std::atomic<bool> over{false};
  std::atomic<int> lost{0};
  const auto work = [&](std::size_t rows_max) {
    auto builder = ledger.builder(rows_max, 3, 128);
    while (!over) {
      const auto done = builder.round();
      if (done && done->lost) ++lost;
    }
  };
  std::thread first(work, 7);
  std::thread second(work, 30);
  for (int i = 0; i < 60; ++i) ledger.book(1 + random.below(20), random);
  ledger.check_all(statements, random, 1);
  over = true;
  first.join();
  second.join();
  auto last = ledger.builder();
  ledger.build_all(last);
  ledger.check_all(statements, random, 3);
  storage::verification found;
  REQUIRE(storage::verify_statements(ledger.dsn, found));
  CHECK(found.differences_total == 0);
  MESSAGE(lost << " rounds came second");
}

TEST_CASE("statements: an account without lines has none, and one that is not there is not found") {
  statements_case ledger;
  auto statements = ledger.statements();
  statement_question question;
  question.account = ledger.a;
  const auto empty = statements.statement(question);
  REQUIRE_MESSAGE(empty, empty.reason());
  REQUIRE(*empty);
  CHECK((*empty)->lines.empty());
  CHECK_FALSE((*empty)->more);
  question.account = account_number::make(shard_0, 99);
  const auto none = statements.statement(question);
  REQUIRE(none);
  CHECK_FALSE(*none);
  const auto balance = statements.balance(question.account, {5});
  REQUIRE(balance);
  CHECK_FALSE(*balance);
}

TEST_CASE(
    "statements: a ticket that is not settled is in no answer, whatever part of it is stored") {
  samples::random_source random(7);
  statements_case ledger;
  auto statements = ledger.statements();
  auto builder = ledger.builder();
  ledger.book(5, random);
  const auto settled = ledger.now;
  ledger.book_in_parts(random, [&] {
    REQUIRE(builder.round());
    const auto then = statements.balance(ledger.a, ledger.now);
    REQUIRE(then);
    CHECK((*then)->as_of < ledger.now);
    const auto list = statements.transfers({});
    REQUIRE(list);
    for (const auto& t : list->transfers) CHECK(t.at <= settled);
  });
  ledger.check_all(statements, random, 2);
}

TEST_CASE("statements: what a former owner acknowledged is there before the next one has written") {
  samples::random_source random(13);
  statements_case ledger;
  auto statements = ledger.statements();
  auto builder = ledger.builder(9, 3, 128);
  ledger.book(10, random);
  ledger.build_all(builder);
  ledger.book(10, random);
  ledger.take_over();
  ledger.check_all(statements, random, 3);
  ledger.build_all(builder);
  ledger.check_all(statements, random, 3);
  const auto list = statements.transfers({});
  REQUIRE_MESSAGE(list, list.reason());
  CHECK(list->transfers.size() == ledger.booked.size());
}

TEST_CASE("statements: lines of a day that was detached stay, and runs are built from it again") {
  samples::random_source random(8);
  statements_case ledger;
  auto statements = ledger.statements();
  auto builder = ledger.builder(9, 3, 128);
  for (int i = 0; i < 6; ++i) ledger.book(10, random);
  const auto rounds = [&] { ledger.check_all(statements, random, 2); };
  REQUIRE(builder.round());
  sql(ledger.dsn, "ALTER TABLE suanpan.transfer DETACH PARTITION " +
                      ledger.value("SELECT tableoid::regclass FROM suanpan.transfer LIMIT 1"));
  rounds();
  ledger.build_all(builder);
  rounds();
  static_cast<void>(ledger.value("SELECT suanpan.forget_statements()"));
  rounds();
  ledger.build_all(builder);
  rounds();
}

TEST_CASE("statements: many runs become few, and pruned commit marks harm nothing") {
  samples::random_source random(9);
  statements_case ledger;
  auto statements = ledger.statements();
  auto builder = ledger.builder(400'000, 2, 200);
  ledger.book(3, random);
  ledger.build_all(builder);
  for (int i = 0; i < 20; ++i) {
    ledger.book(3, random);
    REQUIRE(builder.round());
  }
  CHECK(std::stoi(ledger.value("SELECT count(*) FROM suanpan.statement_run")) <= 6);
  CHECK(ledger.value("SELECT count(*) FROM suanpan.statement_block b LEFT JOIN "
                     "suanpan.statement_run r ON r.run=b.run WHERE r.run IS NULL") == "0");
  REQUIRE(storage::tidy(ledger.dsn));
  ledger.book(3, random);
  ledger.check_all(statements, random, 2);
}

TEST_CASE("lists of transfers: every page of every filter, as of its first page") {
  samples::random_source random(10);
  statements_case ledger;
  auto statements = ledger.statements();
  for (int i = 0; i < 12; ++i) {
    ledger.now.micros += 20'000'000;  // longer than a first slice
    ledger.book(1 + random.below(15), random);
  }
  for (int i = 0; i < 40; ++i) {
    transfer_question question;
    question.newest_first = random.one_in(2);
    question.limit = static_cast<std::uint32_t>(1 + random.below(random.one_in(2) ? 4 : 60));
    if (random.one_in(3)) question.reference = "order-1";
    if (random.one_in(6)) question.reference = "order-'2";
    if (random.one_in(3)) question.event_code = random.one_in(2) ? 1001 : 7;
    if (random.one_in(2))
      question.from = {ledger.booked_at[random.below(ledger.booked_at.size())], {}};
    if (random.one_in(2))
      question.to = {ledger.booked_at[random.below(ledger.booked_at.size())], {}};
    std::vector<transfer_id> wanted;
    const bool none = question.reference == "order-'2" || question.event_code == 7;
    for (std::size_t n = 0; n < ledger.booked.size() && !none; ++n) {
      const list_place at{ledger.booked_at[n], ledger.booked[n].debit.shard()};
      if (at >= question.from && at < question.to) wanted.push_back(ledger.booked[n].id);
    }
    if (question.newest_first) std::ranges::reverse(wanted);
    std::vector<transfer_id> found;
    // Without patience each page stops after one slice of time; from the beginning of time these
    // would be many.
    const bool hasty = question.from.at.at.micros != 0 && i % 2 == 0;
    for (bool more = true; more;) {
      const auto page =
          statements.transfers(question, std::chrono::milliseconds(hasty ? 0 : 1'500));
      REQUIRE_MESSAGE(page, page.reason());
      CHECK(page->transfers.size() <= question.limit);
      for (const auto& t : page->transfers) found.push_back(t.what.id);
      more = page->more;
      question.as_of = page->as_of;
      question.from = page->rest_from;
      question.to = page->rest_to;
    }
    CHECK(found == wanted);
  }
}

TEST_CASE("verify finds statements that are not what the rows say") {
  samples::random_source random(11);
  statements_case ledger;
  auto builder = ledger.builder(400'000, 8, 200);
  for (int i = 0; i < 3; ++i) {
    ledger.book(20, random);
    ledger.build_all(builder);
  }
  const auto differences = [&] {
    storage::verification found;
    const auto done = storage::verify_statements(ledger.dsn, found);
    REQUIRE_MESSAGE(done, done.reason());
    for (const auto& d : found.differences) CHECK(d.what == "statement");
    return found.differences_total;
  };
  const auto plant = [&](const std::string& change) { sql(ledger.dsn, change); };
  REQUIRE(differences() == 0);
  SUBCASE("a block is gone") {
    plant(
        "DELETE FROM suanpan.statement_block WHERE ctid=(SELECT min(ctid) FROM "
        "suanpan.statement_block)");
    CHECK(differences() > 0);
  }
  SUBCASE("a run is gone") {
    plant(
        "DELETE FROM suanpan.statement_run WHERE run=(SELECT min(run) FROM suanpan.statement_run)");
    CHECK(differences() > 0);
  }
  SUBCASE("a run is there twice") {
    plant(
        "INSERT INTO suanpan.statement_run(level,above,upto,entries) SELECT "
        "level,above,upto,entries "
        "FROM suanpan.statement_run WHERE run=(SELECT min(run) FROM suanpan.statement_run)");
    plant(
        "INSERT INTO suanpan.statement_block SELECT "
        "(SELECT max(run) FROM suanpan.statement_run),first_account,first_ticket,first_idx,data "
        "FROM suanpan.statement_block WHERE run=(SELECT min(run) FROM suanpan.statement_run)");
    CHECK(differences() > 0);
  }
  SUBCASE("a cover ran ahead of its runs") {
    ledger.book(5, random);
    plant("UPDATE suanpan.statement_cover SET covers=" + std::to_string(ledger.now.micros) +
          " WHERE shard=0");
    CHECK(differences() > 0);
  }
  SUBCASE("a block is damaged") {
    plant("ALTER TABLE suanpan.statement_block DISABLE TRIGGER immutable");
    plant(
        "UPDATE suanpan.statement_block SET data=set_byte(data,octet_length(data)/2,"
        "get_byte(data,octet_length(data)/2)#255) WHERE run=(SELECT min(run) FROM "
        "suanpan.statement_run)");
    CHECK(differences() > 0);
  }
}

TEST_CASE("statements: what is booked while pages are read is in none of them") {
  samples::random_source random(12);
  statements_case ledger;
  auto statements = ledger.statements();
  for (int i = 0; i < 3; ++i) ledger.book(10, random);
  const auto wanted = ledger.expected(ledger.a, {}, behind(ledger.now)).size();
  REQUIRE(wanted > 3);
  statement_question question;
  question.account = ledger.a;
  question.limit = 2;
  std::size_t seen = 0;
  for (bool more = true; more;) {
    const auto answer = statements.statement(question);
    REQUIRE_MESSAGE(answer, answer.reason());
    REQUIRE(*answer);
    const auto& page = **answer;
    seen += page.lines.size();
    REQUIRE(seen <= wanted);
    more = page.more;
    if (!more) break;
    question.as_of = page.as_of;
    question.from = behind(line_position{page.lines.back().what.at, page.lines.back().what.index});
    ledger.book(10, random);
  }
  CHECK(seen == wanted);
}
