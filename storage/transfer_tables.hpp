// Every row ever written: the partitions of suanpan.transfer, and the days that were detached.
#pragma once

#include "storage/row_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace suanpan::storage {

/// Names of the detached days' tables, one a row.
inline constexpr std::string_view detached_days_query =
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace "
    "WHERE n.nspname='suanpan' AND c.relkind='r' AND c.relname~'^transfer_[0-9]{8}$' "
    "AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid=c.oid)";

[[nodiscard]] inline std::vector<std::string> detached_days(pqxx::transaction_base& in) {
  std::vector<std::string> days;
  for (const auto& row : in.exec(std::string{detached_days_query})) days.push_back(text_in(row, 0));
  return days;
}

/// "SELECT columns FROM … [WHERE condition] UNION ALL …" over the ledger and these days.
[[nodiscard]] inline std::string select_all_rows(const std::vector<std::string>& detached_days,
                                                 const std::string& columns,
                                                 const std::string& condition = {}) {
  const std::string where = condition.empty() ? std::string{} : " WHERE " + condition;
  std::string sources = "SELECT " + columns + " FROM suanpan.transfer" + where;
  for (const auto& day : detached_days)
    sources += " UNION ALL SELECT " + columns + " FROM suanpan." + day + where;
  return sources;
}

}  // namespace suanpan::storage
