// A ledger of two shards in which a test chooses the days: nodes' sessions take tickets of any
// time.
#pragma once

#include "storage/accounting_calendar.hpp"
#include "storage/day_books.hpp"
#include "storage/migrate.hpp"
#include "storage/partitions.hpp"
#include "tests/storage/ledger_case.hpp"
#include "tests/support/eventually.hpp"

namespace suanpan::testing {

/// Days begin at 16:00 UTC, as in China.
inline constexpr day_shift china{480};
/// The first day of the case; the next ones follow.
inline const accounting_date monday = *parse_accounting_date("2026-01-05");
inline const accounting_date tuesday = next(monday);
inline const accounting_date wednesday = next(tuesday);

/// A moment of a day: so many seconds after it began.
[[nodiscard]] inline ticket at(accounting_date day, std::int64_t seconds) {
  return {begin_of(day, china).micros + seconds * 1'000'000};
}

/// Shard 0 is owned by node "east", shard 1 by "west". Cash (1002, debit side) on shard 0, a
/// merchant (2001) on each shard, fee income (6001), in CNY and one merchant in JPY.
struct day_case {
  day_case() {
    REQUIRE(storage::migrate(dsn, 2));
    REQUIRE(storage::ensure_partitions(
        dsn, {.now_micros = at(monday, 3'600).micros, .days_back = 2, .days_ahead = 6}));
    const auto claim = storage::claim_calendar(dsn, "east", china);
    REQUIRE(claim);
    REQUIRE_MESSAGE(claim->ours, claim->fault);
    east = take("east", shard_0, east_claims);
    west = take("west", shard_1, west_claims);
    const std::vector<account_row> on_0{account(cash, "1002", normal_side::debit, cny),
                                        account(m0, "2001", normal_side::credit, cny),
                                        account(fees, "6001", normal_side::credit, cny)};
    const std::vector<account_row> on_1{account(m1, "2001", normal_side::credit, cny),
                                        account(yen_cash, "1002", normal_side::debit, jpy),
                                        account(yen_m, "2001", normal_side::credit, jpy)};
    REQUIRE(is<storage::committed>(east->write({east_claims, on_0, {}, at(monday, 10)})));
    REQUIRE(is<storage::committed>(west->write({west_claims, on_1, {}, at(monday, 10)})));
  }

  [[nodiscard]] std::unique_ptr<storage::journal_session> open(
      const std::string& node, std::optional<std::int32_t> shift = {}) const {
    storage::session_options options;
    options.dsn = dsn;
    options.node_name = node;
    options.idle_session_timeout_ms = 120'000;
    options.day_shift_minutes = shift;
    auto opened = storage::journal_session::open(options);
    REQUIRE_MESSAGE(opened, opened.reason());
    return std::move(*opened);
  }
  [[nodiscard]] std::unique_ptr<storage::journal_session> take(
      const std::string& node, shard_id shard, std::vector<shard_claim>& claims) const {
    auto session = open(node, china.minutes);
    const std::vector<shard_id> wanted{shard};
    // The server lets go of a former session's locks a moment after its connection was closed.
    REQUIRE(eventually([&] {
      const auto locked = session->try_lock(wanted);
      REQUIRE(locked);
      return locked->size() == 1;
    }));
    auto raised = session->raise_epochs(wanted);
    REQUIRE_MESSAGE(raised, raised.reason());
    claims = *raised;
    return session;
  }
  static account_row account(account_number number, const std::string& subject, normal_side side,
                             currency ccy) {
    auto row = account_at(number.shard(), number.sequence());
    row.key.subject = subject;
    row.key.ccy = ccy;
    row.side = side;
    row.opened = at(monday, 5);
    return row;
  }

  /// One transfer by its debit account's owner, dated by its ticket, settled up to itself.
  void post(account_number debit, account_number credit, std::int64_t amount, ticket when,
            std::optional<accounting_date> dated = {}) {
    auto what = posting(debit, credit, amount, next_id(when.micros / 1'000));
    what.ccy = debit == yen_cash || debit == yen_m ? jpy : cny;
    const std::vector<transfer_row> rows{
        {when, 0, item_result::posted, dated.value_or(date_of(when, china)), &what}};
    auto& owner = debit.shard() == shard_0 ? *east : *west;
    const auto& claims = debit.shard() == shard_0 ? east_claims : west_claims;
    const auto written = owner.write({claims, {}, rows, when});
    REQUIRE_MESSAGE(is<storage::committed>(written), describe(written));
  }
  void settle(storage::journal_session& session, ticket up_to) {
    REQUIRE(is<storage::committed>(session.write_watermark(up_to)));
  }
  /// Both owners are idle and settled beyond a day.
  void end_of(accounting_date day) {
    settle(*east, at(next(day), 1));
    settle(*west, at(next(day), 1));
  }

  [[nodiscard]] storage::day_close close(accounting_date day) {
    auto ended = books.close(day, "k_0123456789abcdef");
    REQUIRE_MESSAGE(ended, ended.reason());
    return *ended;
  }
  /// "1002 CNY: 100 +30 -20": what stood before, debits, credits.
  [[nodiscard]] std::vector<std::string> ledger(accounting_date from, accounting_date to) {
    const auto found = books.sum_up(from, to);
    REQUIRE_MESSAGE(found, found.reason());
    std::vector<std::string> lines;
    for (const auto& line : found->lines)
      lines.push_back(line.subject + ' ' + std::string(letters(line.ccy)) + ": " +
                      to_string(balance_of(line.before, normal_side::debit)) + " +" +
                      to_string(line.movement.debits_posted) + " -" +
                      to_string(line.movement.credits_posted) + ' ' +
                      std::to_string(line.postings));
    return lines;
  }

  static constexpr currency jpy{392};
  std::string dsn = private_postgres::instance().empty_database();
  std::unique_ptr<storage::journal_session> east;
  std::unique_ptr<storage::journal_session> west;
  std::vector<shard_claim> east_claims;
  std::vector<shard_claim> west_claims;
  account_number cash = account_number::make(shard_0, 1);
  account_number m0 = account_number::make(shard_0, 2);
  account_number fees = account_number::make(shard_0, 3);
  account_number m1 = account_number::make(shard_1, 1);
  account_number yen_cash = account_number::make(shard_1, 2);
  account_number yen_m = account_number::make(shard_1, 3);
  storage::day_books books{{.dsn = dsn, .node_name = "east"}};
};

}  // namespace suanpan::testing
