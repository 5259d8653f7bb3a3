// The options of commands that name a transfer in full: `transfer` and `hold`.
#pragma once

#include "suanpan/v1/ledger.pb.h"
#include "tools/cli/commands.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::cli {

struct transfer_options {
  std::string id;
  std::int64_t debit = 0;
  std::int64_t credit = 0;
  std::string amount;
  std::string currency;
  std::uint32_t event_code = 0;
  std::string reference;
  std::string memo;
  std::string metadata;
  std::string balancing;  // debit or credit; empty: it moves the whole amount
};

/// Declares them; returns those that are required, which CLI11 can't be told where the command has
/// subcommands.
std::vector<CLI::Option*> add_transfer_options(CLI::App& command, transfer_options& options);

/// Throws CLI::RequiredError for the first that was not given.
void require_given(const std::vector<CLI::Option*>& needed);

/// The item that they name, of kind POST. Throws command_failure (usage).
[[nodiscard]] suanpan::v1::Transfer item_of(const transfer_options& options);

}  // namespace suanpan::cli
