// `suanpan-bench transfers`.
#include "tools/bench/commands.hpp"
#include "tools/bench/measure.hpp"
#include "tools/cli/run_files.hpp"

#include <memory>

namespace suanpan::bench {
namespace {

using cli::bounded;
using cli::exit_status;

struct transfers_command {
  measure_options measure;
  std::string pattern = "uniform";
  bool stream = false;
  bool no_copy = false;
};

/// The node's process, if it is the one that we are to load.
std::int64_t node_pid_of(const cli::common_options& common) {
  const auto node = cli::find_run_file("node-1");
  return node && node->grpc == cli::endpoint_of(common) ? node->pid : 0;
}

exit_status run_transfers(const cli::common_options& common, transfers_command command) {
  auto& options = command.measure;
  if (command.stream && options.load.unary)
    throw cli::command_failure(exit_status::usage, "--stream and --unary exclude each other");
  options.load.pattern = pattern_named(command.pattern);
  if (options.load.pattern == load_pattern::vouchers && options.load.batch < 3)
    throw cli::command_failure(exit_status::usage, "--batch: vouchers need 3 transfers a message");
  if (options.load.rate != 0 && options.load.unary)
    throw cli::command_failure(exit_status::usage, "--rate: for streams only");
  options.with_copy = !command.no_copy;
  if (options.node_pid == 0) options.node_pid = node_pid_of(common);
  try {
    options.dsn = cli::dsn_of(common);
  } catch (const cli::command_failure&) {
    // Without a database at hand the load alone is measured; the report shows what is missing.
    options.dsn.clear();
  }
  const auto found = measure_transfers(common, options);
  cli::print(common.json ? measurement_json(options, found) : measurement_text(options, found));
  const bool agrees = found.balanced && found.rows_agree() &&
                      (!found.statements || found.statements->difference.empty());
  if (found.tally.counted == 0) return exit_status::unavailable;
  return agrees ? exit_status::done : exit_status::refused;
}

void add_load_options(CLI::App& command, load_options& load) {
  bounded(command.add_option("--batch", load.batch, "transfers a message"), 1, 10'000);
  bounded(command.add_option("--seconds", load.seconds, "how long to count"), 1, 86'400);
  bounded(command.add_option("--warmup", load.warmup_seconds, "seconds before counting"), 0, 3'600);
  bounded(command.add_option("--accounts", load.accounts, "opened first, or found"), 4, 10'000'000);
  bounded(command.add_option("--in-flight", load.in_flight, "messages open on each connection"), 1,
          4'000);
  bounded(command.add_option("--connections", load.connections, "each with a channel of its own"),
          1, 1'000);
  command.add_option("--skew", load.skew, "exponent of zipf")
      ->check(CLI::Range(0.0, 4.0))
      ->capture_default_str();
  bounded(command.add_option("--rate", load.rate, "transfers a second [as many as can be]"), 0,
          10'000'000);
  bounded(command.add_option("--windows", load.window_seconds, "show each so many seconds [none]"),
          0, 3'600);
  command.add_option("--seed", load.seed, "of accounts and amounts")->capture_default_str();
  command.add_flag("--unary", load.unary, "PostTransfers calls, not a stream");
}

}  // namespace

void add_transfers(CLI::App& app, cli::command_line& line) {
  auto* transfers =
      app.add_subcommand("transfers", "Measures durable transfers, and COPY alone beside them.");
  const auto command = std::make_shared<transfers_command>();
  transfers->add_option("--pattern", command->pattern, "what the transfers are, see below")
      ->check(CLI::IsMember({"uniform", "hot", "two-way", "zipf", "holds", "vouchers"}))
      ->capture_default_str();
  add_load_options(*transfers, command->measure.load);
  transfers->add_flag("--stream", command->stream, "one stream a connection (the default)");
  transfers->add_flag("--no-copy", command->no_copy, "leave out the COPY baseline");
  bounded(transfers->add_option("--statements", command->measure.statements,
                                "compared with rows at the end"),
          0, 100'000);
  transfers->add_option("--node-pid", command->measure.node_pid, "the node's process [var/run]");
  transfers->footer(
      "Patterns: uniform; hot, all credits to one account; two-way, orders of two transfers "
      "through "
      "a hot\n"
      "transit account to a hot merchant, one in twenty a refund; zipf, both sides by popularity; "
      "holds,\n"
      "then their captures; vouchers of three legs through transit.\n\n"
      "COPY alone: the same rows in binary, as many a transaction, into a table of the same "
      "columns with one\n"
      "key on the id; half of it before and half after the load. Status 1 if rows, statements and "
      "acknowledgements\n"
      "disagree or the books don't balance.\n\n"
      "Examples:\n"
      "  suanpan-bench transfers --pattern uniform --batch 8000 --seconds 10 --json\n"
      "  suanpan-bench transfers --unary --batch 1 --in-flight 512");
  transfers->callback([&line, command] {
    line.run = [&line, command] { return run_transfers(line.common, *command); };
  });
}

}  // namespace suanpan::bench
