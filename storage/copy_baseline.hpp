// What PostgreSQL itself can take: raw binary COPY of the journal's rows into a table with the same
// columns and one key on the id, over one connection, encoded ahead. A yardstick for benchmarks; no
// ledger is touched.
#pragma once

#include "storage/outcome.hpp"

#include <cstdint>
#include <string>

namespace suanpan::storage {

struct copy_baseline_options {
  std::string dsn;
  std::uint32_t rows_per_commit = 8'000;
  std::int64_t micros = 5'000'000;  // how long to copy
  std::uint64_t seed = 1;           // of the accounts and amounts
};

struct copy_baseline_result {
  std::int64_t rows = 0;
  std::int64_t commits = 0;
  std::int64_t micros = 0;  // wall time of the copies, without making and dropping the table
};

/// Makes a table of its own, fills it for the time given and drops it. Blocks.
[[nodiscard]] outcome<copy_baseline_result> copy_baseline(const copy_baseline_options& options);

}  // namespace suanpan::storage
