// A fault run: nodes and their PostgreSQL under mixed load, killed at random moments, and in the
// end the judgement. The short form is a test, the long one tools/faults.
#pragma once

#include "tests/faults/checker.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace suanpan::faults {

struct run_plan {
  std::uint64_t seed = 1;
  int nodes = 1;   // on the one database; each fault hits any of them
  int kills = 3;   // of the node, and as many of PostgreSQL
  int others = 2;  // of each other kind: fault_run.cpp names them
  std::int64_t acknowledgements_between = 200;
  std::function<void(const std::string&)> say;  // progress, a line each
};

struct run_figures {
  std::size_t acknowledged = 0;
  std::size_t attempts = 0;
  std::size_t reads = 0;
  int faults = 0;
  int kinds = 0;
  std::int64_t fewest_between = 0;     // acknowledgements between two faults
  std::int64_t longest_outage_ms = 0;  // from a fault to the next acknowledgement
  std::vector<violation> violations;
  std::string verified;  // last line of suanpan verify
  std::string trouble;   // what went wrong with the run itself; empty: nothing

  [[nodiscard]] bool ok() const {
    return trouble.empty() && violations.empty() && verified.starts_with("verify: ok ");
  }
};

/// Takes a fresh database of this program's private PostgreSQL. On failure the node's log and the
/// history stay on disk.
[[nodiscard]] run_figures run_faults(const run_plan& plan);

}  // namespace suanpan::faults
