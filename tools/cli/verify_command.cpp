// `suanpan verify`: recomputes the books from the rows and compares them with checkpoints
// (storage/verify) and with what the owning actors say now. The last line is one that programs rely
// on.
#include "storage/statement_verify.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/live_accounts.hpp"
#include "tools/cli/progress.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/verify_live.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace suanpan::cli {
namespace {

struct verify_options {
  std::size_t live_max = 20'000;
  bool no_live = false;
  bool quiet = false;
};

/// What was found, over rows and live actors.
struct verify_report {
  storage::verification rows;
  std::size_t live_compared = 0;
  std::string live_skipped;  // why no actor was asked
};

storage::verification verify_rows(const std::string& dsn, bool quiet) {
  std::unique_ptr<progress> bar;
  auto found = storage::verify(dsn, [&bar, quiet](std::int64_t done, std::int64_t total) {
    if (!bar) bar = std::make_unique<progress>("verifying", total, quiet);
    bar->show(done);
  });
  if (!found) throw command_failure(exit_status::unavailable, "verifying: " + found.reason());
  return std::move(*found);
}

void verify_lines(const std::string& dsn, storage::verification& into) {
  const auto compared = storage::verify_statements(dsn, into);
  if (!compared)
    throw command_failure(exit_status::unavailable, "verifying statements: " + compared.reason());
}

/// All accounts if they are few, else every n-th.
std::vector<account_row> sample_of(const std::vector<account_row>& rows, std::size_t wanted) {
  if (rows.size() <= wanted) return rows;
  std::vector<account_row> sample;
  for (std::size_t i = 0; i < wanted; ++i) sample.push_back(rows[i * rows.size() / wanted]);
  return sample;
}

void compare_live(const common_options& common, const verify_options& options,
                  verify_report& report) {
  const ledger_client client(common);
  const auto sample = sample_of(report.rows.balances, options.live_max);
  std::vector<account_number> numbers;
  for (const auto& row : sample) numbers.push_back(row.number);
  std::vector<live_account> live;
  try {
    progress bar("asking the actors", static_cast<std::int64_t>(numbers.size()), options.quiet);
    live = read_live_accounts(client, numbers, [&bar](std::int64_t done) { bar.show(done); });
  } catch (const command_failure& away) {
    if (away.status() != exit_status::unavailable) throw;
    report.live_skipped = away.what();
    return;
  }
  report.live_compared = live.size();
  auto differing = differing_below(sample, live);
  if (!ahead_of(sample, live).empty()) {
    // Transfers were booked meanwhile, or an actor is wrong: rows read after the actors tell which.
    const auto later = verify_rows(dsn_of(common), options.quiet);
    const auto above = differing_above(later.balances, live);
    differing.insert(differing.end(), above.begin(), above.end());
  }
  report.rows.differences_total += static_cast<std::int64_t>(differing.size());
  report.rows.differences.insert(report.rows.differences.end(), differing.begin(), differing.end());
}

std::string last_line(const storage::verification& rows) {
  if (rows.differences_total > 0) {
    const auto& first = rows.differences.front();
    return "verify: FAILED " + std::to_string(rows.differences_total) +
           " differences, the first: " + first.what + " of " + first.where + "\n";
  }
  return "verify: ok accounts=" + std::to_string(rows.accounts) +
         " transfers=" + std::to_string(rows.transfers) +
         " vouchers=" + std::to_string(rows.vouchers) + " holds=" + std::to_string(rows.holds) +
         " differences=0\n";
}

std::string report_text(const verify_report& report) {
  std::string text;
  if (!report.rows.differences.empty()) {
    table lines({{"difference"}, {"where"}, {"expected"}, {"found"}});
    for (const auto& d : report.rows.differences) lines.add({d.what, d.where, d.expected, d.found});
    text += lines.text();
  }
  text += count_text(report.rows.accounts) + " accounts, " + count_text(report.rows.transfers) +
          " transfers, " + count_text(report.rows.refusals) + " recorded refusals, " +
          count_text(report.rows.days) + " closed days recomputed from the rows\n";
  if (report.live_skipped.empty())
    return text + count_text(static_cast<std::int64_t>(report.live_compared)) +
           " accounts compared with the live actors\n";
  return text + "live actors not compared: " + report.live_skipped + '\n';
}

std::string report_json(const verify_report& report) {
  auto differences = nlohmann::json::array();
  for (const auto& d : report.rows.differences)
    differences.push_back(
        {{"what", d.what}, {"where", d.where}, {"expected", d.expected}, {"found", d.found}});
  return nlohmann::json{{"ok", report.rows.differences_total == 0},
                        {"accounts", report.rows.accounts},
                        {"transfers", report.rows.transfers},
                        {"refusals", report.rows.refusals},
                        {"closed_days", report.rows.days},
                        {"vouchers", report.rows.vouchers},
                        {"holds", 0},
                        {"live_accounts_compared", report.live_compared},
                        {"live_skipped", report.live_skipped},
                        {"differences", report.rows.differences_total},
                        {"difference", differences}}
             .dump() +
         '\n';
}

exit_status run_verify(const common_options& common, const verify_options& options) {
  verify_report report;
  try {
    report.rows = verify_rows(dsn_of(common), options.quiet);
    verify_lines(dsn_of(common), report.rows);
    report.live_skipped = options.no_live ? "--no-live" : "";
    if (!options.no_live) compare_live(common, options, report);
  } catch (const command_failure& failure) {
    // The last line is owed in every case; a program that reads it must not find silence.
    const std::string line = std::string("verify: FAILED ") + failure.what() + '\n';
    if (!common.json) print(line);
    throw;
  }
  if (common.json) {
    print(report_json(report));
  } else {
    print(report_text(report) + last_line(report.rows));
  }
  return report.rows.differences_total == 0 ? exit_status::done : exit_status::refused;
}

}  // namespace

void add_verify(CLI::App& app, command_line& line) {
  auto* command = app.add_subcommand(
      "verify", "Recomputes balances, statements and trial balance from the rows.");
  const auto options = std::make_shared<verify_options>();
  bounded(command->add_option("--live-max", options->live_max,
                              "compare at most so many accounts with the live actors"),
          1, 10'000'000);
  command->add_flag("--no-live", options->no_live, "rows and checkpoints only; ask no node");
  command->add_flag("--quiet", options->quiet, "no progress on stderr");
  command->footer(
      "The last line is \"verify: ok accounts=N transfers=N vouchers=N holds=N differences=0\", "
      "or\n"
      "\"verify: FAILED reason\" with status 1. It can run beside traffic.\n\n"
      "Examples:\n  suanpan verify\n  suanpan verify --dsn 'host=/run/postgresql dbname=suanpan' "
      "--no-live");
  command->callback([&line, options] {
    line.run = [&line, options] { return run_verify(line.common, *options); };
  });
}

}  // namespace suanpan::cli
