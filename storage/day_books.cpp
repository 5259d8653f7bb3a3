// See day_books.hpp. A day is found by the tickets that it spans, which the BRIN index knows, and
// never by its date column, which no index does. A day's rows stay attached until it is closed
// (partitions.cpp).
#include "storage/day_books.hpp"

#include "storage/advisory_keys.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <algorithm>
#include <optional>

namespace suanpan::storage {
namespace {

using snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read>;

constexpr const char* calendar_query =
    "SELECT c.shift_minutes,"
    "CASE WHEN d.newest IS NULL THEN (SELECT min(opened) FROM suanpan.account) END,"
    "d.oldest-date '1970-01-01',d.newest-date '1970-01-01',"
    "(SELECT min(settled) FROM suanpan.shard_watermark),"
    "(SELECT coalesce(max(ticket),0) FROM suanpan.journal_commit),"
    "(extract(epoch FROM clock_timestamp())*1000000)::int8 "
    "FROM suanpan.accounting_calendar c,"
    "(SELECT min(date) AS oldest,max(date) AS newest FROM suanpan.accounting_day) d";

constexpr const char* day_columns =
    "date-date '1970-01-01',begins_at,ends_at,settled,transfers,closed_by,"
    "(extract(epoch FROM closed_at)*1000000)::int8";

// What the stored sums and the rows after them add up to. $1: first date; $2: last date; tickets of
// the rows from $3 to below $4, of the range from $5 on.
constexpr const char* ledger_query =
    "WITH moved AS MATERIALIZED ("
    " SELECT account,currency,ticket>=$5::int8 AS within,sum(debit) AS debits,"
    " sum(credit) AS credits,count(*) AS postings FROM suanpan.movement"
    " WHERE ticket>=$3::int8 AND ticket<$4::int8 GROUP BY 1,2,3),"
    "part AS ("
    " SELECT subject,currency,date>=date '1970-01-01'+$1::int4 AS within,debits,credits,postings"
    " FROM suanpan.accounting_day_sum WHERE date<=date '1970-01-01'+$2::int4"
    " UNION ALL"
    " SELECT a.subject,m.currency,m.within,m.debits,m.credits,m.postings FROM moved m"
    " JOIN suanpan.account a ON a.number=m.account) "
    "SELECT subject,currency,sum(debits) FILTER (WHERE NOT within),"
    "sum(credits) FILTER (WHERE NOT within),sum(debits) FILTER (WHERE within),"
    "sum(credits) FILTER (WHERE within),coalesce(sum(postings) FILTER (WHERE within),0)::int8 "
    "FROM part GROUP BY subject,currency ORDER BY subject,currency";

constexpr const char* store_sums =
    "WITH moved AS MATERIALIZED ("
    " SELECT account,currency,sum(debit) AS debits,sum(credit) AS credits,count(*) AS postings"
    " FROM suanpan.movement WHERE ticket>=$2::int8 AND ticket<$3::int8 GROUP BY 1,2) "
    "INSERT INTO suanpan.accounting_day_sum(date,subject,currency,debits,credits,postings) "
    "SELECT date '1970-01-01'+$1::int4,a.subject,m.currency,sum(m.debits),sum(m.credits),"
    "sum(m.postings) FROM moved m JOIN suanpan.account a ON a.number=m.account "
    "GROUP BY a.subject,m.currency";

struct calendar_reading {
  calendar_state state;
  ticket newest;  // of all watermarks
};

calendar_reading read_calendar(pqxx::transaction_base& in) {
  calendar_reading reading;
  const auto rows = in.exec(calendar_query);
  if (rows.empty()) return reading;
  const auto& row = rows[0];
  auto& state = reading.state;
  state.known = true;
  state.shift = {number_in<std::int32_t>(row, 0)};
  state.settled = {number_in(row, 4)};
  reading.newest = {number_in(row, 5)};
  // A node's clock may be ahead of the database's: a date that has rows has begun.
  state.today =
      std::max(date_of({number_in(row, 6)}, state.shift), date_of(reading.newest, state.shift));
  if (!row[3].is_null()) {
    state.first = {number_in<std::int32_t>(row, 2)};
    state.first_open = next({number_in<std::int32_t>(row, 3)});
    return reading;
  }
  // No row is older than the first account.
  if (row[1].is_null())
    state.first = state.today;
  else
    state.first = std::min(date_of({number_in(row, 1)}, state.shift), state.today);
  state.first_open = state.first;
  return reading;
}

day_record read_day(const pqxx::row& row) {
  day_record day;
  day.date = {number_in<std::int32_t>(row, 0)};
  day.state = day_state::closed;
  day.begins = {number_in(row, 1)};
  day.ends = {number_in(row, 2)};
  day.settled = {number_in(row, 3)};
  day.transfers = number_in(row, 4);
  day.closed_by = text_in(row, 5);
  day.closed_micros = number_in(row, 6);
  return day;
}

day_record open_day(accounting_date date, const calendar_state& calendar) {
  day_record day;
  day.date = date;
  day.begins = begin_of(date, calendar.shift);
  day.ends = begin_of(next(date), calendar.shift);
  day.settled = calendar.settled;
  day.state = calendar.settled >= day.ends ? day_state::settled : day_state::open;
  return day;
}

std::optional<day_record> find_closed(pqxx::transaction_base& in, accounting_date date) {
  const auto rows =
      execute(in,
              std::string{"SELECT "} + day_columns +
                  " FROM suanpan.accounting_day WHERE date=date '1970-01-01'+$1::int4",
              std::to_string(date.days));
  if (rows.empty()) return std::nullopt;
  return read_day(rows[0]);
}

void find_unsettled(pqxx::transaction_base& in, ticket end, day_close& into) {
  const auto rows =
      execute(in,
              "SELECT w.shard,w.node,w.settled,EXISTS(SELECT FROM pg_locks l "
              "WHERE l.locktype='advisory' AND l.granted AND l.objsubid=2 "
              "AND l.classid=$2::int8::oid AND l.objid=w.shard::int8::oid AND l.database="
              "(SELECT oid FROM pg_database WHERE datname=current_database())) "
              "FROM suanpan.shard_watermark w WHERE w.settled<$1::int8 ORDER BY w.shard",
              std::to_string(end.micros), std::to_string(shard_lock_key));
  into.unsettled_total = static_cast<std::int64_t>(rows.size());
  for (const auto& row : rows) {
    if (into.unsettled.size() == day_close::named_max) break;
    into.unsettled.push_back({{number_in<std::uint16_t>(row, 0)},
                              text_in(row, 1),
                              text_in(row, 3) == "t",
                              {number_in(row, 2)}});
  }
}

// Everything that a close judges before it reads a row. `verdict::closed` with an open day: it may.
day_close judge(pqxx::transaction_base& in, accounting_date date) {
  day_close answer;
  answer.calendar = read_calendar(in).state;
  const auto& calendar = answer.calendar;
  if (!calendar.known || date < calendar.first || date > calendar.today) {
    answer.ended = day_close::verdict::unknown_day;
    return answer;
  }
  if (auto closed = find_closed(in, date)) {
    answer.day = *closed;
    return answer;
  }
  answer.day = open_day(date, calendar);
  find_unsettled(in, answer.day.ends, answer);
  if (date != calendar.first_open)
    answer.ended = day_close::verdict::out_of_order;
  else if (answer.unsettled_total > 0)
    answer.ended = day_close::verdict::unsettled;
  return answer;
}

// The tickets of a day lie together: the index finds them, but without statistics the planner would
// read whole partitions.
void prefer_index(pqxx::transaction_base& in) {
  in.exec("SET LOCAL enable_seqscan=off");
}

}  // namespace

struct day_books::impl {
  day_books_options options;
  kept_session session;

  template <class Body>
  auto with_connection(Body body) -> outcome<decltype(body(*session.connection))> {
    return on_session(session,
                      {options.dsn, "suanpan:" + options.node_name + ":days",
                       options.statement_timeout_ms, options.seen},
                      std::move(body));
  }
};

day_books::day_books(day_books_options options) : impl_(new impl{std::move(options), {}}) {}
day_books::~day_books() = default;

outcome<day_list> day_books::list(accounting_date from, accounting_date to) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    snapshot in{connection};
    day_list list;
    list.calendar = read_calendar(in).state;
    if (!list.calendar.known) return list;
    const auto& calendar = list.calendar;
    for (const auto& row :
         execute(in,
                 std::string{"SELECT "} + day_columns +
                     " FROM suanpan.accounting_day WHERE date BETWEEN date '1970-01-01'+$1::int4 "
                     "AND date '1970-01-01'+$2::int4 ORDER BY date",
                 std::to_string(from.days), std::to_string(to.days)))
      list.days.push_back(read_day(row));
    const auto last = std::min(to, calendar.today);
    for (auto date = std::max(from, calendar.first_open); date <= last; date = next(date))
      list.days.push_back(open_day(date, calendar));
    return list;
  });
}

outcome<day_close> day_books::ask(accounting_date date) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    snapshot in{connection};
    return judge(in, date);
  });
}

outcome<day_close> day_books::close(accounting_date date, const std::string& by) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    // READ COMMITTED: the rows are read by a later snapshot than the watermarks, so none that a
    // watermark covers can be missing.
    pqxx::work in{connection};
    in.exec("SET LOCAL statement_timeout=" + std::to_string(impl_->options.close_timeout_ms));
    execute(in, "SELECT pg_advisory_xact_lock($1::int4,0)", std::to_string(day_lock_key));
    auto answer = judge(in, date);
    if (answer.ended != day_close::verdict::closed || answer.day.state == day_state::closed)
      return answer;
    prefer_index(in);
    const auto number = std::to_string(date.days);
    const auto begins = std::to_string(answer.day.begins.micros);
    const auto ends = std::to_string(answer.day.ends.micros);
    const auto counted =
        execute(in,
                "SELECT count(*) FILTER (WHERE result=1),"
                "count(*) FILTER (WHERE accounting_date<>date '1970-01-01'+$1::int4) "
                "FROM suanpan.transfer WHERE ticket>=$2::int8 AND ticket<$3::int8",
                number, begins, ends);
    if (number_in(counted[0], 1) > 0) {
      answer.ended = day_close::verdict::misdated;
      return answer;
    }
    execute(in, store_sums, number, begins, ends);
    execute(in,
            "INSERT INTO suanpan.accounting_day(date,begins_at,ends_at,settled,transfers,closed_by)"
            " VALUES (date '1970-01-01'+$1::int4,$2::int8,$3::int8,$4::int8,$5::int8,$6)",
            number, begins, ends, std::to_string(answer.calendar.settled.micros),
            text_in(counted[0], 0), by);
    answer.day = find_closed(in, date).value();
    answer.calendar.first_open = next(date);
    in.commit();
    return answer;
  });
}

outcome<general_ledger> day_books::sum_up(accounting_date from, accounting_date to) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    snapshot in{connection};
    general_ledger ledger;
    const auto reading = read_calendar(in);
    ledger.calendar = reading.state;
    ledger.as_of = reading.newest;
    if (!ledger.calendar.known) return ledger;
    prefer_index(in);
    const auto& calendar = ledger.calendar;
    const auto ticket_text = [](ticket at) { return std::to_string(at.micros); };
    for (const auto& row :
         execute(in, ledger_query, std::to_string(from.days), std::to_string(to.days),
                 ticket_text(begin_of(calendar.first_open, calendar.shift)),
                 ticket_text(begin_of(next(to), calendar.shift)),
                 ticket_text(begin_of(from, calendar.shift))))
      ledger.lines.push_back({text_in(row, 0),
                              {number_in<std::int16_t>(row, 1)},
                              {wide_in(row, 2), wide_in(row, 3)},
                              {wide_in(row, 4), wide_in(row, 5)},
                              number_in(row, 6)});
    return ledger;
  });
}

}  // namespace suanpan::storage
