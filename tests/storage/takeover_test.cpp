// R16: what the owner before committed is seen by whoever takes its lock, and a lock is held once.
// The moment inside the locking statement is made as wide as the test needs by a function of the
// server's name that the database's search path finds first.
#include "tests/storage/ledger_case.hpp"
#include "tests/support/eventually.hpp"

#include <future>

namespace suanpan::testing {
namespace {

using namespace storage;
using shards = std::vector<shard_id>;

// From now on new sessions of the database take locks as `body` says; $1, $2 are the key.
void lock_by(const ledger_case& ledger, const std::string& body) {
  sql(ledger.dsn, "CREATE SCHEMA hook");
  sql(ledger.dsn,
      "CREATE FUNCTION hook.pg_try_advisory_lock(integer, integer) RETURNS boolean VOLATILE "
      "LANGUAGE plpgsql AS $$ BEGIN " +
          body + " END $$");
  sql(ledger.dsn,
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path=hook,pg_catalog', "
      "current_database()); END $$");
}

bool somebody_waits_for_a_lock(const ledger_case& ledger) {
  return ledger.value("SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND NOT granted") !=
         "0";
}

TEST_CASE("a take-over sees what was committed while its lock was being asked for") {
  ledger_case ledger;
  lock_by(ledger, "PERFORM pg_catalog.pg_advisory_lock($1,$2); RETURN true;");
  const auto next = ledger.open("two");
  auto locked = std::async(std::launch::async,
                           [&next] { return static_cast<bool>(next->try_lock(shards{shard_0})); });
  REQUIRE(eventually([&ledger] { return somebody_waits_for_a_lock(ledger); }));
  ledger.post(posting(ledger.a, ledger.b, 5), {9'000});
  ledger.session.reset();  // its connection ends, and with it its locks
  REQUIRE(locked.get());
  const auto claims = next->raise_epochs(shards{shard_0});
  REQUIRE_MESSAGE(claims, claims.reason());
  CHECK(claims->at(0).newest == ticket{9'000});
}

TEST_CASE("a lock that is still held after its release loses the session") {
  ledger_case ledger;
  REQUIRE(ledger.session->release(shards{shard_0, shard_1}));
  lock_by(ledger,
          "RETURN pg_catalog.pg_try_advisory_lock($1,$2) AND "
          "pg_catalog.pg_try_advisory_lock($1,$2);");
  const auto twice = ledger.open("two");
  REQUIRE(twice->try_lock(shards{shard_0}));
  CHECK_FALSE(twice->release(shards{shard_0}));
  CHECK_FALSE(twice->lost().empty());
}

}  // namespace
}  // namespace suanpan::testing
