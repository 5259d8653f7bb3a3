// Accounting days: when one may be closed, what its close stores, and the general ledger over
// closed and open days (R28).
#include "storage/verify.hpp"
#include "tests/storage/day_case.hpp"

#include <algorithm>

namespace suanpan::testing {
namespace {

using namespace storage;
using verdict = day_close::verdict;
using texts = std::vector<std::string>;

/// Two days of postings across both shards and two currencies.
struct two_days : day_case {
  two_days() {
    post(cash, m0, 1'000, at(monday, 60));
    post(m1, fees, 30, at(monday, 70));
    post(yen_cash, yen_m, 500, at(monday, 80));
    post(cash, m1, 700, at(tuesday, 60));
    post(m0, cash, 200, at(tuesday, 70));
    end_of(monday);
  }
};

texts kinds(const std::string& dsn) {
  const auto verified = verify(dsn, {});
  REQUIRE_MESSAGE(verified, verified.reason());
  texts found;
  for (const auto& d : verified->differences) found.push_back(d.what);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace

TEST_CASE(
    "a day is closed only once every shard is settled beyond it; the one that lags is named") {
  day_case ledger;
  ledger.post(ledger.cash, ledger.m0, 1'000, at(monday, 60));
  ledger.settle(*ledger.east, at(tuesday, 1));

  const auto early = ledger.close(monday);
  CHECK(early.ended == verdict::unsettled);
  REQUIRE(early.unsettled.size() == 1);
  CHECK(early.unsettled[0].shard == shard_1);
  CHECK(early.unsettled[0].node == "west");
  CHECK(early.unsettled[0].owned);
  CHECK(early.unsettled[0].settled == at(monday, 10));
  CHECK(sql_value(ledger.dsn, "SELECT count(*) FROM suanpan.accounting_day") == "0");

  // The end itself belongs to the next day: only a watermark at or above it says that monday is
  // done.
  ledger.settle(*ledger.west, {at(tuesday, 0).micros - 1});
  CHECK(ledger.close(monday).ended == verdict::unsettled);
  ledger.post(ledger.m1, ledger.fees, 30, at(tuesday, 0));
  const auto done = ledger.close(monday);
  CHECK(done.ended == verdict::closed);
  CHECK(done.day.state == day_state::closed);
  CHECK(done.day.transfers == 1);
  CHECK(done.day.begins == at(monday, 0));
  CHECK(done.day.ends == at(tuesday, 0));
  CHECK(done.day.settled == at(tuesday, 0));
  CHECK(done.day.closed_by == "k_0123456789abcdef");
}

TEST_CASE("a shard that nobody owns is named until an owner has settled beyond the day") {
  day_case ledger;
  ledger.settle(*ledger.east, at(tuesday, 1));
  ledger.west.reset();
  const auto waiting = ledger.close(monday);
  CHECK(waiting.ended == verdict::unsettled);
  REQUIRE(waiting.unsettled.size() == 1);
  CHECK_FALSE(waiting.unsettled[0].owned);

  // A new owner has stored nothing yet: what the old one stored is not his word.
  auto claims = ledger.west_claims;
  const auto heir = ledger.take("heir", shard_1, claims);
  const auto fresh = ledger.close(monday);
  REQUIRE(fresh.unsettled.size() == 1);
  CHECK(fresh.unsettled[0].node == "heir");
  CHECK(fresh.unsettled[0].settled == ticket{});
  ledger.settle(*heir, at(tuesday, 2));
  CHECK(ledger.close(monday).ended == verdict::closed);
}

TEST_CASE("who takes a shard after a close begins above the day that was closed") {
  day_case ledger;
  ledger.end_of(monday);
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  ledger.east.reset();
  ledger.west.reset();
  for (const std::string node : {"first heir", "second heir"}) {
    std::vector<shard_claim> claims;
    const auto heir = ledger.take(node, shard_0, claims);
    CHECK(claims[0].newest >= at(tuesday, 0));
  }
}

TEST_CASE("days close in order; again answers as the first time; absent days are none") {
  two_days ledger;
  ledger.end_of(tuesday);
  const auto ahead = ledger.close(tuesday);
  CHECK(ahead.ended == verdict::out_of_order);
  CHECK(ahead.calendar.first_open == monday);
  const auto first = ledger.close(monday);
  REQUIRE(first.ended == verdict::closed);
  const auto again = ledger.books.close(monday, "another");
  REQUIRE(again);
  CHECK(again->ended == verdict::closed);
  CHECK(again->day.closed_by == first.day.closed_by);
  CHECK(again->day.closed_micros == first.day.closed_micros);
  CHECK(ledger.close(tuesday).ended == verdict::closed);

  CHECK(ledger.close({monday.days - 1}).ended == verdict::unknown_day);
  CHECK(ledger.close(*parse_accounting_date("2999-01-01")).ended == verdict::unknown_day);
}

TEST_CASE("a day on which nothing was booked closes like any other") {
  day_case ledger;
  ledger.post(ledger.cash, ledger.m0, 5, at(wednesday, 60));
  ledger.end_of(wednesday);
  CHECK(ledger.close(monday).ended == verdict::closed);
  CHECK(ledger.close(tuesday).day.transfers == 0);
  CHECK(ledger.close(wednesday).day.transfers == 1);
  CHECK(kinds(ledger.dsn).empty());
}

TEST_CASE("a day's stored sums are its trial balance, per subject and currency") {
  two_days ledger;
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  const auto stored = sql(ledger.dsn,
                          "SELECT subject||' '||currency||' '||debits||' '||credits||' '||postings "
                          "FROM audit.accounting_day_sum ORDER BY subject,currency");
  const std::vector<texts> expected{{"1002 CNY 1000 0 1"},
                                    {"1002 JPY 500 0 1"},
                                    {"2001 CNY 30 1000 2"},
                                    {"2001 JPY 0 500 1"},
                                    {"6001 CNY 0 30 1"}};
  CHECK(stored == expected);
}

TEST_CASE("the general ledger is the same from the rows of open days and from closed days' sums") {
  two_days ledger;
  const auto both = [&ledger] {
    return std::vector<texts>{ledger.ledger(monday, monday), ledger.ledger(tuesday, tuesday),
                              ledger.ledger(monday, tuesday), ledger.ledger(wednesday, wednesday)};
  };
  const auto from_rows = both();
  CHECK(from_rows[0] == texts{"1002 CNY: 0 +1000 -0 1", "1002 JPY: 0 +500 -0 1",
                              "2001 CNY: 0 +30 -1000 2", "2001 JPY: 0 +0 -500 1",
                              "6001 CNY: 0 +0 -30 1"});
  CHECK(from_rows[1] == texts{"1002 CNY: 1000 +700 -200 2", "1002 JPY: 500 +0 -0 0",
                              "2001 CNY: -970 +200 -700 2", "2001 JPY: -500 +0 -0 0",
                              "6001 CNY: -30 +0 -0 0"});
  CHECK(from_rows[2][0] == "1002 CNY: 0 +1700 -200 3");
  CHECK(from_rows[3][0] == "1002 CNY: 1500 +0 -0 0");
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  CHECK(both() == from_rows);
  ledger.end_of(tuesday);
  REQUIRE(ledger.close(tuesday).ended == verdict::closed);
  CHECK(both() == from_rows);
}

TEST_CASE("days are listed with how far they are, from the first account on") {
  two_days ledger;
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  const auto listed = ledger.books.list({monday.days - 5}, wednesday);
  REQUIRE(listed);
  REQUIRE(listed->days.size() == 3);
  CHECK(listed->days[0].date == monday);
  CHECK(listed->days[0].state == day_state::closed);
  CHECK(listed->days[1].state == day_state::open);
  CHECK(listed->days[2].state == day_state::open);
  CHECK(listed->calendar.first_open == tuesday);
  ledger.end_of(tuesday);
  CHECK(ledger.books.ask(tuesday)->day.state == day_state::settled);
  CHECK(ledger.books.ask(wednesday)->unsettled_total == 2);
}

TEST_CASE("the database itself refuses a close that is early, out of order, or off the calendar") {
  two_days ledger;
  const auto insert = [&ledger](const std::string& date, const std::string& begin) {
    return sql_fault(ledger.dsn,
                     "INSERT INTO suanpan.accounting_day(date,begins_at,ends_at,settled,transfers,"
                     "closed_by) SELECT d," +
                         begin +
                         ",suanpan.day_begins_at(d+1),suanpan.day_begins_at(d+1),0,'x' FROM "
                         "(VALUES (date '" +
                         date + "')) v(d)");
  };
  CHECK(insert("2026-01-06", "suanpan.day_begins_at(d)").find("not over") != std::string::npos);
  CHECK(insert("2026-01-05", "1").find("calendar") != std::string::npos);
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  CHECK(insert("2026-01-07", "suanpan.day_begins_at(d)").find("in order") != std::string::npos);
}

TEST_CASE("what a closed day stores never changes, and sums come only with a close, balanced") {
  two_days ledger;
  const auto add = [&ledger](const std::string& date, int credits) {
    return sql_fault(ledger.dsn,
                     "INSERT INTO suanpan.accounting_day_sum(date,subject,currency,debits,credits,"
                     "postings) VALUES ('" +
                         date + "','9999',156,5," + std::to_string(credits) + ",1)");
  };
  CHECK(add("2026-01-05", 5).starts_with("23503"));
  CHECK(add("2026-01-05", 4).find("balance") != std::string::npos);
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  CHECK(add("2026-01-05", 5).find("is closed") != std::string::npos);
  for (const std::string table : {"accounting_day", "accounting_day_sum"}) {
    CHECK(sql_fault(ledger.dsn, "DELETE FROM suanpan." + table).starts_with("23"));
    CHECK(sql_fault(ledger.dsn, "TRUNCATE suanpan." + table + " CASCADE").starts_with("23"));
  }
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.accounting_day SET transfers=9").starts_with("23"));
  CHECK(sql_fault(ledger.dsn, "UPDATE suanpan.accounting_day_sum SET debits=9").starts_with("23"));
}

TEST_CASE("a day with a row that carries another date is not closed") {
  day_case ledger;
  ledger.post(ledger.cash, ledger.m0, 5, at(monday, 60), tuesday);
  ledger.end_of(monday);
  CHECK(ledger.close(monday).ended == verdict::misdated);
  CHECK(kinds(ledger.dsn) == texts{"accounting_date"});
}

TEST_CASE(
    "rows are not detached before their day is closed, and the ledger stays the same after it") {
  two_days ledger;
  const auto later = at(monday, 0).micros + 400 * 86'400'000'000;
  const auto detach = [&](accounting_date day) {
    return detach_partition(ledger.dsn, at(day, 3'600).micros, later, 86'400'000'000);
  };
  // Monday began at 16:00 UTC of the day before: ids of its rows lie in that UTC day's partition.
  CHECK_FALSE(detach({monday.days}));
  const auto before = ledger.ledger(monday, monday);
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  const auto detached = detach({monday.days});
  CHECK_MESSAGE(detached, detached.reason());
  CHECK(ledger.ledger(monday, monday) == before);
  CHECK(kinds(ledger.dsn).empty());
}

TEST_CASE("verify: closed days in order are no difference; a row after the close is one") {
  two_days ledger;
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  CHECK(verify(ledger.dsn, {})->days == 1);
  CHECK(kinds(ledger.dsn).empty());
  ledger.post(ledger.cash, ledger.m0, 5, at(monday, 90));  // a node that broke its word
  CHECK(kinds(ledger.dsn) == texts{"accounting_day", "day_sum"});
}

TEST_CASE("verify: a stored sum that is not that of the rows is a difference") {
  two_days ledger;
  REQUIRE(ledger.close(monday).ended == verdict::closed);
  sql(ledger.dsn, "ALTER TABLE suanpan.accounting_day_sum DISABLE TRIGGER USER");
  sql(ledger.dsn, "UPDATE suanpan.accounting_day_sum SET debits=debits+1 WHERE subject='6001'");
  CHECK(kinds(ledger.dsn) == texts{"day_sum"});
}

}  // namespace suanpan::testing
