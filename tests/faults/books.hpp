// What the database holds, read through the audit views alone: the other side of the judgement.
#pragma once

#include "tests/faults/history.hpp"

#include <string>
#include <vector>

namespace suanpan::faults {

/// A row of audit.transfer (result 1) or of audit.refusal (80 to 199).
struct stored_row {
  item what;
  int result = 1;
  std::int64_t ticket = 0;
  std::int32_t index = 0;
};

/// A row of audit.account. Totals are those of the last checkpoint: exactly the transfers with
/// ticket <= covers.
struct account_seen {
  std::int64_t number = 0;
  std::string currency;
  bool debit_side = false;
  bool no_overdraft = false;
  std::int64_t opened = 0;
  int128 debits = 0;
  int128 credits = 0;
  std::int64_t covers = 0;
};

struct books {
  std::vector<stored_row> transfers;
  std::vector<stored_row> refusals;
  std::vector<account_seen> accounts;
};

/// One snapshot. Throws if the database can't be read.
[[nodiscard]] books read_books(const std::string& dsn);

}  // namespace suanpan::faults
