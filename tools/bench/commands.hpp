// The subcommands of `suanpan-bench`.
#pragma once

#include "tools/cli/commands.hpp"

namespace suanpan::bench {

void add_day(CLI::App& app, cli::command_line& line);
void add_transfers(CLI::App& app, cli::command_line& line);
void add_prepare(CLI::App& app, cli::command_line& line);
void add_echo(CLI::App& app, cli::command_line& line);
void add_orders(CLI::App& app, cli::command_line& line);
void add_payments(CLI::App& app, cli::command_line& line);
void add_relay(CLI::App& app, cli::command_line& line);
void add_statement_pages(CLI::App& app, cli::command_line& line);

}  // namespace suanpan::bench
