// Sessions that need a PostgreSQL and a node, compared with those recorded in golden/.
#include "protocol/model/clock.hpp"
#include "tests/cli/golden.hpp"
#include "tests/storage/day_case.hpp"
#include "tests/support/eventually.hpp"

using namespace suanpan;
using namespace suanpan::testing;

namespace {

std::string today() {
  return date_text(date_of({system_wall_clock().unix_micros()}, china));
}

/// Three days of postings of January, two shards; nobody owns them any more.
struct past_days : day_case {
  past_days() {
    const account_number costs = account_number::make(shard_1, 4);
    const std::vector<account_row> more{account(costs, "6401", normal_side::debit, cny)};
    REQUIRE(is<storage::committed>(west->write({west_claims, more, {}, at(monday, 20)})));
    post(cash, m0, 1'234'567'89, at(monday, 60));
    post(m0, fees, 45'678, at(monday, 70));
    post(yen_cash, yen_m, 150'000, at(monday, 80));
    post(cash, m1, 50'000, at(tuesday, 60));
    post(m1, fees, 300, at(tuesday, 65));
    post(costs, cash, 12'005, at(tuesday, 70));
    post(yen_m, yen_cash, 99, at(tuesday, 80));
    post(m0, cash, 1'000'000, at(wednesday, 5));
    east.reset();
    west.reset();
  }
};

void play_on_a_new_ledger(const std::string& session) {
  const auto dsn = private_postgres::instance().fresh_database();
  const running_node node(dsn);
  variables replaced{
      {"http", node.http()}, {"today", today()}, {"files", SUANPAN_SOURCE_DIR "/tests/cli/golden"}};
  for (const std::string name : {"id1", "id2", "id3", "id4", "id5"})
    replaced[name] = to_string(next_id());
  const variables set{{"SUANPAN_DATABASE__DSN", dsn}, {"SUANPAN_ENDPOINT", node.grpc()}};
  // Health and metrics follow the node's readiness within a second.
  REQUIRE(eventually([&] {
    const auto status = run_program({"suanpan", "status", "--http", node.http()}, set);
    return status.status == 0 && status.out.find("shards owned     64") != std::string::npos;
  }));
  run_session(session, replaced, set);
}

}  // namespace

TEST_CASE("golden: a new database and its keys") {
  const auto dsn = private_postgres::instance().empty_database();
  run_session("database", {}, {{"SUANPAN_DATABASE__DSN", dsn}});
}

TEST_CASE("golden: a first hour with a ledger") {
  play_on_a_new_ledger("first_hour");
}

TEST_CASE("golden: holds, reversals, frozen and closed accounts") {
  play_on_a_new_ledger("holds");
}

TEST_CASE("golden: conditions on balances") {
  play_on_a_new_ledger("monitors");
}

TEST_CASE("golden: statements, past balances, lists of transfers") {
  play_on_a_new_ledger("statements");
}

TEST_CASE("golden: vouchers from files") {
  play_on_a_new_ledger("vouchers");
}

TEST_CASE("golden: days of January are closed and read") {
  const past_days past;
  const running_node node(past.dsn, {"--set", "journal.idle_watermark_s=1"});
  storage::day_books books{{.dsn = past.dsn, .node_name = "golden"}};
  REQUIRE(eventually([&books] { return books.ask(monday)->day.state == day_state::settled; }));
  run_session("days", {{"today", today()}},
              {{"SUANPAN_DATABASE__DSN", past.dsn}, {"SUANPAN_ENDPOINT", node.grpc()}});
}

TEST_CASE("a node with another cut-off than the ledger's dated rows is told so at its start") {
  const past_days past;
  bool refused = false;
  try {
    const running_node node(past.dsn, {"--set", "ledger.cut_off_minutes=120"});
  } catch (const std::runtime_error& ended) {
    refused = true;
    const std::string why = ended.what();
    INFO(why);
    CHECK(why.find("ledger.utc_offset_minutes, ledger.cut_off_minutes: accounting days of this "
                   "ledger begin at 16:00 UTC") != std::string::npos);
    CHECK(why.find("rows are dated") != std::string::npos);
  }
  CHECK(refused);
}
