// R7, R9: what is certain, what is not, and that nothing uncertain is ever called done or failed.
#include "storage/libpq_connection.hpp"
#include "storage/write_script.hpp"
#include "tests/storage/ledger_case.hpp"

#include <array>
#include <chrono>
#include <future>

namespace suanpan::testing {
namespace {

using namespace storage;

std::string pid_of(const ledger_case& ledger) {
  return std::to_string(ledger.session->backend_pid());
}

// Waits until the session's backend waits for what `condition` says of its pg_stat_activity row, or
// until the write has ended; true: it waits.
bool waits(const ledger_case& ledger, std::future<write_outcome>& write,
           const std::string& condition) {
  const std::string query =
      "SELECT count(*) FROM pg_stat_activity WHERE pid=" + pid_of(ledger) + " AND " + condition;
  while (write.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
    if (ledger.value(query) == "1") return true;
  }
  return false;
}

// Every commit of the cluster waits for a standby that does not exist, until this ends.
class absent_standby {
 public:
  explicit absent_standby(std::string dsn) : dsn_(std::move(dsn)) {
    sql(dsn_, "ALTER SYSTEM SET synchronous_standby_names='nobody'");
    sql(dsn_, "SELECT pg_reload_conf()");
  }
  ~absent_standby() {
    sql(dsn_, "ALTER SYSTEM RESET synchronous_standby_names");
    sql(dsn_, "SELECT pg_reload_conf()");
  }
  absent_standby(const absent_standby&) = delete;
  absent_standby& operator=(const absent_standby&) = delete;

 private:
  std::string dsn_;
};

// Starts writes until one is caught waiting for the standby; the server takes a moment to know of
// it.
std::future<write_outcome> write_that_waits(ledger_case& ledger, std::vector<transfer>& items) {
  for (std::int64_t at = 10'000;; ++at) {
    items = {posting(ledger.a, ledger.b, 5)};
    auto write = std::async(std::launch::async, [&ledger, &items, at] {
      return ledger.write(rows_of(items, {at}), {at});
    });
    if (waits(ledger, write, "wait_event='SyncRep'")) return write;
    const auto outcome = write.get();
    REQUIRE_MESSAGE(is<committed>(outcome), describe(outcome));
  }
}

std::string count_of(const ledger_case& ledger, const transfer_id& id) {
  return ledger.value("SELECT count(*) FROM suanpan.transfer WHERE id='" + to_string(id) + "'");
}

TEST_CASE("COMMIT with a warning is in doubt and loses the session, though the rows are there") {
  ledger_case ledger;
  std::vector<transfer> items;
  const absent_standby standby{ledger.dsn};
  auto write = write_that_waits(ledger, items);
  sql(ledger.dsn, "SELECT pg_cancel_backend(" + pid_of(ledger) + ")");
  const auto outcome = write.get();
  REQUIRE_MESSAGE(is<in_doubt>(outcome), describe(outcome));
  CHECK_FALSE(ledger.session->lost().empty());
  CHECK(count_of(ledger, items[0].id) == "1");
}

TEST_CASE("a server killed while COMMIT waits leaves the write in doubt, and here it happened") {
  ledger_case ledger;
  std::vector<transfer> items;
  {
    const absent_standby standby{ledger.dsn};
    auto write = write_that_waits(ledger, items);
    private_postgres::instance().kill();
    const auto outcome = write.get();
    CHECK_MESSAGE(is<in_doubt>(outcome), describe(outcome));
    private_postgres::instance().start();
  }
  CHECK_FALSE(ledger.session->fence());
  CHECK(count_of(ledger, items[0].id) == "1");
}

// Another session that has stored an id and not committed: a COPY of that id waits for it, with all
// of its bytes with the server.
struct rival {
  explicit rival(const std::string& dsn, const std::string& statement) {
    auto opened = libpq_connection::open(dsn, {});
    REQUIRE_MESSAGE(opened, opened.reason());
    connection = std::move(*opened);
    const auto begun = connection->run("BEGIN;" + statement);
    REQUIRE_MESSAGE(begun.trouble.empty(), begun.trouble);
  }
  std::unique_ptr<libpq_connection> connection;
};

TEST_CASE(
    "a server killed once it has all bytes leaves the write in doubt, and here it did not happen") {
  ledger_case ledger;
  const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
  const rival other{ledger.dsn,
                    "INSERT INTO suanpan.transfer VALUES (1,1025,2049,5,0,0,now(),0,1,1,"
                    "156,'" +
                        to_string(items[0].id) + "','','')"};
  auto write = std::async(std::launch::async,
                          [&] { return ledger.write(rows_of(items, {2'000}), {2'000}); });
  REQUIRE(waits(ledger, write, "wait_event_type='Lock'"));
  SUBCASE("the whole server") {
    private_postgres::instance().kill();
    const auto outcome = write.get();
    CHECK_MESSAGE(is<in_doubt>(outcome), describe(outcome));
    private_postgres::instance().start();
  }
  SUBCASE("its backend alone, by pg_terminate_backend") {
    sql(ledger.dsn, "SELECT pg_terminate_backend(" + pid_of(ledger) + ")");
    const auto outcome = write.get();
    CHECK_MESSAGE(is<in_doubt>(outcome), describe(outcome));
  }
  CHECK_FALSE(ledger.session->lost().empty());
  CHECK(count_of(ledger, items[0].id) == "0");
}

TEST_CASE("a connection lost before COPY has its bytes is a failure for certain") {
  ledger_case ledger;
  const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
  const rival other{ledger.dsn, "LOCK TABLE suanpan.shard IN ACCESS EXCLUSIVE MODE"};
  auto write = std::async(std::launch::async,
                          [&] { return ledger.write(rows_of(items, {2'000}), {2'000}); });
  REQUIRE(waits(ledger, write, "wait_event_type='Lock'"));
  sql(ledger.dsn, "SELECT pg_terminate_backend(" + pid_of(ledger) + ")");
  const auto outcome = write.get();
  CHECK_MESSAGE(is<failed>(outcome), describe(outcome));
  CHECK_FALSE(ledger.session->lost().empty());
}

TEST_CASE("a write that an operator cancels is a failure for certain and loses the session") {
  ledger_case ledger;
  const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
  const rival other{ledger.dsn, "LOCK TABLE suanpan.journal_commit IN ACCESS EXCLUSIVE MODE"};
  auto write = std::async(std::launch::async,
                          [&] { return ledger.write(rows_of(items, {2'000}), {2'000}); });
  REQUIRE(waits(ledger, write, "wait_event_type='Lock'"));
  sql(ledger.dsn, "SELECT pg_cancel_backend(" + pid_of(ledger) + ")");
  const auto outcome = write.get();
  CHECK_MESSAGE(is<failed>(outcome), describe(outcome));
  CHECK_FALSE(ledger.session->lost().empty());
  CHECK(count_of(ledger, items[0].id) == "0");
}

TEST_CASE("a session that was lost writes nothing and says so") {
  ledger_case ledger;
  sql(ledger.dsn, "SELECT pg_terminate_backend(" + pid_of(ledger) + ")");
  REQUIRE_FALSE(ledger.session->fence());
  const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
  CHECK(is<failed>(ledger.write(rows_of(items, {2'000}), {2'000})));
  CHECK(is<failed>(ledger.session->write_watermark({2'000})));
  CHECK_FALSE(ledger.session->try_lock(std::vector<shard_id>{{9}}));
  CHECK_FALSE(ledger.session->stored_among(rows_of(items, {2'000})));
}

// The verdict itself, over every way in which a script can end.

script_end ended(std::vector<std::string> tags) {
  script_end end;
  end.sent = end.could_commit = end.alive = true;
  end.tags = std::move(tags);
  return end;
}
const std::array<std::size_t, 1> three_rows{3};

TEST_CASE("only the tag COMMIT without a warning, after as many rows as were sent, is committed") {
  auto end = ended({"BEGIN", "SELECT 1", "COPY 3", "INSERT 0 1", "COMMIT"});
  CHECK(is<committed>(judge(end, three_rows)));
  SUBCASE("a warning") {
    end.warned = true;
  }
  SUBCASE("fewer rows") {
    end.tags[2] = "COPY 2";
  }
  SUBCASE("no COPY at all") {
    end.tags.erase(end.tags.begin() + 2);
  }
  SUBCASE("no COMMIT") {
    end.tags.pop_back();
  }
  CHECK(is<in_doubt>(judge(end, three_rows)));
}

TEST_CASE("COMMIT answered with ROLLBACK is a failure") {
  CHECK(is<failed>(judge(ended({"BEGIN", "COPY 3", "ROLLBACK"}), three_rows)));
}

TEST_CASE("a commit that was answered stays one when the connection breaks afterwards") {
  auto end = ended({"COPY 3", "COMMIT"});
  end.alive = false;
  CHECK(is<committed>(judge(end, three_rows)));
}

TEST_CASE(
    "an error of the classes 22, 23, 54 and P0 blames the content; any other fails the write") {
  auto end = ended({"BEGIN"});
  for (const auto* state : {"22021", "23514", "54000", "P0001"}) {
    end.error = server_error{state, "ERROR", "", ""};
    CHECK_MESSAGE(is<rejected>(judge(end, three_rows)), state);
  }
  for (const auto* state : {"53100", "25006", "57P01", "40P01", "57014", "XX000", "55P03"}) {
    end.error = server_error{state, "ERROR", "", ""};
    CHECK_MESSAGE(is<failed>(judge(end, three_rows)), state);
  }
}

TEST_CASE("an error that ends the backend leaves in doubt what could have been committed") {
  auto end = ended({"BEGIN"});
  for (const auto* severity : {"FATAL", "PANIC"}) {
    end.error = server_error{"57P01", severity, "", ""};
    end.could_commit = true;
    CHECK(is<in_doubt>(judge(end, three_rows)));
    end.could_commit = false;
    CHECK(is<failed>(judge(end, three_rows)));
  }
}

TEST_CASE("what was never sent failed; what was sent and got no answer depends on its last byte") {
  script_end end;
  CHECK(is<failed>(judge(end, three_rows)));
  end.sent = true;
  CHECK(is<failed>(judge(end, three_rows)));
  end.could_commit = true;
  CHECK(is<in_doubt>(judge(end, three_rows)));
}

}  // namespace
}  // namespace suanpan::testing
