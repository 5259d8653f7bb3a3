// Many seeds on all cores: worker processes, each one thread (CAF's test scheduler has no other),
// that report over a pipe. A worker that dies or hangs names the seed that it was at.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::simulation {

struct sweep_plan {
  std::uint64_t first = 1;
  std::uint64_t last = UINT64_MAX;            // included
  std::optional<std::chrono::seconds> lasts;  // begins no seed after this
  unsigned workers = 1;
  bool each = false;           // the log's SHA-256 of every seed
  std::uint64_t compare = 64;  // every so many seeds is run by two workers, whose logs must agree
  std::uint64_t failures_max = 10;
  std::chrono::seconds hang{300};  // a seed that takes longer never ends
};

struct seed_failure {
  std::uint64_t seed = 0;
  std::vector<std::string> why;
};

struct sweep_result {
  std::uint64_t seeds = 0;
  std::uint64_t items = 0;  // asked by clients, copies and retries included
  std::uint64_t rows = 0;   // transfers and refusals stored
  std::uint64_t steps = 0;
  std::uint64_t orders = 0;
  std::uint64_t virtual_micros = 0;
  std::uint64_t compared = 0;  // seeds whose logs two workers agreed on
  std::map<std::string, std::uint64_t> met;
  std::vector<seed_failure> failures;
};

/// Runs them. `tell` hears of each seed whose log was hashed, in no fixed order.
[[nodiscard]] sweep_result sweep(
    const sweep_plan& plan,
    const std::function<void(std::uint64_t seed, const std::string& log_sha256)>& tell);

}  // namespace suanpan::simulation
