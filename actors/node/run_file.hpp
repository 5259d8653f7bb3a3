// var/run/NAME.json: where this node listens, for scripts and people. Removed on a clean stop.
#pragma once

#include <string>

namespace suanpan {

struct run_entry {
  std::string name;
  std::string grpc;
  std::string http;
  std::string cluster;
  std::string dsn;  // without its password
  std::string log;
};

/// Writes it whole or not at all. Returns why not, or nothing.
[[nodiscard]] std::string write_run_file(const std::string& dir, const run_entry& entry);
void remove_run_file(const std::string& dir, const std::string& name);

}  // namespace suanpan
