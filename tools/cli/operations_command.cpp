// `suanpan notify list`, `notify resend`, `case list` and `case show`.
#include "suanpan/v1/operations.grpc.pb.h"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/payment_explain.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/time_range.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct notify_options {
  std::string merchant;
  std::string payment;
  bool waiting = false;
  std::uint32_t sequence = 0;
  std::string from;
  std::string to;
  std::uint32_t limit = 100;
};

struct case_options {
  std::string merchant;
  std::string payment;
  std::string reason;
  std::uint32_t number = 0;
  std::uint32_t limit = 100;
};

std::unique_ptr<v1::Operations::Stub> operations_of(const ledger_client& client) {
  return v1::Operations::NewStub(client.channel());
}

std::string state_text(const v1::PaymentNotification& told) {
  if (told.acknowledged()) return "acknowledged";
  return told.given_up() ? "given up" : "waits";
}

exit_status list_notifications(const common_options& common, const notify_options& options) {
  const ledger_client client(common);
  v1::ListNotificationsRequest request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.payment);
  request.set_waiting_only(options.waiting);
  request.set_page_size(options.limit);
  v1::ListNotificationsResponse answer;
  require_ok(
      operations_of(client)->ListNotifications(client.unary_context().get(), request, &answer),
      "listing notifications at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  table lines({{"payment"},
               {"merchant"},
               {"order number"},
               {"event", align::right},
               {"type"},
               {"tries", align::right},
               {"state"},
               {"next"},
               {"last trouble"}});
  for (const auto& each : answer.notifications()) {
    const auto& told = each.notification();
    lines.add({each.payment_id(), printable(each.merchant(), 32),
               printable(each.order_number(), 32), std::to_string(told.sequence()),
               printable(told.type(), 40), std::to_string(told.attempts()), state_text(told),
               time_text(told.next_at_micros()), printable(told.trouble(), 60)});
  }
  print(lines.text());
  if (!answer.next_page_token().empty()) print("  more notifications follow: raise --limit\n");
  return exit_status::done;
}

exit_status resend(const common_options& common, const notify_options& options) {
  const ledger_client client(common);
  v1::ResendNotificationsRequest request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.payment);
  request.set_sequence(options.sequence);
  request.set_from_micros(time_from(options.from, "--from"));
  request.set_to_micros(time_from(options.to, "--to"));
  request.set_limit(options.limit);
  v1::ResendNotificationsResponse answer;
  require_ok(
      operations_of(client)->ResendNotifications(client.unary_context().get(), request, &answer),
      "sending notifications again at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  print("on their way: " + count_text(answer.taken()) + '\n');
  if (answer.more())
    print("  more follow: go on with --from " + std::to_string(answer.last_caused_at_micros()) +
          '\n');
  return exit_status::done;
}

exit_status list_cases(const common_options& common, const case_options& options) {
  const ledger_client client(common);
  v1::ListCasesRequest request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.payment);
  request.set_reason(options.reason);
  request.set_page_size(options.limit);
  v1::ListCasesResponse answer;
  require_ok(operations_of(client)->ListCases(client.unary_context().get(), request, &answer),
             "listing cases at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  table lines({{"payment"},
               {"case", align::right},
               {"opened"},
               {"reason"},
               {"merchant"},
               {"order number"},
               {"in words"}});
  for (const auto& each : answer.cases())
    lines.add({each.payment_id(), std::to_string(each.case_().number()),
               time_text(each.case_().opened_at_micros()), printable(each.case_().reason(), 40),
               printable(each.merchant(), 32), printable(each.order_number(), 32),
               printable(each.case_().summary(), 100)});
  print(lines.text());
  if (!answer.next_page_token().empty()) print("  more cases follow: raise --limit\n");
  return exit_status::done;
}

exit_status show_case(const common_options& common, const case_options& options) {
  const ledger_client client(common);
  v1::GetCaseRequest request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.payment);
  request.set_number(options.number);
  v1::GetCaseResponse answer;
  require_ok(operations_of(client)->GetCase(client.unary_context().get(), request, &answer),
             "reading the case of " + options.payment + " at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  const auto& found = answer.case_();
  table lines(
      {{"case"}, {printable(options.payment, 64) + " / " + std::to_string(found.number())}});
  lines.add({"reason", printable(found.reason(), 40)});
  lines.add({"opened", time_text(found.opened_at_micros())});
  lines.add({"evidence", found.evidence() == 0 ? "-" : std::to_string(found.evidence())});
  lines.add({"in words", printable(found.summary(), 200)});
  print(lines.text() + '\n' + explain_text(answer.life()));
  return exit_status::done;
}

void add_filters(CLI::App& command, std::string& merchant, std::string* payment) {
  command.add_option("--merchant", merchant, "only this merchant's [all that the key may see]");
  if (payment != nullptr) command.add_option("--payment", *payment, "only this order's: pay_…");
}

}  // namespace

void add_notify(CLI::App& app, command_line& line) {
  auto* notify = app.add_subcommand("notify", "Lists notifications, and sends them again.");
  notify->require_subcommand(1);
  auto* listed = notify->add_subcommand("list", "Notifications, newest order first.");
  const auto o = std::make_shared<notify_options>();
  add_filters(*listed, o->merchant, &o->payment);
  listed->add_flag("--waiting", o->waiting, "only those neither acknowledged nor given up");
  bounded(listed->add_option("--limit", o->limit, "at most so many"), 1, 1'000);
  listed->footer("Examples:\n  suanpan notify list --merchant M001 --waiting");
  listed->callback(
      [&line, o] { line.run = [&line, o] { return list_notifications(line.common, *o); }; });

  auto* again = notify->add_subcommand("resend", "Sends again: one event, an order's, or a range.");
  const auto r = std::make_shared<notify_options>();
  r->limit = 1'000;
  again->add_option("--merchant", r->merchant, "whose they are [that of the caller's key]");
  again->add_option("--payment", r->payment, "of this order alone: pay_…");
  bounded(again->add_option("--sequence", r->sequence,
                            "with --payment: this event alone; 0: all of them"),
          0, INT32_MAX);
  again->add_option("--from", r->from, "without --payment: caused then or later, UTC");
  again->add_option("--to", r->to, "without --payment: caused before, UTC [now]");
  bounded(again->add_option("--limit", r->limit, "at most so many, oldest first"), 1, 10'000);
  again->footer(
      "The receiver sees the same webhook-id as before.\n\nExamples:\n"
      "  suanpan notify resend --merchant M001 --from '2026-11-23 10:00' --to '2026-11-23 11:00'");
  again->callback([&line, r] { line.run = [&line, r] { return resend(line.common, *r); }; });
}

void add_cases(CLI::App& app, command_line& line) {
  auto* command = app.add_subcommand("case", "What the system can't finish, for people.");
  command->require_subcommand(1);
  auto* listed = command->add_subcommand("list", "Cases, newest first.");
  const auto o = std::make_shared<case_options>();
  add_filters(*listed, o->merchant, &o->payment);
  listed->add_option("--reason", o->reason, "only of this reason: unknown_too_long");
  bounded(listed->add_option("--limit", o->limit, "at most so many"), 1, 1'000);
  listed->footer("Examples:\n  suanpan case list --reason success_after_end");
  listed->callback([&line, o] { line.run = [&line, o] { return list_cases(line.common, *o); }; });

  auto* shown = command->add_subcommand("show", "One case, with its evidence and order.");
  const auto s = std::make_shared<case_options>();
  shown->add_option("payment", s->payment, "pay_…: the order's id")->required();
  shown->add_option("number", s->number, "which of its cases [the last]");
  shown->add_option("--merchant", s->merchant, "whose it is [that of the caller's key]");
  shown->footer("Examples:\n  suanpan case show pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y");
  shown->callback([&line, s] { line.run = [&line, s] { return show_case(line.common, *s); }; });
}

}  // namespace suanpan::cli
