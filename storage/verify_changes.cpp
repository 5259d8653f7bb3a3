#include "storage/verify_changes.hpp"

#include "storage/row_text.hpp"

#include <algorithm>
#include <iterator>

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
  for (const auto& row :
       in.exec("SELECT a.number,c.credit_limit||'/'||coalesce(c.maximum_balance::text,'none'),"
               "a.credit_limit||'/'||coalesce(a.maximum_balance::text,'none')"
               " FROM suanpan.account a JOIN LATERAL (SELECT credit_limit,maximum_balance"
               " FROM suanpan.account_change WHERE account=a.number ORDER BY ticket DESC LIMIT 1) c"
               " ON true WHERE (a.credit_limit,a.maximum_balance)"
               " IS DISTINCT FROM (c.credit_limit,c.maximum_balance) ORDER BY a.number"))
    differ({"limits", account(row), text_in(row, 1) + " of its newest change", text_in(row, 2)});
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

void limits_in_force::load(pqxx::transaction_base& in) {
  for (const auto& row : in.exec("SELECT account,ticket,credit_limit,maximum_balance"
                                 " FROM suanpan.account_change ORDER BY account,ticket")) {
    since change{number_in(row, 1), {number_in(row, 2), std::nullopt}};
    if (!row[3].is_null()) change.limits.maximum_balance = number_in(row, 3);
    changes_[{number_in(row, 0)}].push_back(change);
  }
}

const account_limits& limits_in_force::at(account_number number, std::int64_t ticket,
                                          const account_limits& now) const {
  const auto found = changes_.find(number);
  if (found == changes_.end()) return now;
  const auto& changes = found->second;
  const auto later = std::ranges::lower_bound(changes, ticket, {}, &since::ticket);
  return later == changes.begin() ? later->limits : std::prev(later)->limits;
}

}  // namespace suanpan::storage
