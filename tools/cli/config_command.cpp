// `suanpan config check`: the very checks that a node makes at its start.
#include "config/loader.hpp"
#include "tools/cli/commands.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace suanpan::cli {
namespace {

struct check_options {
  std::string file;
  std::vector<std::string> sets;
};

exit_status check_config(const common_options& common, const check_options& options) {
  const auto faults = config::check_file(options.file, config::process_environment(), options.sets);
  if (common.json) {
    print(nlohmann::json{{"file", options.file}, {"faults", faults}}.dump() + '\n');
  } else if (faults.empty()) {
    print(options.file + ": ok\n");
  }
  if (!common.json)
    for (const auto& fault : faults) print(fault + '\n');
  return faults.empty() ? exit_status::done : exit_status::configuration;
}

}  // namespace

void add_config(CLI::App& app, command_line& line) {
  auto* config = app.add_subcommand("config", "Checks configuration files.");
  config->require_subcommand(1);
  auto* check = config->add_subcommand("check", "Prints every fault as file:line: key: reason.");
  const auto options = std::make_shared<check_options>();
  check->add_option("file", options->file, "a node's configuration")->required();
  check->add_option("--set", options->sets, "a.b=value over the file, as the node takes it")
      ->allow_extra_args(false);
  check->footer(
      "Variables SUANPAN_A__B in the environment count too. Status 3 if there is a fault.\n\n"
      "Examples:\n  suanpan config check config/node.toml");
  check->callback([&line, options] {
    line.run = [&line, options] { return check_config(line.common, *options); };
  });
}

}  // namespace suanpan::cli
