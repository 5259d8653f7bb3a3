// suanpan-bank: a bank that lies on demand. Reads its options, starts, waits for a signal, stops.
#include "tools/bank/bank_json.hpp"
#include "tools/bank/bank_program.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <iostream>

namespace {

constexpr int exit_usage = 2;
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

void print_behaviours(bool json) {
  if (json) {
    std::cout << suanpan::bank::behaviours_text() << '\n';
    return;
  }
  for (const auto& b : suanpan::bank::behaviours())
    std::cout << b.digits << "  " << b.name << std::string(23 - b.name.size(), ' ') << b.sentence
              << '\n';
}

std::string start_logging(const std::string& file) {
  try {
    spdlog::sink_ptr sink;
    if (file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    auto logger = std::make_shared<spdlog::logger>("bank", std::move(sink));
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %l %v", spdlog::pattern_time_type::utc);
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    return {};
  } catch (const spdlog::spdlog_ex& e) {
    return e.what();
  }
}

int refuse(int status, const std::string& why) {
  std::cerr << "suanpan-bank: " << why << '\n';
  return status;
}

int run(suanpan::bank::options from, const sigset_t& signals) {
  if (const auto why = start_logging(from.log_file); !why.empty())
    return refuse(exit_configuration, why);
  suanpan::bank::bank_program bank(std::move(from));
  const auto started = bank.start();
  if (started.status != 0) return refuse(started.status, started.reason);
  int signal = 0;
  sigwait(&signals, &signal);
  bank.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A bank that lies on demand: behaves by the last four digits of a card or account."};
  suanpan::bank::options from;
  app.set_version_flag("--version", "suanpan-bank " SUANPAN_VERSION);
  suanpan::bank::add_options(app, from);
  app.footer(
      "Exit status: 0 done; 2 usage; 3 configuration; 4 the port is taken; 1 its disk refused.\n"
      "Examples:\n"
      "  suanpan-bank --list                 what the digits mean\n"
      "  suanpan-bank --dev                  on 127.0.0.1:7500, its ledger in var/bank\n"
      "  suanpan-bank --dev --rates dropped_after=100,slow=50 --seed 7\n"
      "The protocol is in tools/bank/README.md.");
  try {
    app.parse(argc, argv);
    (void)suanpan::bank::read_rates(from.rates);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_usage;
  }
  if (from.list) {
    print_behaviours(from.json);
    return 0;
  }
  if (const auto why = suanpan::bank::read_secret(from); !why.empty())
    return refuse(exit_configuration, why);
  if (from.dev && !suanpan::bank::is_loopback(from.at.address))
    return refuse(exit_configuration, "--dev listens on loopback only");
  const auto signals = block_signals();
  return run(std::move(from), signals);
}
