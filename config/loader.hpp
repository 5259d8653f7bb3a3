// Reads a node's configuration: file, then environment, then --set, each over the one before. Every
// fault of every source is found in one go; a node and `suanpan config check` print the same lines.
#pragma once

#include "actors/payment/posting_rules.hpp"
#include "config/channel_config.hpp"
#include "config/chart_of_accounts.hpp"
#include "config/fault.hpp"
#include "config/node_config.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::config {

/// The environment as name and value.
using environment = std::map<std::string, std::string>;

/// This process's environment: the variables SUANPAN_…, no others.
[[nodiscard]] environment process_environment();

/// Where settings come from, weakest first.
struct sources {
  std::optional<std::string> file;  // --config
  environment variables;  // SUANPAN_LEDGER__ID_WINDOW_S; names without "__" are not settings
  std::vector<std::string> sets;  // --set, "a.b=value"
  bool dev = false;               // --dev; the same as --set node.dev=true
};

/// Usable only when there are no faults. Paths are as given, relative to the working directory; the
/// data source name and the chart of accounts are read from their files.
struct loaded {
  node_config settings;
  chart_of_accounts chart;
  posting_rules rules;
  std::vector<channel_config> channels;  // with their secrets
  std::vector<fault> faults;
};

/// Never throws. Reads the files that the settings name (secrets, certificate, chart of accounts,
/// posting rules, channels).
[[nodiscard]] loaded load(const sources& from);

/// One line a fault, in the order of the sources; empty if the node would start with it.
[[nodiscard]] std::vector<std::string> check_file(const std::string& file,
                                                  const environment& variables,
                                                  const std::vector<std::string>& sets);

}  // namespace suanpan::config
