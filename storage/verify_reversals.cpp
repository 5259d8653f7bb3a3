#include "storage/verify_reversals.hpp"

#include "storage/row_text.hpp"

namespace suanpan::storage {

void verify_reversals(pqxx::transaction_base& in, const row_source& all_rows,
                      const std::function<void(difference)>& differ) {
  const auto rows =
      all_rows(in, "id,ticket,idx,kind,result,debit_account,credit_account,amount,related");
  const auto wrong = in.exec(
      "WITH booked AS MATERIALIZED (SELECT * FROM (" + rows +
      ") r WHERE result=1 AND (kind=7 OR id IN (SELECT related FROM (" + rows +
      ") n WHERE kind=7 AND result=1))),"
      "reversal AS (SELECT *,sum(amount) OVER (PARTITION BY related ORDER BY ticket,idx) AS so_far"
      " FROM booked WHERE kind=7) "
      "SELECT r.id,r.related,CASE WHEN o.id IS NULL THEN 'not booked'"
      " WHEN o.kind=7 THEN 'a reversal itself'"
      " WHEN (o.ticket,o.idx)>=(r.ticket,r.idx) THEN 'booked after it'"
      " WHEN o.debit_account<>r.credit_account OR o.credit_account<>r.debit_account"
      " THEN 'between other accounts'"
      " ELSE 'of '||o.amount||', and '||r.so_far||' is reversed' END "
      "FROM reversal r LEFT JOIN booked o ON o.id=r.related "
      "WHERE o.id IS NULL OR o.kind=7 OR (o.ticket,o.idx)>=(r.ticket,r.idx)"
      " OR o.debit_account<>r.credit_account OR o.credit_account<>r.debit_account"
      " OR r.so_far>o.amount ORDER BY r.ticket,r.idx");
  for (const auto& row : wrong)
    differ({"reversal", "transfer " + text_in(row, 0), "a part of the posting " + text_in(row, 1),
            "that is " + text_in(row, 2)});
}

}  // namespace suanpan::storage
