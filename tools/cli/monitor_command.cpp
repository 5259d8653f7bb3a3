// `suanpan account monitor add`, `remove`, `list` and `events`.
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct adding {
  std::int64_t account = 0;
  std::string below;
  std::string above;
  std::string note;
};

struct listing {
  std::int64_t account = 0;
  std::uint32_t limit = 100;
};

std::string condition_text(const v1::BalanceMonitor& monitor) {
  return (monitor.bound() == v1::MONITOR_BOUND_BELOW ? "below " : "above ") +
         money_text(std::to_string(monitor.amount()), monitor.currency());
}

exit_status tell(const common_options& common, const v1::BalanceMonitor& monitor) {
  print(common.json ? json_of(monitor) + '\n'
                    : "monitor " + std::to_string(monitor.id()) + "  account " +
                          std::to_string(monitor.account()) + ' ' + condition_text(monitor) +
                          (monitor.removed() ? "  removed"
                           : monitor.met()   ? "  met"
                                             : "  not met") +
                          '\n');
  return exit_status::done;
}

exit_status add(const common_options& common, const adding& options) {
  if (options.below.empty() == options.above.empty())
    throw command_failure(exit_status::usage, "name --below or --above");
  const ledger_client client(common);
  v1::GetAccountRequest which;
  which.set_number(options.account);
  v1::Account account;
  require_ok(client.ledger().GetAccount(client.unary_context().get(), which, &account),
             "reading account " + std::to_string(options.account) + " at " + client.endpoint());
  const bool below = !options.below.empty();
  v1::AddBalanceMonitorRequest request;
  request.set_account(options.account);
  request.set_bound(below ? v1::MONITOR_BOUND_BELOW : v1::MONITOR_BOUND_ABOVE);
  request.set_amount(amount_from(below ? options.below : options.above, account.currency(),
                                 below ? "--below" : "--above"));
  request.set_note(options.note);
  v1::BalanceMonitor answer;
  require_ok(client.ledger().AddBalanceMonitor(client.unary_context().get(), request, &answer),
             "adding a monitor to account " + std::to_string(options.account) + " at " +
                 client.endpoint());
  return tell(common, answer);
}

exit_status remove(const common_options& common, std::int64_t id) {
  const ledger_client client(common);
  v1::RemoveBalanceMonitorRequest request;
  request.set_id(id);
  v1::BalanceMonitor answer;
  require_ok(client.ledger().RemoveBalanceMonitor(client.unary_context().get(), request, &answer),
             "removing monitor " + std::to_string(id) + " at " + client.endpoint());
  return tell(common, answer);
}

exit_status list(const common_options& common, const listing& options) {
  const ledger_client client(common);
  v1::ListBalanceMonitorsRequest request;
  request.set_account(options.account);
  request.set_page_size(options.limit);
  v1::ListBalanceMonitorsResponse answer;
  require_ok(client.ledger().ListBalanceMonitors(client.unary_context().get(), request, &answer),
             "listing monitors at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  table lines({{"monitor", align::right},
               {"account", align::right},
               {"condition", align::right},
               {"state"},
               {"events", align::right},
               {"note"}});
  for (const auto& one : answer.monitors())
    lines.add({std::to_string(one.id()), std::to_string(one.account()), condition_text(one),
               one.met() ? "met" : "not met", std::to_string(one.events()),
               printable(one.note(), 60)});
  print(lines.text());
  return exit_status::done;
}

exit_status show_events(const common_options& common, std::int64_t id, std::uint32_t limit) {
  const ledger_client client(common);
  v1::ListMonitorEventsRequest request;
  request.set_monitor_id(id);
  request.set_page_size(limit);
  v1::ListMonitorEventsResponse answer;
  require_ok(client.ledger().ListMonitorEvents(client.unary_context().get(), request, &answer),
             "reading monitor " + std::to_string(id) + " at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  print("  account " + std::to_string(answer.monitor().account()) + ' ' +
        condition_text(answer.monitor()) + "\n\n");
  table lines({{"event", align::right}, {"condition"}, {"balance", align::right}, {"as of"}});
  for (const auto& event : answer.events())
    lines.add({std::to_string(event.number()), event.met() ? "met" : "no longer met",
               money_text(event.balance(), answer.monitor().currency()),
               time_text(event.ticket())});
  print(lines.text());
  return exit_status::done;
}

void add_adding(CLI::App& monitor, command_line& line) {
  auto* command = monitor.add_subcommand("add", "Watches an account's balance.");
  const auto options = std::make_shared<adding>();
  command->add_option("account", options->account, "the account's number")->required();
  command->add_option("--below", options->below, "met while it is below this, in major units");
  command->add_option("--above", options->above, "met while it is above this, in major units");
  command->add_option("--note", options->note, "for people, at most 256 bytes");
  command->footer(
      "Judged at once, then about every 10 s while the account moves.\n\n"
      "Examples:\n  suanpan account monitor add 2049 --below 1000.00 --note 'top up'");
  command->callback(
      [&line, options] { line.run = [&line, options] { return add(line.common, *options); }; });
}

}  // namespace

void add_monitors(CLI::App& account, command_line& line) {
  auto* monitor = account.add_subcommand("monitor", "Conditions on balances, and their events.");
  monitor->require_subcommand(1);
  add_adding(*monitor, line);

  auto* removal = monitor->add_subcommand("remove", "Ends a monitor; its events stay.");
  const auto removed = std::make_shared<std::int64_t>(0);
  removal->add_option("id", *removed, "the monitor's number")->required();
  removal->footer("Examples:\n  suanpan account monitor remove 3");
  removal->callback(
      [&line, removed] { line.run = [&line, removed] { return remove(line.common, *removed); }; });

  auto* listed = monitor->add_subcommand("list", "Monitors, and whether each is met.");
  const auto options = std::make_shared<listing>();
  bounded(listed->add_option("--account", options->account, "only this account's"), 1, INT64_MAX);
  bounded(listed->add_option("--limit", options->limit, "at most so many"), 1, 1'000);
  listed->footer("Examples:\n  suanpan account monitor list --account 2049");
  listed->callback(
      [&line, options] { line.run = [&line, options] { return list(line.common, *options); }; });

  auto* events = monitor->add_subcommand("events", "When a monitor's condition began and ceased.");
  const auto which = std::make_shared<listing>();
  events->add_option("id", which->account, "the monitor's number")->required();
  bounded(events->add_option("--limit", which->limit, "at most so many"), 1, 1'000);
  events->footer("Examples:\n  suanpan account monitor events 3");
  events->callback([&line, which] {
    line.run = [&line, which] { return show_events(line.common, which->account, which->limit); };
  });
}

}  // namespace suanpan::cli
