// One measurement of transfers: load, what it cost whom, what COPY alone can do, and whether the
// books agree with what the client was told.
#pragma once

#include "tools/bench/load.hpp"
#include "tools/bench/statement_check.hpp"
#include "tools/bench/watch.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace suanpan::bench {

struct measure_options {
  load_options load;
  std::string dsn;  // empty: no COPY baseline, no figures of PostgreSQL, no count of rows
  bool with_copy = true;
  std::int64_t node_pid = 0;         // 0: not on this machine
  std::uint32_t statements = 1'000;  // compared with rows at the end, of accounts drawn at random
};

/// CPU microseconds while counting; nothing where the process is not to be seen.
struct cpu_cost {
  std::int64_t client = 0;
  std::optional<std::int64_t> node;
  std::optional<std::int64_t> postgres;
};

struct measurement {
  load_tally tally;
  std::int64_t micros = 0;  // while counting
  cpu_cost cpu;
  std::optional<std::int64_t> copy_rows_per_second;
  std::optional<std::int64_t> rows_found;  // of this run, in audit.transfer
  bool balanced = false;                   // debits equal credits
  std::vector<window_sight> windows;
  std::optional<std::int64_t> node_rss_bytes;  // at the end
  std::optional<statement_agreement> statements;

  [[nodiscard]] std::int64_t transfers_per_second() const;
  /// Every acknowledged transfer is there, and nothing that nobody can account for.
  [[nodiscard]] bool rows_agree() const;
};

/// Throws command_failure. Progress goes to stderr.
[[nodiscard]] measurement measure_transfers(const cli::common_options& common,
                                            const measure_options& options);

[[nodiscard]] std::string measurement_text(const measure_options& options,
                                           const measurement& found);
[[nodiscard]] std::string measurement_json(const measure_options& options,
                                           const measurement& found);

}  // namespace suanpan::bench
