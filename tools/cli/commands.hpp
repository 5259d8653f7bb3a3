// The subcommands of `suanpan`, each family in a file of its own. `add_…` declares options and
// help; what is chosen lands in command_line::run, which main calls once parsing is done.
#pragma once

#include "tools/cli/command.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>

namespace suanpan::cli {

struct command_line {
  common_options common;
  std::function<exit_status()> run;
};

void add_import(CLI::App& app, command_line& line);
void add_verify(CLI::App& app, command_line& line);
/// trial-balance, subjects.
void add_reports(CLI::App& app, command_line& line);
void add_status(CLI::App& app, command_line& line);
/// day show, day close, gl.
void add_days(CLI::App& app, command_line& line);
/// account open, show, list, and the next two.
void add_account(CLI::App& app, command_line& line);
/// Beneath `account`: freeze, unfreeze, limits, metadata, close.
void add_account_changes(CLI::App& account, command_line& line);
/// Beneath `account`: monitor add, remove, list, events.
void add_monitors(CLI::App& account, command_line& line);
/// Beneath `account`: statement, balance.
void add_statement(CLI::App& account, command_line& line);
/// Beneath `transfer`: list.
CLI::App* add_transfer_list(CLI::App& transfer, command_line& line);
/// transfer, transfer show, transfer list.
void add_transfer(CLI::App& app, command_line& line);
void add_voucher(CLI::App& app, command_line& line);
/// hold, post, void, reverse.
void add_holds(CLI::App& app, command_line& line);
/// payment create, retry, close, refund, show, list, explain.
void add_payment(CLI::App& app, command_line& line);
/// merchant create, show, key create, key revoke, webhook.
void add_merchants(CLI::App& app, command_line& line);
/// card bind, unbind, list.
void add_cards(CLI::App& app, command_line& line);
/// notify list, resend.
void add_notify(CLI::App& app, command_line& line);
/// case list, show.
void add_cases(CLI::App& app, command_line& line);
/// migrate, key create, key list, key revoke.
void add_database(CLI::App& app, command_line& line);
/// rules show.
void add_rules(CLI::App& app, command_line& line);
/// config check.
void add_config(CLI::App& app, command_line& line);

/// The options that come before or after any subcommand.
void add_common(CLI::App& app, common_options& common);

/// --dsn, else SUANPAN_DATABASE__DSN, else the run files. Throws command_failure (configuration) if
/// none.
[[nodiscard]] std::string dsn_of(const common_options& common);

/// Whole numbers least … most; in the help they read as N.
CLI::Option* bounded(CLI::Option* option, std::int64_t least, std::int64_t most);

/// Writes to stdout, all of it.
void print(const std::string& text);

/// Parses and runs one command; prints failures on stderr. Never throws.
[[nodiscard]] int run_command_line(CLI::App& app, command_line& line, int argc,
                                   const char* const* argv);

}  // namespace suanpan::cli
