// When accounting days begin is fixed once for a ledger (R28): a node with another zone or cut-off
// would date rows of closed days.
#pragma once

#include "protocol/model/accounting_day.hpp"
#include "storage/outcome.hpp"

#include <string>

namespace suanpan::storage {

struct calendar_claim {
  bool ours = false;  // days of this ledger begin as the node says
  std::string fault;  // why not: one sentence for whoever configures the node
};

/// Stores the node's shift if the ledger has none; puts another one right while no row is dated and
/// no node owns a shard; else says what is stored. Needs no write where the stored shift is equal.
/// A node asks before it takes shards, and journal_session asks again with each take-over.
[[nodiscard]] outcome<calendar_claim> claim_calendar(const std::string& dsn,
                                                     const std::string& node_name, day_shift shift);

}  // namespace suanpan::storage
