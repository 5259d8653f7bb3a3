// `suanpan-bench orders`: one order of each kind through each lie of the bank simulator, watched
// and judged. What tools/up shows.
#include "tools/bench/commands.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/run_files.hpp"
#include "tools/cli/table.hpp"
#include "tools/orders/order_drill.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>

namespace suanpan::bench {
namespace {

using orders::drill_result;
using orders::drilled_order;

struct orders_options {
  std::string bank = "127.0.0.1:7500";
  std::string serial;
  std::string report;
  int workers = 64;
};

std::string count_or_dot(int count) {
  return count == 0 ? "." : std::to_string(count);
}

// Kinds down, states across.
std::string board_of(const std::vector<drilled_order>& all) {
  std::vector<cli::table::column> columns{{"orders"}, {"waiting", cli::align::right}};
  for (const auto stage : payment_stages)
    columns.push_back({std::string(name_of(stage)), cli::align::right});
  cli::table board(columns);
  for (const auto kind : payment_kinds) {
    std::vector<int> counts(payment_stages.size() + 1);
    for (const auto& one : all)
      if (one.plan.kind == kind)
        ++counts[one.seen.id().empty()
                     ? 0
                     : static_cast<std::size_t>(orders::stage_of(one.seen.state()))];
    std::vector<std::string> cells{std::string(name_of(kind))};
    for (const int count : counts) cells.push_back(count_or_dot(count));
    board.add(std::move(cells));
  }
  return board.text();
}

// On a terminal the board is drawn over itself; elsewhere again now and then.
class live_board {
 public:
  explicit live_board(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

  void show(const std::vector<drilled_order>& all) {
    const auto text = board_of(all);
    const auto now = std::chrono::steady_clock::now();
    if (quiet_ || text == shown_) return;
    if (!terminal_ && !shown_.empty() && now - shown_at_ < std::chrono::seconds(5)) return;
    if (terminal_ && !shown_.empty())
      std::cerr << "\x1b[" << std::count(shown_.begin(), shown_.end(), '\n') << "A";
    std::cerr << text << (terminal_ ? "" : "\n");
    shown_ = text;
    shown_at_ = now;
  }

 private:
  bool quiet_;
  bool terminal_;
  std::string shown_;
  std::chrono::steady_clock::time_point shown_at_;
};

std::string ends_of(const std::vector<drilled_order>& all) {
  cli::table ends({{"order"},
                   {"the bank"},
                   {"ended"},
                   {"attempts", cli::align::right},
                   {"queries", cli::align::right},
                   {"payment"}});
  for (const auto& one : all) {
    std::string ended(name_of(orders::stage_of(one.seen.state())));
    if (!one.seen.failure().code().empty()) ended += " " + one.seen.failure().code();
    std::uint32_t queries = 0;
    for (const auto& attempt : one.seen.attempts()) queries += attempt.queries();
    const auto& entry = bank::behaviours()[static_cast<std::size_t>(one.plan.lie)];
    ends.add({std::string(name_of(one.plan.kind)),
              std::string(entry.digits) + ' ' + std::string(entry.name),
              one.trouble.empty() ? ended : ended + "  <-- " + one.trouble,
              std::to_string(one.seen.attempts_size()), std::to_string(queries), one.seen.id()});
  }
  return ends.text();
}

nlohmann::ordered_json json_of(const drill_result& result) {
  nlohmann::ordered_json out;
  out["orders"] = result.orders.size();
  out["faults"] = result.faults;
  out["differences"] = result.differences;
  out["interesting"] = result.interesting;
  out["notifications_verified"] = result.notifications;
  out["notifications_refused"] = result.refused_notifications;
  return out;
}

void write_report(const std::string& path, const drill_result& result) {
  std::ofstream out(path);
  out << json_of(result).dump(2) << '\n';
  if (!out.flush())
    throw cli::command_failure(cli::exit_status::refused, path + " can't be written");
}

std::string text_of(const drill_result& result) {
  std::string text = "\n" + ends_of(result.orders) + "\n";
  for (const auto& fault : result.faults) text += "  not as it should be: " + fault + "\n";
  for (const auto& one : result.differences) text += "  difference: " + one + "\n";
  return text + "  " + std::to_string(result.orders.size()) + " orders, " +
         std::to_string(result.notifications) + " notifications received and verified, " +
         std::to_string(result.refused_notifications) + " refused; " +
         std::to_string(result.differences.size()) +
         " differences between our orders and the bank's ledger\n";
}

cli::exit_status run(const cli::common_options& common, const orders_options& with) {
  orders::order_drill drill({.endpoint = cli::endpoint_of(common),
                             .bank_address = with.bank,
                             .serial = with.serial,
                             .workers = with.workers});
  live_board board(common.json);
  const auto result = drill.run([&board](const auto& all) { board.show(all); });
  if (!with.report.empty()) write_report(with.report, result);
  cli::print(common.json ? json_of(result).dump(2) + "\n" : text_of(result));
  const bool good = result.faults.empty() && result.differences.empty();
  return good ? cli::exit_status::done : cli::exit_status::refused;
}

std::string fresh_serial() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace

void add_orders(CLI::App& app, cli::command_line& line) {
  auto with = std::make_shared<orders_options>();
  with->serial = fresh_serial();
  auto* command = app.add_subcommand(
      "orders", "One order of each kind through each lie of the bank simulator, judged");
  command->add_option("--bank", with->bank, "The bank simulator's HTTP address")
      ->capture_default_str();
  command->add_option("--report", with->report, "Write what --json prints to this file, too");
  cli::bounded(command->add_option("--workers", with->workers, "Orders under way at once"), 1, 512)
      ->capture_default_str();
  command->callback(
      [&line, with] { line.run = [&line, with] { return run(line.common, *with); }; });
}

}  // namespace suanpan::bench
