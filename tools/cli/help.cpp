// See help.hpp.
#include "tools/cli/help.hpp"

#include "tools/cli/table.hpp"

#include <utility>
#include <vector>

namespace suanpan::cli {
namespace {

using entry = std::pair<std::string, std::string>;  // what is typed, what it means

constexpr std::size_t typed_width_max = 26;  // longer ones get a line of their own

std::string section(const std::string& heading, const std::vector<entry>& entries) {
  if (entries.empty()) return {};
  std::string text = '\n' + heading + ":\n";
  for (const auto& [typed, meaning] : entries) {
    text += "  " + typed;
    const auto width = display_width(typed);
    text += width > typed_width_max ? '\n' + std::string(typed_width_max + 4, ' ')
                                    : std::string(typed_width_max + 2 - width, ' ');
    text += meaning + '\n';
  }
  return text;
}

bool is_flag(const CLI::Option& option) {
  return option.get_expected_max() == 0 || option.get_type_size() == 0;
}

/// "--deadline N"; flags alone.
std::string typed_option(const CLI::Option& option) {
  std::string typed;
  for (const auto& name : option.get_snames()) typed += (typed.empty() ? "-" : ", -") + name;
  for (const auto& name : option.get_lnames()) typed += (typed.empty() ? "--" : ", --") + name;
  if (is_flag(option)) return typed;
  const auto type = option.get_type_name();
  return typed + ' ' + (type == "N" || type == "INT" ? "N" : "TEXT");
}

std::string meaning_of(const CLI::Option& option) {
  std::string meaning = option.get_description();
  if (option.get_required()) return meaning + " (required)";
  const auto fallback = is_flag(option) ? std::string{} : option.get_default_str();
  return fallback.empty() ? meaning : meaning + " [" + fallback + ']';
}

std::string usage_of(const CLI::App& app) {
  std::string usage = "Usage: " + full_name(app);
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const auto name = option->get_name(true);
    usage += option->get_required() ? ' ' + name : " [" + name + ']';
  }
  if (!app.get_subcommands(nullptr).empty())
    usage += app.get_require_subcommand_min() > 0 ? " COMMAND" : " [COMMAND]";
  return usage + " [options]\n";
}

}  // namespace

std::string help_formatter::make_help(const CLI::App* app, std::string /*name*/,
                                      CLI::AppFormatMode /*mode*/) const {
  std::vector<entry> arguments;
  std::vector<entry> options;
  for (const auto* option : app->get_options()) {
    if (option->get_positional())
      arguments.emplace_back(option->get_name(true), meaning_of(*option));
    else if (option != app->get_help_ptr() && option != app->get_version_ptr())
      options.emplace_back(typed_option(*option), meaning_of(*option));
  }
  std::vector<entry> commands;
  for (const auto* command : app->get_subcommands(nullptr))
    commands.emplace_back(command->get_name(), command->get_description());
  std::string text = app->get_description() + "\n\n" + usage_of(*app) +
                     section("Commands", commands) + section("Arguments", arguments) +
                     section("Options", options);
  // CLI11 hands a command's footer down to its subcommands.
  const auto* parent = app->get_parent();
  if (parent != nullptr && parent->get_footer() == app->get_footer())
    text += "\nSee: " + full_name(*app) + " COMMAND --help\n";
  else if (!app->get_footer().empty())
    text += '\n' + app->get_footer() + '\n';
  return text;
}

const CLI::App& chosen(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : chosen(*parsed.front());
}

std::string full_name(const CLI::App& app) {
  const auto* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : full_name(*parent) + ' ' + app.get_name();
}

}  // namespace suanpan::cli
