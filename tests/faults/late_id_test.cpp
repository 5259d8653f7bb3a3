// An id that comes back after forty days (R6): while its day's partition is there, the index tells
// what became of it; once that is detached, the id is refused as expired and never booked.
#include "storage/partitions.hpp"
#include "tests/faults/in_process_ledger.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using faults::in_process_ledger;
using testing::sql_value;

namespace {

constexpr std::int64_t week_micros = 7LL * 86'400 * 1'000'000;

struct late_case {
  std::string dsn = testing::private_postgres::instance().fresh_database();
  faults::shifted_clock clock;
  std::int64_t first_day = clock.unix_micros();
  account_number source;
  account_number payer;
  transfer booked;
  transfer refused;

  transfer request(account_number debit, account_number credit, std::int64_t amount,
                   std::uint8_t n) const {
    transfer what;
    what.id = transfer_id::first_of(clock.unix_micros() / 1'000);
    what.id.bytes[15] = n;
    what.debit = debit;
    what.credit = credit;
    what.amount = {amount};
    what.ccy = currency{156};
    return what;
  }
  void send_first(in_process_ledger& to) {
    source = to.open("user:source", false);
    payer = to.open("user:payer", true);
    booked = request(source, payer, 100, 1);
    refused = request(payer, source, 500, 2);
    first_day = booked.id.unix_millis() * 1'000;
    REQUIRE(to.post(booked).result == item_result::posted);
    REQUIRE(to.post(refused).result == item_result::debit_insufficient_funds);
  }
  // What maintenance does in that time.
  void pass_forty_days() {
    clock.advance(std::chrono::hours(24 * 40));
    const auto made = storage::ensure_partitions(dsn, {.now_micros = clock.unix_micros()});
    REQUIRE_MESSAGE(made, (made ? "" : made.reason()));
  }
  void detach_first_day() {
    const auto done = storage::detach_partition(dsn, first_day, clock.unix_micros(), week_micros);
    REQUIRE_MESSAGE(done, (done ? "" : done.reason()));
  }
  [[nodiscard]] std::string rows_with_first_ids() const {
    return sql_value(dsn, "SELECT count(*) FROM suanpan.transfer WHERE id IN ('" +
                              to_string(booked.id) + "','" + to_string(refused.id) + "')");
  }
};

}  // namespace

TEST_CASE("late id: after forty days the index still knows it; once detached it is expired") {
  late_case late;
  {
    in_process_ledger first(late.dsn, late.clock);
    late.send_first(first);
  }
  late.pass_forty_days();
  const auto too_soon = storage::detach_partition(late.dsn, late.first_day,
                                                  late.first_day + week_micros, week_micros);
  CHECK_FALSE(too_soon);  // ids of that day may still arrive
  in_process_ledger ledger(late.dsn, late.clock);
  CHECK(ledger.post(late.booked).result == item_result::exists);
  CHECK(ledger.post(late.refused).result == item_result::debit_insufficient_funds);
  auto other = late.booked;
  other.amount = {101};
  CHECK(ledger.post(other).result == item_result::exists_with_different_amount);

  late.detach_first_day();
  REQUIRE(late.rows_with_first_ids() == "0");
  for (int again = 0; again < 2; ++again) {
    const auto answers = ledger.post({late.booked, late.refused, other});
    for (const auto& a : answers) {
      CHECK(a.result == item_result::id_expired);
      CHECK(a.at == ticket{});
    }
  }
  CHECK(late.rows_with_first_ids() == "0");
  // The payer has what it had: 100, and no more.
  const auto day = late.clock.unix_micros();
  CHECK(day > late.first_day);
  CHECK(ledger.post(late.request(late.payer, late.source, 101, 3)).result ==
        item_result::debit_insufficient_funds);
  CHECK(ledger.post(late.request(late.payer, late.source, 100, 4)).result == item_result::posted);
}

TEST_CASE("late id: a ledger that lived through the forty days never books it a second time") {
  late_case late;
  in_process_ledger ledger(late.dsn, late.clock);
  late.send_first(ledger);
  late.pass_forty_days();
  CHECK(ledger.post(late.booked).result == item_result::exists);
  late.detach_first_day();
  // It may remember, or have forgotten; both are true.
  for (const auto& what : {late.booked, late.refused}) {
    const auto told = ledger.post(what).result;
    CHECK((told == item_result::exists || told == item_result::debit_insufficient_funds ||
           told == item_result::id_expired));
  }
  CHECK(late.rows_with_first_ids() == "0");
  CHECK(ledger.post(late.request(late.payer, late.source, 101, 3)).result ==
        item_result::debit_insufficient_funds);
}
