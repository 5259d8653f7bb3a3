// The command line of suanpan-bank.
#pragma once

#include "tools/bank/desk.hpp"
#include "tools/bank/front.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::bank {

struct options {
  listening at;
  std::string directory = "var/bank";
  std::string run_directory = "var/run";
  std::string log_file;
  std::string secret_file;
  std::string secret;  // found by read_secret()
  std::string rates;
  bool dev = false;
  bool list = false;
  bool json = false;
  bool no_dedupe = false;
  std::uint64_t seed = 1;
  // milliseconds
  std::int64_t work = 20;
  std::int64_t slow = 3'000;
  std::int64_t late = 5'000;
  std::int64_t callback = 200;
  std::int64_t retry = 1'000;
  std::int64_t hang = 120'000;
  std::int64_t expire = 900'000;

  [[nodiscard]] desk_options desk() const;
};

void add_options(CLI::App& app, options& into);

/// "slow=50,garbage=100". Throws CLI::ValidationError.
[[nodiscard]] std::vector<behaviour_rate> read_rates(const std::string& text);

/// From the file, or SUANPAN_BANK__SECRET, or with --dev a known one. Empty, or why there is none.
[[nodiscard]] std::string read_secret(options& into);

}  // namespace suanpan::bank
