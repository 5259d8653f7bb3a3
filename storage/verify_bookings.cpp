// What intents say is spelled out as legs, with suspense put where they were redirected; then legs
// and rows are compared by id, and once more by their sums.
#include "storage/verify_bookings.hpp"

#include "storage/payment_rows.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <optional>
#include <string>

namespace suanpan::storage {
namespace {

constexpr const char* waiting_micros_max = "3600000000";

// Legs that must have rows. Redirected: who may refuse is replaced by suspense, a capture became a
// posting; a leg from an account to itself has no row.
constexpr const char* legs_query =
    "leg AS (SELECT * FROM (SELECT i.payment,i.number,l.ordinality AS leg,l.id,"
    "i.booked,i.refusal,i.event_code,i.caused_at,l.amount,p.currency,p.number AS reference,"
    "CASE WHEN i.redirected THEN 1 ELSE i.kind END AS kind,"
    "CASE WHEN i.redirected AND l.debit_owner!~'^(internal$|channel:)' THEN 'internal/2999'"
    " ELSE l.debit_owner||'/'||l.debit_subject END AS debit,"
    "CASE WHEN i.redirected AND l.credit_owner!~'^(internal$|channel:)' THEN 'internal/2999'"
    " ELSE l.credit_owner||'/'||l.credit_subject END AS credit "
    "FROM suanpan.booking_intent i JOIN suanpan.payment p ON p.id=i.payment "
    "CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(i.legs) AS (id uuid,debit_owner text,"
    "debit_subject text,credit_owner text,credit_subject text,amount int8)) WITH ORDINALITY l) x"
    " WHERE debit<>credit)";

std::string entry_of(const std::string& of) {
  return "'kind '||" + of + ".kind||' '||" + of + ".debit||' -> '||" + of + ".credit||' '||" + of +
         ".amount||' event '||" + of + ".event_code||' currency '||" + of + ".currency";
}

void tell(const pqxx::result& rows, const std::function<void(difference)>& differ) {
  for (const auto& row : rows)
    differ({"booking", to_string(payment_id_in(row, 0)) + " " + text_in(row, 1), text_in(row, 2),
            text_in(row, 3)});
}

// Rows of transfers that were booked, with the names of their accounts.
std::string entries(const std::string& rows) {
  return "entry AS (SELECT t.id,t.kind,t.amount,t.event_code,t.currency,t.memo,"
         "d.owner||'/'||d.subject AS debit,c.owner||'/'||c.subject AS credit FROM (" +
         rows +
         ") t JOIN suanpan.account d ON d.number=t.debit_account"
         " JOIN suanpan.account c ON c.number=t.credit_account WHERE t.result IN (1,3,4))";
}

void compare_entries(pqxx::transaction_base& in, const std::string& rows,
                     const std::function<void(difference)>& differ) {
  const auto said = entry_of("l");
  tell(in.exec("WITH " + std::string{legs_query} + "," + entries(rows) +
               " SELECT l.payment,'intent '||l.number||' leg '||l.leg," + said + ",coalesce(" +
               entry_of("e") +
               "||CASE WHEN l.refusal<>0 THEN ', though refused' ELSE '' END,'no row')"
               " FROM leg l LEFT JOIN entry e ON e.id=l.id WHERE CASE"
               " WHEN l.refusal<>0 THEN e.id IS NOT NULL"
               " WHEN e.id IS NULL THEN l.booked"
               " ELSE (e.kind,e.debit,e.credit,e.amount,e.event_code,e.currency,e.memo)<>"
               "(l.kind,l.debit,l.credit,l.amount,l.event_code,l.currency,"
               "suanpan.payment_name(l.payment)) AND l.booked END ORDER BY l.payment,l.number"),
       differ);
}

// A row that names an order in its memo, as bookings do, and is none of its legs.
void find_strangers(pqxx::transaction_base& in, const std::string& rows,
                    const std::function<void(difference)>& differ) {
  const auto found = in.exec(
      "WITH leg AS (SELECT (l.what->>'id')::uuid AS id FROM suanpan.booking_intent i"
      " CROSS JOIN LATERAL jsonb_array_elements(i.legs) AS l(what)) "
      "SELECT t.memo,t.id,t.amount FROM (" +
      rows +
      ") t LEFT JOIN leg l ON l.id=t.id WHERE l.id IS NULL AND t.result IN (1,3,4)"
      " AND t.memo~'^pay_[0-9A-Z]{26}$' ORDER BY t.id");
  for (const auto& row : found) {
    const auto order = parse_payment_id(text_in(row, 0));
    if (!order || load_states(in, {*order}).empty()) continue;  // a caller's own text
    differ({"booking", text_in(row, 0) + " transfer " + text_in(row, 1), "an intent of the order",
            "none, and " + text_in(row, 2) + " is booked"});
  }
}

// By the ledger's own time: nodes that rest let nothing grow old.
void find_waiting(pqxx::transaction_base& in, const std::function<void(difference)>& differ) {
  tell(in.exec("SELECT i.payment,'intent '||i.number,'booked or refused','waiting since '||"
               "suanpan.as_time(i.caused_at) FROM suanpan.booking_intent i WHERE NOT i.booked"
               " AND i.refusal=0 AND i.caused_at+" +
               std::string{waiting_micros_max} +
               "<(SELECT max(newest) FROM suanpan.journal_commit) ORDER BY 1,2"),
       differ);
}

// The bookings rebuilt from the intents: what they add to each account.
void compare_sums(pqxx::transaction_base& in, const std::string& rows,
                  const std::function<void(difference)>& differ) {
  const auto sums = [](const std::string& of, const std::string& where) {
    return "SELECT account,currency,sum(debits) AS debits,sum(credits) AS credits FROM ("
           "SELECT debit AS account,currency,amount AS debits,0 AS credits FROM " +
           of + where + " UNION ALL SELECT credit,currency,0,amount FROM " + of + where +
           ") s GROUP BY account,currency";
  };
  const auto found = in.exec(
      "WITH " + std::string{legs_query} + "," + entries(rows) +
      ",meant AS (SELECT l.* FROM leg l WHERE l.kind IN (1,3) AND l.booked),"
      "did AS (SELECT e.* FROM entry e JOIN leg l ON l.id=e.id WHERE e.kind IN (1,3) AND l.booked),"
      "m AS (" +
      sums("meant", "") + "),d AS (" + sums("did", "") +
      ") SELECT coalesce(m.account,d.account),coalesce(m.currency,d.currency),"
      "coalesce(m.debits,0)||' / '||coalesce(m.credits,0),"
      "coalesce(d.debits,0)||' / '||coalesce(d.credits,0) FROM m FULL JOIN d"
      " ON d.account=m.account AND d.currency=m.currency WHERE (m.debits,m.credits)"
      " IS DISTINCT FROM (d.debits,d.credits) ORDER BY 1,2");
  for (const auto& row : found)
    differ({"bookings", text_in(row, 0) + " currency " + text_in(row, 1), text_in(row, 2),
            text_in(row, 3)});
}

}  // namespace

void verify_bookings(pqxx::transaction_base& in, const row_source& all_rows,
                     const std::function<void(difference)>& differ) {
  const auto rows =
      all_rows(in, "id,kind,result,debit_account,credit_account,amount,event_code,currency,memo");
  compare_entries(in, rows, differ);
  find_strangers(in, rows, differ);
  find_waiting(in, differ);
  compare_sums(in, rows, differ);
}

}  // namespace suanpan::storage
