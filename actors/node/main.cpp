// suanpan-node: reads its configuration, starts, waits for a signal, stops.
#include "actors/node/logging.hpp"
#include "actors/node/node.hpp"
#include "config/loader.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>

namespace {

constexpr int exit_configuration = 3;

// Before any thread exists, so that only sigwait ever sees them.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

int run(suanpan::config::loaded from, const sigset_t& signals) {
  const auto& settings = from.settings.node;
  const auto fault = suanpan::start_logging(
      {.node = settings.name, .file = settings.log_file, .level = settings.log_level});
  if (!fault.empty()) {
    std::cerr << "suanpan-node: node.log_file: " << fault << '\n';
    return exit_configuration;
  }
  suanpan::node node(std::move(from));
  const auto started = node.start();
  if (started.status != 0) {
    std::cerr << "suanpan-node: " << started.reason << '\n';
    return started.status;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  node.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A node of Suanpan: a ledger whose accounts are actors, on PostgreSQL."};
  suanpan::config::sources from;
  std::string file;
  app.set_version_flag("--version", "suanpan-node " SUANPAN_VERSION);
  auto* config = app.add_option("--config", file, "Configuration file (TOML)");
  app.add_flag("--dev", from.dev, "Development: loopback only, no TLS, no keys needed");
  app.add_option("--set", from.sets, "Override a setting: --set a.b=value")->take_all();
  app.footer(
      "Settings come from the file, then SUANPAN_A__B in the environment, then --set a.b=value.\n"
      "Example: suanpan-node --dev --set database.dsn_file=dsn.txt");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (config->count() > 0) from.file = file;
  from.variables = suanpan::config::process_environment();

  const auto signals = block_signals();
  auto loaded = suanpan::config::load(from);
  if (!loaded.faults.empty()) {
    for (const auto& fault : loaded.faults) std::cerr << to_string(fault) << '\n';
    return exit_configuration;
  }
  return run(std::move(loaded), signals);
}
