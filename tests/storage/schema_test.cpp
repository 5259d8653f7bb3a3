// The schema: it goes only forward, says what it is, and keeps immutable what must be.
#include "storage/migrate.hpp"
#include "tests/storage/ledger_case.hpp"

#include <future>

namespace suanpan::testing {
namespace {

using namespace storage;

TEST_CASE("an empty database is migrated to the newest schema, and a second time changes nothing") {
  const auto dsn = private_postgres::instance().empty_database();
  const auto before = inspect_schema(dsn);
  REQUIRE_MESSAGE(before, before.reason());
  CHECK(before->stored == 0);
  CHECK(before->shards == 0);
  CHECK(before->known == migrations().back().number);

  const auto first = migrate(dsn, 16);
  REQUIRE_MESSAGE(first, first.reason());
  CHECK(first->stored == first->known);
  CHECK(first->shards == 16);
  CHECK(first->fault.empty());
  const auto applied = sql(dsn, "SELECT number,sha256,applied_at FROM suanpan.schema_migration");

  const auto second = migrate(dsn, 64);
  REQUIRE(second);
  CHECK(second->shards == 16);
  CHECK(sql(dsn, "SELECT number,sha256,applied_at FROM suanpan.schema_migration") == applied);
  CHECK(sql_value(dsn, "SELECT count(*) FROM suanpan.shard") == "16");
  CHECK(sql_value(dsn, "SELECT count(*) FROM suanpan.shard_position") == "16");
  CHECK(sql_value(dsn, "SELECT exponent FROM suanpan.currency WHERE letters='JPY'") == "0");
}

TEST_CASE("two programs that migrate at once do no harm") {
  const auto dsn = private_postgres::instance().empty_database();
  auto other = std::async(std::launch::async, [&dsn] { return migrate(dsn, 64); });
  const auto ours = migrate(dsn, 64);
  const auto theirs = other.get();
  REQUIRE_MESSAGE(ours, ours.reason());
  REQUIRE_MESSAGE(theirs, theirs.reason());
  CHECK(ours->stored == ours->known);
}

TEST_CASE("a schema that is newer than the binary is refused") {
  const auto dsn = private_postgres::instance().fresh_database();
  sql(dsn,
      "INSERT INTO suanpan.schema_migration(number,name,sha256) "
      "VALUES (9999,'9999_later',repeat('0',64))");
  const auto state = inspect_schema(dsn);
  REQUIRE(state);
  CHECK(state->fault.find("newer") != std::string::npos);
  CHECK_FALSE(migrate(dsn, 64));
}

TEST_CASE("a migration whose content changed after it was applied is refused") {
  const auto dsn = private_postgres::instance().fresh_database();
  sql(dsn, "ALTER TABLE suanpan.schema_migration DISABLE TRIGGER immutable");
  sql(dsn, "UPDATE suanpan.schema_migration SET sha256=repeat('0',64) WHERE number=1");
  const auto state = inspect_schema(dsn);
  REQUIRE(state);
  CHECK(state->fault.find("other content") != std::string::npos);
  CHECK_FALSE(migrate(dsn, 64));
}

TEST_CASE("a number of shards that is no power of two is refused and leaves nothing behind") {
  const auto dsn = private_postgres::instance().empty_database();
  CHECK_FALSE(migrate(dsn, 63));
  const auto state = inspect_schema(dsn);
  REQUIRE(state);
  CHECK(state->stored == 0);
}

TEST_CASE("every table, view and column of the ledger's own has a comment") {
  const auto dsn = private_postgres::instance().fresh_database();
  const auto silent =
      sql(dsn,
          "SELECT n.nspname||'.'||c.relname||coalesce('.'||a.attname,'') FROM pg_class c "
          "JOIN pg_namespace n ON n.oid=c.relnamespace "
          "CROSS JOIN LATERAL (SELECT 0::int2 AS attnum,NULL::name AS attname UNION ALL "
          " SELECT attnum,attname FROM pg_attribute WHERE attrelid=c.oid AND attnum>0 "
          " AND NOT attisdropped) a "
          "WHERE n.nspname IN ('suanpan','audit') AND c.relkind IN ('r','p','v') "
          "AND NOT c.relispartition AND col_description(c.oid,a.attnum) IS NULL "
          "AND (a.attnum>0 OR obj_description(c.oid,'pg_class') IS NULL)");
  std::string names;
  for (const auto& row : silent) names += row[0] + " ";
  CHECK_MESSAGE(silent.empty(), names);
}

TEST_CASE("facts cannot be changed, removed or truncated, by whatever name") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.b, 5), {2'000});
  const auto leaf = ledger.value("SELECT tableoid::regclass FROM suanpan.transfer");
  std::vector<std::string> statements{
      "DELETE FROM suanpan.account",
      "TRUNCATE suanpan.account CASCADE",
      "UPDATE suanpan.account SET owner='user:9'",
      "UPDATE suanpan.account SET number=number+1024*1024",
      "DELETE FROM suanpan.account_balance",
      "UPDATE suanpan.account_balance SET covers=covers",
      "UPDATE suanpan.account_balance SET debits=debits-1,covers=covers+1",
      "UPDATE suanpan.settings SET shards=32",
      "DELETE FROM suanpan.settings",
      "UPDATE suanpan.shard SET epoch=0 WHERE shard=0",
      "DELETE FROM suanpan.shard WHERE shard=63",
      "UPDATE suanpan.shard_position SET position=position",
      "DELETE FROM suanpan.schema_migration"};
  for (const auto& table : {std::string{"suanpan.transfer"}, leaf}) {
    statements.push_back("UPDATE " + table + " SET amount=6");
    statements.push_back("DELETE FROM " + table);
    statements.push_back("TRUNCATE " + table);
    statements.push_back("INSERT INTO " + table + " SELECT * FROM " + table +
                         " ON CONFLICT (id,leg) DO UPDATE SET amount=6");
  }
  for (const auto& statement : statements) {
    const auto fault = sql_fault(ledger.dsn, statement);
    CHECK_MESSAGE(fault.starts_with("23"), statement, " -> ", fault);
  }
}

TEST_CASE("flags may change, but a closed account stays closed") {
  const ledger_case ledger;
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.account SET flags=3").empty());
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.account SET flags=8").empty());
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.account SET flags=0").starts_with("23"));
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.account SET flags=24").starts_with("23"));
}

TEST_CASE("the database refuses what the rules would never write") {
  const ledger_case ledger;
  const auto id = to_string(next_id());
  // ticket, debit, credit, amount, idx, event, date, leg, kind, result, currency, id, texts
  const std::vector<std::string> rows{
      "0,1024,2048,5,0,0,now(),0,1,1,156,'" + id + "','',''",
      "1,0,2048,5,0,0,now(),0,1,1,156,'" + id + "','',''",
      "1,1024,-1,5,0,0,now(),0,1,1,156,'" + id + "','',''",
      "1,1024,1024,5,0,0,now(),0,1,1,156,'" + id + "','',''",
      "1,1024,2048,0,0,0,now(),0,1,1,156,'" + id + "','',''",
      "1,1024,2048,5,-1,0,now(),0,1,1,156,'" + id + "','',''",
      "1,1024,2048,5,0,65536,now(),0,1,1,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),1,1,1,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,2,1,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,1,0,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,1,2,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,1,69,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,1,200,156,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,1,1,0,'" + id + "','',''",
      "1,1024,2048,5,0,0,now(),0,1,1,156,'" + id + "',repeat('x',129),''",
      "1,1024,2048,5,0,0,now(),0,1,1,156,'" + id + "','',repeat('x',257)"};
  for (const auto& row : rows) {
    const auto fault = sql_fault(ledger.dsn, "INSERT INTO suanpan.transfer VALUES (" + row + ")");
    CHECK_MESSAGE(fault.starts_with("23514"), row, " -> ", fault);
  }
  // number, opened, flags, shard, currency, side, owner, subject, label
  for (const auto* row :
       {"1030,1,0,5,156,1,'o','1','x'", "5,1,0,5,156,1,'o','1','x'", "1029,0,0,5,156,1,'o','1','x'",
        "1029,1,0,5,156,3,'o','1','x'", "1029,1,0,5,156,1,'','1','x'",
        "1029,1,0,5,156,1,'o','','x'", "1029,1,0,5,156,1,'o','1',repeat('x',65)",
        "1029,1,0,5,1,1,'o','1','x'", "1124,1,0,100,156,1,'o','1','x'"}) {
    const auto fault =
        sql_fault(ledger.dsn, "INSERT INTO suanpan.account VALUES (" + std::string{row} + ")");
    CHECK_MESSAGE(fault.starts_with("23"), row, " -> ", fault);
  }
}

}  // namespace
}  // namespace suanpan::testing
