// What is looked at while a load runs: how it goes, the node's memory, the room on the disk.
#pragma once

#include "tools/bench/load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::bench {

/// Below this a run stops: the ledger must not fill the disk that others need.
inline constexpr std::int64_t disk_bytes_least = 10'000'000'000;

struct watch_options {
  std::int64_t node_pid = 0;   // 0: not on this machine
  std::string data_directory;  // of PostgreSQL; empty: not known
};

/// What was seen at the end of a window of time.
struct window_sight {
  std::int64_t transfers = 0;  // posted in it
  std::optional<std::int64_t> node_rss_bytes;
};

/// Where PostgreSQL keeps its data, if it says and it is on this machine; else empty.
[[nodiscard]] std::string data_directory_of(const std::string& dsn);

/// Bytes that are left where this directory is; nothing if that is not to be seen.
[[nodiscard]] std::optional<std::int64_t> free_bytes(const std::string& directory);

/// Resident memory of a process; nothing if there is none.
[[nodiscard]] std::optional<std::int64_t> rss_bytes_of(std::int64_t pid);

/// Throws command_failure (refused) if what a load of this length may write leaves less than
/// `disk_bytes_least`.
void require_disk(const load_options& load, const watch_options& options);

/// Waits for the seconds of the load, with progress on stderr. Ends early, with `short_of_disk`
/// told on stderr, when the disk is nearly full.
[[nodiscard]] std::vector<window_sight> watch_load(const load_options& load,
                                                   const watch_options& options,
                                                   const load_run& run);

}  // namespace suanpan::bench
