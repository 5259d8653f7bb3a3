// See verify_days.hpp. By the rows' date column, where a close goes by their tickets: a fault in
// one does not hide in the other.
#include "storage/verify_days.hpp"

#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

constexpr int misdated_told_max = 100;

void find_misdated(pqxx::transaction_base& in, const row_source& all_rows,
                   const std::function<void(difference)>& differ) {
  const auto rows = in.exec(
      "SELECT r.ticket,r.idx,r.accounting_date,e.expected FROM (" +
      all_rows(in, "ticket,idx,accounting_date") +
      ") r,LATERAL (SELECT date '1970-01-01'+floor((r.ticket+c.shift_minutes*60000000::numeric)"
      "/86400000000)::int4 AS expected FROM suanpan.accounting_calendar c) e "
      "WHERE r.accounting_date<>e.expected ORDER BY r.ticket,r.idx LIMIT " +
      std::to_string(misdated_told_max));
  for (const auto& row : rows)
    differ({"accounting_date", "ticket " + text_in(row, 0) + " index " + text_in(row, 1),
            text_in(row, 3), text_in(row, 2)});
}

// Days without a gap, each where the calendar has it.
void find_misplaced(pqxx::transaction_base& in, const std::function<void(difference)>& differ) {
  for (const auto& row : in.exec("SELECT d.date,suanpan.day_begins_at(d.date),d.begins_at,"
                                 "suanpan.day_begins_at(d.date+1),d.ends_at,"
                                 "d.date-coalesce(lag(d.date) OVER (ORDER BY d.date),d.date-1) "
                                 "FROM suanpan.accounting_day d ORDER BY d.date")) {
    const auto where = "day " + text_in(row, 0);
    if (text_in(row, 1) != text_in(row, 2) || text_in(row, 3) != text_in(row, 4))
      differ({"accounting_day", where, text_in(row, 1) + " to " + text_in(row, 3),
              text_in(row, 2) + " to " + text_in(row, 4)});
    if (text_in(row, 5) != "1")
      differ({"accounting_day", where, "closed after the day before it", "that day is not closed"});
  }
}

void compare_sums(pqxx::transaction_base& in, const row_source& all_rows,
                  const std::function<void(difference)>& differ) {
  const auto rows = in.exec(
      "WITH r AS (" +
      all_rows(in,
               "accounting_date,debit_account,credit_account,amount,currency,"
               "result") +
      "),leg AS ("
      "SELECT accounting_date AS date,debit_account AS account,currency,sum(amount) AS debits,"
      "0::numeric AS credits,count(*) AS n FROM r WHERE result=1 GROUP BY 1,2,3 UNION ALL "
      "SELECT accounting_date,credit_account,currency,0,sum(amount),count(*) FROM r "
      "WHERE result=1 GROUP BY 1,2,3),"
      "fresh AS (SELECT l.date,a.subject,l.currency,sum(l.debits) AS debits,"
      "sum(l.credits) AS credits,sum(l.n) AS postings FROM leg l "
      "JOIN suanpan.account a ON a.number=l.account "
      "JOIN suanpan.accounting_day d ON d.date=l.date GROUP BY 1,2,3) "
      "SELECT coalesce(f.date,s.date),coalesce(f.subject,s.subject),"
      "coalesce(f.currency,s.currency),coalesce(f.debits,0),coalesce(f.credits,0),"
      "coalesce(f.postings,0),coalesce(s.debits,0),coalesce(s.credits,0),coalesce(s.postings,0) "
      "FROM fresh f FULL JOIN suanpan.accounting_day_sum s "
      "ON s.date=f.date AND s.subject=f.subject AND s.currency=f.currency "
      "WHERE (f.debits,f.credits,f.postings) IS DISTINCT FROM (s.debits,s.credits,s.postings) "
      "ORDER BY 1,2,3");
  const auto words = [](const pqxx::row& row, int from) {
    return "debits " + text_in(row, from) + ", credits " + text_in(row, from + 1) + ", " +
           text_in(row, from + 2) + " postings";
  };
  for (const auto& row : rows)
    differ(
        {"day_sum",
         "day " + text_in(row, 0) + " subject " + text_in(row, 1) + " currency " + text_in(row, 2),
         words(row, 3), words(row, 6)});
}

void compare_counts(pqxx::transaction_base& in, const row_source& all_rows,
                    const std::function<void(difference)>& differ) {
  const auto rows =
      in.exec("WITH r AS (SELECT accounting_date AS date,count(*) AS n FROM (" +
              all_rows(in, "accounting_date,result") +
              ") a WHERE result=1 GROUP BY 1) SELECT d.date,coalesce(r.n,0),d.transfers "
              "FROM suanpan.accounting_day d LEFT JOIN r ON r.date=d.date "
              "WHERE coalesce(r.n,0)<>d.transfers ORDER BY d.date");
  for (const auto& row : rows)
    differ({"accounting_day", "day " + text_in(row, 0), text_in(row, 1) + " transfers",
            text_in(row, 2) + " transfers when it was closed"});
}

}  // namespace

std::int64_t verify_days(pqxx::transaction_base& in, const row_source& all_rows,
                         const std::function<void(difference)>& differ) {
  find_misdated(in, all_rows, differ);
  const auto closed = in.exec("SELECT count(*) FROM suanpan.accounting_day");
  const auto days = number_in(closed[0], 0);
  if (days == 0) return 0;
  find_misplaced(in, differ);
  compare_sums(in, all_rows, differ);
  compare_counts(in, all_rows, differ);
  return days;
}

}  // namespace suanpan::storage
