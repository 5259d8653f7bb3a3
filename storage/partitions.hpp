// Partitions of suanpan.transfer by range of id: one a UTC day, made ahead, attached by ATTACH and
// detached CONCURRENTLY under a lock_timeout (R7). On a maintenance session of its own.
#pragma once

#include "storage/outcome.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::storage {

struct partition_plan {
  std::int64_t now_micros = 0;
  std::int32_t days_back = 8;   // at least the id window, rounded up
  std::int32_t days_ahead = 3;  // at least the id skew, and time for an operator to notice
};

/// Makes the days that are missing. Returns the names made.
[[nodiscard]] outcome<std::vector<std::string>> ensure_partitions(const std::string& dsn,
                                                                  const partition_plan& plan);

/// Detaches one day's partition; refused while the id window still reaches into it, while an open
/// intent or hold may still write into it (R6), and while it holds rows of an accounting day that
/// is not closed. The table stays.
[[nodiscard]] outcome<done> detach_partition(const std::string& dsn, std::int64_t day_micros,
                                             std::int64_t now_micros, std::int64_t window_micros);

/// Housekeeping that may be lost: summarises BRIN ranges, prunes old journal_commit rows.
[[nodiscard]] outcome<done> tidy(const std::string& dsn);

}  // namespace suanpan::storage
