// How --help reads: the same with every release of CLI11, whose own layout changes between them.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace suanpan::cli {

/// What a command does, its usage, its arguments, options and commands, and its examples.
class help_formatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

/// The command that the words chose: the deepest subcommand that was parsed.
[[nodiscard]] const CLI::App& chosen(const CLI::App& app);

/// "suanpan day close" of the subcommand.
[[nodiscard]] std::string full_name(const CLI::App& app);

}  // namespace suanpan::cli
