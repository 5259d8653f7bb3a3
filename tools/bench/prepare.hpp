// Fills an empty ledger with accounts and transfers as if a node had booked them, fast: to measure
// a restart on a large ledger. Afterwards `suanpan verify` holds, and some of the rows are not yet
// in any checkpoint, as after a crash.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace suanpan::bench {

struct prepare_options {
  std::string dsn;
  std::uint32_t accounts = 1'000'000;
  std::uint32_t transfers = 10'000'000;
  std::uint32_t tail = 100'000;  // transfers after the last checkpoint
  std::uint32_t hot = 0;         // one transfer in so many credits the first account; 0: none
  std::uint64_t seed = 1;
};

/// Throws command_failure: refused if the ledger is not empty or a node lives, unavailable if the
/// database is. `progress(what, done, total)` is called now and then.
void prepare_ledger(const prepare_options& options,
                    const std::function<void(const char*, std::int64_t, std::int64_t)>& progress);

}  // namespace suanpan::bench
