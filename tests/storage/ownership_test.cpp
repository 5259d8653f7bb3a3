// R16 to R18: a shard belongs to the session that holds its lock, and to nobody else.
#include "tests/storage/ledger_case.hpp"

#include <chrono>

namespace suanpan::testing {
namespace {

using namespace storage;
using shards = std::vector<shard_id>;

// Repeats `attempt` until it succeeds; false after a minute. Each attempt is a round trip of its
// own.
template <class Attempt>
bool soon(Attempt attempt) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < give_up) {
    if (attempt()) return true;
  }
  return false;
}

bool locks(journal_session& session, const shards& wanted) {
  const auto got = session.try_lock(wanted);
  REQUIRE_MESSAGE(got, got.reason());
  return *got == wanted;
}

TEST_CASE("a shard's lock is held by one session at a time") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  CHECK_FALSE(locks(*other, {shard_0}));
  REQUIRE(ledger.session->release(shards{shard_0}));
  CHECK(locks(*other, {shard_0}));
}

TEST_CASE("a session without locks that misses the lowest shard asks for no other") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  const auto got = other->try_lock(shards{{7}, {8}, shard_0});
  REQUIRE(got);
  CHECK(got->empty());
  SUBCASE("but one that holds some takes what it can get") {
    REQUIRE(locks(*other, {{7}}));
    const auto more = other->try_lock(shards{shard_0, {7}, {8}});
    REQUIRE(more);
    CHECK(*more == shards{{8}});
  }
}

TEST_CASE("a lock is taken once however often it is asked for, so one release frees it") {
  ledger_case ledger;
  const auto again = ledger.session->try_lock(shards{shard_0, shard_1});
  REQUIRE(again);
  CHECK(again->empty());
  REQUIRE(ledger.session->release(shards{shard_0}));
  const auto other = ledger.open("two");
  CHECK(locks(*other, {shard_0}));
}

TEST_CASE("releasing a lock that is not held loses the session") {
  ledger_case ledger;
  CHECK_FALSE(ledger.session->release(shards{{9}}));
  CHECK_FALSE(ledger.session->lost().empty());
}

TEST_CASE("a killed backend frees its locks") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  sql(ledger.dsn,
      "SELECT pg_terminate_backend(" + std::to_string(ledger.session->backend_pid()) + ")");
  CHECK(soon([&] { return locks(*other, {shard_0}); }));
  CHECK_FALSE(ledger.session->fence());
  CHECK_FALSE(ledger.session->lost().empty());
}

TEST_CASE("a session that falls silent is ended by the server and its locks are free") {
  const ledger_case ledger;
  session_options options;
  options.dsn = ledger.dsn;
  options.node_name = "silent";
  options.idle_session_timeout_ms = 100;
  auto silent = journal_session::open(options);
  REQUIRE(silent);
  REQUIRE(locks(**silent, {{5}}));
  const auto other = ledger.open("two");
  CHECK(soon([&] { return locks(*other, {{5}}); }));
}

TEST_CASE("an epoch grows by one with each take-over, and only under the lock") {
  ledger_case ledger;
  CHECK(ledger.claims.at(0).at_epoch == epoch{1});
  const auto other = ledger.open("two");
  CHECK_FALSE(other->raise_epochs(shards{shard_0}));
  CHECK(other->lost().empty());
  REQUIRE(ledger.session->release(shards{shard_0}));
  REQUIRE(locks(*other, {shard_0}));
  const auto claims = other->raise_epochs(shards{shard_0});
  REQUIRE_MESSAGE(claims, claims.reason());
  REQUIRE(claims->size() == 1);
  CHECK(claims->front().shard == shard_0);
  CHECK(claims->front().at_epoch == epoch{2});
}

TEST_CASE("a write with an epoch that another session has raised is fenced and leaves nothing") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  REQUIRE(ledger.session->release(shards{shard_0}));
  REQUIRE(locks(*other, {shard_0}));
  REQUIRE(other->raise_epochs(shards{shard_0}));

  const std::vector<transfer> items{posting(ledger.a, ledger.c, 5)};
  const auto outcome = ledger.write(rows_of(items, {2'000}), {2'000});
  REQUIRE_MESSAGE(is<failed>(outcome), describe(outcome));
  CHECK(std::get<failed>(outcome).fenced);
  CHECK_FALSE(ledger.session->lost().empty());
  CHECK(ledger.value("SELECT count(*) FROM suanpan.transfer") == "0");
}

TEST_CASE("another session's epoch does not pass as ours, even when its number is the same") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  const std::vector<transfer> items{posting(ledger.a, ledger.c, 5)};
  const auto rows = rows_of(items, {2'000});
  const auto outcome = other->write({ledger.claims, {}, rows, {2'000}});
  REQUIRE_MESSAGE(is<failed>(outcome), describe(outcome));
  CHECK(std::get<failed>(outcome).fenced);
}

TEST_CASE("a claim from before our own session raised the epoch again is fenced") {
  ledger_case ledger;
  REQUIRE(ledger.session->raise_epochs(shards{shard_1}));
  const std::vector<transfer> items{posting(ledger.a, ledger.c, 5)};
  const auto outcome = ledger.write(rows_of(items, {2'000}), {2'000});
  REQUIRE_MESSAGE(is<failed>(outcome), describe(outcome));
  CHECK(std::get<failed>(outcome).fenced);
}

TEST_CASE("a checkpoint of a stale owner is fenced and leaves nothing") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  const std::vector<balance_checkpoint> balances{{ledger.a, {5, 0}, {2'000}}};
  const auto outcome = other->write_checkpoint(ledger.claims, balances, {});
  REQUIRE_MESSAGE(is<failed>(outcome), describe(outcome));
  CHECK(std::get<failed>(outcome).fenced);
  CHECK(ledger.value("SELECT sum(debits) FROM suanpan.account_balance") == "0");
}

TEST_CASE("a take-over is told a ticket that no row, position or watermark exceeds") {
  ledger_case ledger;
  std::int64_t expected = 0;
  SUBCASE("a row's") {
    const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
    REQUIRE(is<committed>(ledger.write(rows_of(items, {9'000}), {1'500})));
    expected = 9'000;
  }
  SUBCASE("a row's, when the appended watermarks are gone") {
    ledger.post(posting(ledger.a, ledger.b, 5), {9'500});
    sql(ledger.dsn, "DELETE FROM suanpan.journal_commit");
    expected = 9'500;
  }
  SUBCASE("a watermark") {
    REQUIRE(is<committed>(ledger.session->write_watermark({8'000})));
    expected = 8'000;
  }
  SUBCASE("a position") {
    const std::vector<shard_position> positions{{shard_1, {7'000}}};
    REQUIRE(is<committed>(ledger.session->write_checkpoint(ledger.claims, {}, positions)));
    expected = 7'000;
  }
  REQUIRE(ledger.session->release(shards{shard_0, shard_1}));
  const auto other = ledger.open("two");
  REQUIRE(locks(*other, {shard_0, shard_1}));
  const auto claims = other->raise_epochs(shards{shard_0, shard_1});
  REQUIRE_MESSAGE(claims, claims.reason());
  CHECK(claims->at(0).newest == ticket{expected});
  CHECK(claims->at(1).position == ticket{expected == 7'000 ? 7'000 : 0});
}

TEST_CASE("zero-loss mode refuses a database without a synchronous standby") {
  const ledger_case ledger;
  session_options options;
  options.dsn = ledger.dsn;
  options.node_name = "careful";
  options.zero_loss = true;
  const auto opened = journal_session::open(options);
  REQUIRE_FALSE(opened);
  CHECK(opened.reason().find("synchronous standby") != std::string::npos);
}

TEST_CASE("a read-only database is refused at the start") {
  ledger_case ledger;
  const auto database = ledger.value("SELECT current_database()");
  sql(ledger.dsn, "ALTER DATABASE " + database + " SET default_transaction_read_only=on");
  session_options options;
  options.dsn = ledger.dsn;
  const auto opened = journal_session::open(options);
  REQUIRE_FALSE(opened);
  CHECK(opened.reason().find("read-only") != std::string::npos);
}

TEST_CASE("a database without this binary's schema is refused") {
  session_options options;
  options.dsn = private_postgres::instance().empty_database();
  CHECK_FALSE(journal_session::open(options));
  const ledger_case ledger;
  sql(ledger.dsn,
      "INSERT INTO suanpan.schema_migration(number,name,sha256) "
      "VALUES (9999,'9999_later',repeat('0',64))");
  options.dsn = ledger.dsn;
  const auto opened = journal_session::open(options);
  REQUIRE_FALSE(opened);
  CHECK(opened.reason().find("newer") != std::string::npos);
}

TEST_CASE("a server that is not there is unavailable, not an exception") {
  session_options options;
  options.dsn = "host=127.0.0.1 port=1 dbname=none connect_timeout=2";
  CHECK_FALSE(journal_session::open(options));
}

}  // namespace
}  // namespace suanpan::testing
