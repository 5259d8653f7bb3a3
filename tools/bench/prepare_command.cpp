// `suanpan-bench prepare`.
#include "tools/bench/commands.hpp"
#include "tools/bench/prepare.hpp"
#include "tools/cli/progress.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace suanpan::bench {
namespace {

/// One progress bar for each kind of rows, one after the other.
class bars {
 public:
  void show(const std::string& what, std::int64_t done, std::int64_t total) {
    if (what != what_) {
      bar_ = std::make_unique<cli::progress>(what, total);
      what_ = what;
    }
    bar_->show(done);
  }

 private:
  std::string what_;
  std::unique_ptr<cli::progress> bar_;
};

cli::exit_status run_prepare(const cli::common_options& common, prepare_options options) {
  if (options.tail > options.transfers)
    throw cli::command_failure(cli::exit_status::usage, "--tail exceeds --transfers");
  options.dsn = cli::dsn_of(common);
  bars shown;
  prepare_ledger(options, [&shown](const char* what, std::int64_t done, std::int64_t total) {
    shown.show(what, done, total);
  });
  if (common.json) {
    cli::print(nlohmann::json{{"accounts", options.accounts},
                              {"transfers", options.transfers},
                              {"tail", options.tail}}
                   .dump() +
               '\n');
  } else {
    cli::print("prepared: " + std::to_string(options.accounts) + " accounts, " +
               std::to_string(options.transfers) + " transfers, the last " +
               std::to_string(options.tail) + " of them in no checkpoint\n");
  }
  return cli::exit_status::done;
}

}  // namespace

void add_prepare(CLI::App& app, cli::command_line& line) {
  auto* prepare =
      app.add_subcommand("prepare", "Fills an empty ledger with rows, to measure a restart.");
  const auto options = std::make_shared<prepare_options>();
  cli::bounded(prepare->add_option("--accounts", options->accounts, "all of one kind"), 2,
               100'000'000);
  cli::bounded(prepare->add_option("--transfers", options->transfers, "over the last 12 hours"), 1,
               1'000'000'000);
  cli::bounded(
      prepare->add_option("--tail", options->tail, "the last so many are in no checkpoint"), 0,
      1'000'000'000);
  cli::bounded(prepare->add_option("--hot", options->hot,
                                   "one transfer in so many credits the first account [none]"),
               1, 1'000'000);
  prepare->add_option("--seed", options->seed, "of accounts and amounts")->capture_default_str();
  prepare->footer(
      "No node may run on the database, and it must be migrated and empty. tools/restart does all "
      "of it.\n\n"
      "Examples:\n  suanpan-bench prepare --dsn 'host=/run/postgresql dbname=suanpan'");
  prepare->callback([&line, options] {
    line.run = [&line, options] { return run_prepare(line.common, *options); };
  });
}

}  // namespace suanpan::bench
