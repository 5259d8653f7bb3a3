// Whether accounts' statements, asked through the public API, agree with the rows of the database.
#pragma once

#include "tools/cli/client.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace suanpan::bench {

struct statement_agreement {
  std::int64_t accounts = 0;  // asked for
  std::int64_t lines = 0;     // compared with rows one by one
  std::string difference;     // the first one found; empty: none
};

/// For each account: the totals at its newest line less those before `from_micros` are the sums of
/// its rows since then, and each line of the newest page is such a row. No transfers may be
/// running. Throws command_failure where node or database can't be asked.
[[nodiscard]] statement_agreement check_statements(const cli::ledger_client& client,
                                                   const std::string& dsn,
                                                   std::span<const std::int64_t> accounts,
                                                   std::int64_t from_micros);

}  // namespace suanpan::bench
