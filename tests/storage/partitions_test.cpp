// R6, R7: a day of ids is a partition; making or retiring one holds up nobody.
#include "storage/partitions.hpp"

#include "storage/libpq_connection.hpp"
#include "storage/verify.hpp"
#include "tests/storage/payments_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

constexpr std::int64_t day_millis = 86'400'000;
constexpr std::int64_t window_micros = 7 * day_millis * 1'000;

partition_plan days_around(std::int64_t millis) {
  return {millis * 1'000, 0, 0};
}

TEST_CASE("migration leaves a partition for every day of the id window and some ahead") {
  ledger_case ledger;
  for (const std::int64_t days : {-8, -7, -1, 0, 1, 3})
    ledger.post(posting(ledger.a, ledger.b, 1, next_id(now_millis() + days * day_millis)), {2'000});
}

TEST_CASE("making partitions twice makes the missing ones only") {
  const ledger_case ledger;
  const auto later = now_millis() + 30 * day_millis;
  const auto first = ensure_partitions(ledger.dsn, {later * 1'000, 1, 1});
  REQUIRE_MESSAGE(first, first.reason());
  CHECK(first->size() == 3);
  const auto second = ensure_partitions(ledger.dsn, {later * 1'000, 2, 1});
  REQUIRE(second);
  CHECK(second->size() == 1);
  CHECK(ledger.value("SELECT count(*) FROM pg_constraint WHERE conname='transfer_day'") == "0");
}

TEST_CASE("a partition is made beside a long reader and an open writer, and both go on") {
  ledger_case ledger;
  ledger.post(posting(ledger.a, ledger.b, 1), {2'000});
  auto other = libpq_connection::open(ledger.dsn, {});
  REQUIRE(other);
  REQUIRE((*other)
              ->run("BEGIN;SELECT count(*) FROM suanpan.transfer;INSERT INTO suanpan.transfer "
                    "VALUES (1,1024,2048,5,0,0,now(),0,1,1,156,'" +
                    to_string(next_id()) + "','','')")
              .trouble.empty());
  const auto later = now_millis() + 30 * day_millis;
  const auto made = ensure_partitions(ledger.dsn, days_around(later));
  REQUIRE_MESSAGE(made, made.reason());
  ledger.post(posting(ledger.a, ledger.b, 1, next_id(later)), {3'000});
  const auto end = (*other)->run("COMMIT");
  CHECK(end.tags == std::vector<std::string>{"COMMIT"});
}

TEST_CASE("a table that a crash left between its making and its attaching is attached") {
  const ledger_case ledger;
  const auto later = now_millis() + 30 * day_millis;
  const auto made = ensure_partitions(ledger.dsn, days_around(later));
  REQUIRE(made);
  sql(ledger.dsn, "ALTER TABLE suanpan.transfer DETACH PARTITION suanpan." + made->front());
  const auto again = ensure_partitions(ledger.dsn, days_around(later));
  REQUIRE_MESSAGE(again, again.reason());
  CHECK(*again == *made);
}

TEST_CASE("a day is not detached while the id window reaches into it") {
  const ledger_case ledger;
  const auto day = now_millis() / day_millis * day_millis;
  const auto end_of_day = (day + day_millis) * 1'000;
  CHECK_FALSE(
      detach_partition(ledger.dsn, day * 1'000, end_of_day + window_micros - 1, window_micros));
  const auto detached =
      detach_partition(ledger.dsn, day * 1'000, end_of_day + window_micros, window_micros);
  CHECK_MESSAGE(detached, detached.reason());
}

TEST_CASE("a day is not detached while an intent or a hold may still write into it") {
  ledger_case ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  course.succeed();
  must_write(ledger, course);
  const auto later = (now_millis() + 40 * day_millis) * 1'000;
  const auto detach = [&](std::int64_t days) {
    return detach_partition(ledger.dsn, (now_millis() + days * day_millis) * 1'000, later,
                            window_micros);
  };
  CHECK_FALSE(detach(0));
  CHECK(detach(-1));
  course.book(1);
  course.book(2);
  must_write(ledger, course, 3);
  auto hold = posting(ledger.a, ledger.b, 5);
  hold.kind = transfer_kind::hold;
  hold.expires_at = now_micros() + 86'400'000'000;
  const std::vector<transfer> items{hold};
  REQUIRE(is<committed>(ledger.write(rows_of(items, {2'000}, item_result::held), {2'000})));
  CHECK_FALSE(detach(1));
  CHECK(detach(0));
}

TEST_CASE("a detached day is not booked into again, keeps its rows unchanged, and still verifies") {
  ledger_case ledger;
  const auto old = posting(ledger.a, ledger.b, 5);
  ledger.post(old, {2'000});
  const auto leaf = ledger.value("SELECT tableoid::regclass FROM suanpan.transfer");
  const auto later = (now_millis() + 40 * day_millis) * 1'000;
  REQUIRE(detach_partition(ledger.dsn, now_millis() * 1'000, later, window_micros));

  CHECK(ledger.reader().find_transfers(std::vector<transfer_id>{old.id})->empty());
  const std::vector<transfer> again{old};
  const auto outcome = ledger.write(rows_of(again, {3'000}), {3'000});
  REQUIRE_MESSAGE(is<rejected>(outcome), describe(outcome));
  CHECK(ledger.value("SELECT count(*) FROM " + leaf) == "1");
  CHECK(sql_fault(ledger.dsn, "DELETE FROM " + leaf).starts_with("23"));
  CHECK(sql_fault(ledger.dsn, "TRUNCATE " + leaf).starts_with("23"));

  const auto verified = verify(ledger.dsn, {});
  REQUIRE_MESSAGE(verified, verified.reason());
  CHECK(verified->transfers == 1);
  CHECK(verified->differences_total == 0);
}

TEST_CASE("tidying prunes old watermarks, but never a session's last") {
  ledger_case ledger;
  constexpr std::int64_t hour = 3'600'000'000;
  for (const std::int64_t at : {hour, 2 * hour, 3 * hour})
    REQUIRE(is<committed>(ledger.session->write_watermark({at})));
  const auto other = ledger.open("two");
  REQUIRE(is<committed>(other->write_watermark({9 * hour})));
  const auto tidied = tidy(ledger.dsn);
  REQUIRE_MESSAGE(tidied, tidied.reason());
  CHECK(ledger.value("SELECT string_agg((ticket/3600000000)::text,' ' ORDER BY ticket) "
                     "FROM suanpan.journal_commit") == "3 9");
}

}  // namespace
}  // namespace suanpan::testing
