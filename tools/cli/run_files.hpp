// The JSON files under var/run by which running pieces tell where they listen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace suanpan::cli {

/// {name, pid, grpc, http, cluster, dsn, log}; absent members are empty.
struct run_file {
  std::string name;
  std::int64_t pid = 0;
  std::string grpc;
  std::string http;
  std::string cluster;
  std::string dsn;
  std::string log;
};

/// Reads one; nothing if it is not there or not JSON.
[[nodiscard]] std::optional<run_file> read_run_file(const std::string& path);

/// var/run/NAME.json of the checkout that holds the working directory, or else of the one that
/// holds this program.
[[nodiscard]] std::optional<run_file> find_run_file(const std::string& name);

}  // namespace suanpan::cli
