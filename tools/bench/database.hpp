// The few questions that a benchmark asks the database directly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::bench {

/// The first row of the statement's answer as integers. Throws command_failure (unavailable).
[[nodiscard]] std::vector<std::int64_t> query_numbers(const std::string& dsn,
                                                      const std::string& statement);

/// The first value of the statement's answer as text; empty for NULL. Throws command_failure
/// (unavailable).
[[nodiscard]] std::string query_text(const std::string& dsn, const std::string& statement);

/// Runs statements one after the other, each in its own transaction. Throws command_failure
/// (unavailable).
void run_statements(const std::string& dsn, const std::vector<std::string>& statements);

/// The postmaster's process if it runs on this machine, else 0.
[[nodiscard]] std::int64_t postmaster_pid(const std::string& dsn);

}  // namespace suanpan::bench
