// CPU time of processes, from /proc: what a transfer costs the client, the node and PostgreSQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suanpan::bench {

/// The figures of /proc/PID/stat that count here. Times in microseconds.
struct process_stat {
  std::string name;
  std::int64_t parent = 0;
  std::int64_t own_micros = 0;     // user and system
  std::int64_t reaped_micros = 0;  // of children that ended and were waited for
};

/// Reads the text of /proc/PID/stat. `ticks_per_second` is sysconf(_SC_CLK_TCK).
[[nodiscard]] std::optional<process_stat> parse_stat(std::string_view text,
                                                     std::int64_t ticks_per_second);

/// Nothing if there is no such process.
[[nodiscard]] std::optional<process_stat> stat_of(std::int64_t pid);

/// User and system time of this process.
[[nodiscard]] std::int64_t own_cpu_micros();

/// Of one process; 0 if it is gone.
[[nodiscard]] std::int64_t cpu_micros_of(std::int64_t pid);

/// Of a process, its children and those that it has waited for: a postmaster with all its backends.
[[nodiscard]] std::int64_t family_cpu_micros(std::int64_t parent);

}  // namespace suanpan::bench
