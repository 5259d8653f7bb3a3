// Recomputes the books from the rows, by code that shares nothing with the actors' rules.
#pragma once

#include "protocol/model/account.hpp"
#include "storage/outcome.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace suanpan::storage {

struct difference {
  std::string what;   // "balance", "trial_balance", "overdraft", "duplicate", …
  std::string where;  // "account 2049", "currency CNY"
  std::string expected;
  std::string found;
};

struct verification {
  std::int64_t accounts = 0;
  std::int64_t transfers = 0;
  std::int64_t vouchers = 0;  // booked
  std::int64_t holds = 0;     // that were made
  std::int64_t refusals = 0;
  std::int64_t days = 0;                // closed accounting days, their sums recomputed
  std::int64_t payments = 0;            // orders
  std::vector<difference> differences;  // at most a bound; the rest is counted
  std::int64_t differences_total = 0;
  std::vector<account_row>
      balances;  // as recomputed from the rows, for comparison with live actors
};

/// `progress(done, total)` is called now and then; may be empty.
[[nodiscard]] outcome<verification> verify(
    const std::string& dsn, const std::function<void(std::int64_t, std::int64_t)>& progress);

}  // namespace suanpan::storage
