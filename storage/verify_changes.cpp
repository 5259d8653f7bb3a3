#include "storage/verify_changes.hpp"

#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

std::string account(const pqxx::row& row) {
  return "account " + text_in(row, 0);
}

}  // namespace

void verify_changes(pqxx::transaction_base& in, const row_source& all_rows,
                    const std::function<void(difference)>& differ) {
  for (const auto& row :
       in.exec("SELECT a.number,c.flags,a.flags FROM suanpan.account a JOIN LATERAL ("
               "SELECT flags FROM suanpan.account_change WHERE account=a.number"
               " ORDER BY ticket DESC LIMIT 1) c ON true WHERE a.flags<>c.flags ORDER BY a.number"))
    differ({"flags", account(row), text_in(row, 1) + " of its newest change", text_in(row, 2)});
  const auto rows = all_rows(in, "ticket,kind,result,debit_account,credit_account");
  for (
      const auto& row : in.exec(
          "WITH span AS (SELECT account,flags,ticket AS since,"
          "lead(ticket) OVER (PARTITION BY account ORDER BY ticket) AS until"
          " FROM suanpan.account_change),"
          "leg AS (SELECT r.ticket,r.kind,s.account,s.flags,r.debit_account=s.account AS debits"
          " FROM span s JOIN (" +
          rows +
          ") r ON s.account IN (r.debit_account,r.credit_account)"
          " WHERE r.result IN (1,3,4) AND r.ticket>s.since"
          " AND (s.until IS NULL OR r.ticket<=s.until)) "
          "SELECT account,CASE WHEN debits THEN 'debited' ELSE 'credited' END,ticket,flags FROM leg"
          " WHERE flags&8<>0 OR (kind NOT IN (3,4) AND flags&CASE WHEN debits THEN 2 ELSE 4 END<>0)"
          " ORDER BY ticket,account"))
    differ({"flags", account(row), "nothing while its flags are " + text_in(row, 3),
            text_in(row, 1) + " by ticket " + text_in(row, 2)});
}

}  // namespace suanpan::storage
