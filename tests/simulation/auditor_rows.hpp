// The database's rows as the auditor reads them.
#pragma once

#include "tests/simulation/simulated_database.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace suanpan::simulation {

/// In the ledger's order.
inline std::vector<const stored_transfer*> in_order(const simulated_database& database) {
  std::vector<const stored_transfer*> rows;
  for (const auto& [id, row] : database.rows()) rows.push_back(&row);
  std::ranges::sort(rows, {}, [](const auto* r) {
    return std::tuple{r->at, r->index, r->what.debit.shard()};
  });
  return rows;
}

/// By the id of their first, each in the order of its rows.
inline std::map<transfer_id, std::vector<const stored_transfer*>> vouchers_of(
    const simulated_database& database) {
  std::map<transfer_id, std::vector<const stored_transfer*>> vouchers;
  for (const auto* row : in_order(database))
    if (row->voucher != transfer_id{}) vouchers[row->voucher].push_back(row);
  return vouchers;
}

}  // namespace suanpan::simulation
