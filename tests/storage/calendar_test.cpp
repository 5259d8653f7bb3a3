// The ledger's one calendar: who may bring it, who may put it right, and who is turned away (R28).
#include "tests/storage/day_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

calendar_claim claim(const std::string& dsn, day_shift shift) {
  const auto answer = claim_calendar(dsn, "other", shift);
  REQUIRE_MESSAGE(answer, answer.reason());
  return *answer;
}

constexpr day_shift late_cut{480 - 120};

}  // namespace

TEST_CASE(
    "the first node brings the calendar, and another one is put right while nothing is dated") {
  const auto dsn = private_postgres::instance().fresh_database();
  CHECK(claim(dsn, china).ours);
  CHECK(claim(dsn, late_cut).ours);
  CHECK(sql_value(dsn, "SELECT shift_minutes FROM suanpan.accounting_calendar") == "360");
  CHECK(sql_fault(dsn, "DELETE FROM suanpan.accounting_calendar").starts_with("23"));
}

TEST_CASE("once a row is dated a node with another cut-off is refused in words") {
  day_case ledger;
  ledger.post(ledger.cash, ledger.m0, 5, at(monday, 60));
  ledger.east.reset();
  ledger.west.reset();
  const auto refused = claim(ledger.dsn, late_cut);
  CHECK_FALSE(refused.ours);
  CHECK(refused.fault ==
        "accounting days of this ledger begin at 16:00 UTC (utc_offset_minutes - cut_off_minutes = "
        "480), with this configuration they would begin at 18:00 UTC (utc_offset_minutes - "
        "cut_off_minutes = 360): rows are dated, so it can't change any more");
  CHECK(claim(ledger.dsn, china).ours);
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.accounting_calendar SET shift_minutes=0")
            .starts_with("23"));
}

TEST_CASE("while a node owns shards no other may change the calendar, dated rows or not") {
  const day_case ledger;
  const auto refused = claim(ledger.dsn, late_cut);
  CHECK_FALSE(refused.ours);
  CHECK(refused.fault.find("owns shards") != std::string::npos);
}

TEST_CASE("a session that would date rows otherwise takes no shard") {
  day_case ledger;
  ledger.west.reset();
  const auto stranger = ledger.open("stranger", late_cut.minutes);
  const std::vector<shard_id> wanted{shard_1};
  REQUIRE(stranger->try_lock(wanted));
  const auto raised = stranger->raise_epochs(wanted);
  REQUIRE_FALSE(raised);
  CHECK(raised.reason().find("accounting days") != std::string::npos);
  CHECK(sql_value(ledger.dsn, "SELECT epoch FROM suanpan.shard WHERE shard=1") == "1");
}

TEST_CASE("rows that are older than the calendar tell a node with another cut-off apart") {
  day_case ledger;
  ledger.post(ledger.cash, ledger.m0, 5, at(monday, 60));
  ledger.east.reset();
  ledger.west.reset();
  sql(ledger.dsn, "ALTER TABLE suanpan.accounting_calendar DISABLE TRIGGER USER");
  sql(ledger.dsn, "DELETE FROM suanpan.accounting_calendar");
  sql(ledger.dsn, "ALTER TABLE suanpan.accounting_calendar ENABLE TRIGGER USER");
  const auto refused = claim(ledger.dsn, late_cut);
  CHECK_FALSE(refused.ours);
  CHECK(refused.fault.find("is dated 2026-01-05") != std::string::npos);
  CHECK(claim(ledger.dsn, china).ours);
}

}  // namespace suanpan::testing
