// `suanpan trial-balance`, `subjects` and `status`.
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/probe.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/run_files.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

constexpr int http_ok = 200;

exit_status show_trial_balance(const common_options& common) {
  const ledger_client client(common);
  v1::TrialBalance balance;
  require_ok(client.ledger().GetTrialBalance(client.unary_context().get(), {}, &balance),
             "reading the trial balance at " + client.endpoint());
  if (common.json) {
    print(json_of(balance) + '\n');
  } else {
    print(trial_balance_text(balance) + "  as of " + time_text(balance.as_of_ticket()) + '\n');
  }
  return is_balanced(balance) ? exit_status::done : exit_status::refused;
}

std::string_view class_text(v1::SubjectClass subject_class) {
  switch (subject_class) {
    case v1::SUBJECT_CLASS_ASSET:
      return "asset";
    case v1::SUBJECT_CLASS_LIABILITY:
      return "liability";
    case v1::SUBJECT_CLASS_EQUITY:
      return "equity";
    case v1::SUBJECT_CLASS_INCOME:
      return "income";
    case v1::SUBJECT_CLASS_EXPENSE:
      return "expense";
    default:
      return "unknown";
  }
}

exit_status show_subjects(const common_options& common) {
  const ledger_client client(common);
  v1::ListSubjectsResponse response;
  require_ok(client.ledger().ListSubjects(client.unary_context().get(), {}, &response),
             "reading the chart of accounts at " + client.endpoint());
  if (common.json) {
    print(json_of(response) + '\n');
    return exit_status::done;
  }
  table subjects({{"subject"}, {"name"}, {"科目"}, {"class"}, {"normal side"}});
  for (const auto& subject : response.subjects())
    subjects.add({subject.code(), subject.name(), subject.name_zh(),
                  std::string(class_text(subject.subject_class())),
                  subject.normal_side() == v1::NORMAL_SIDE_DEBIT ? "debit" : "credit"});
  print(subjects.text());
  return exit_status::done;
}

std::string http_address(const std::string& given) {
  if (!given.empty()) return given;
  const auto node = find_run_file("node-1");
  return node && !node->http.empty() ? node->http : "127.0.0.1:7401";
}

exit_status show_status(const common_options& common, const std::string& http) {
  const ledger_client client(common);
  const auto health = check_health(client.channel(), "", common.deadline_seconds);
  const std::string address = http_address(http);
  auto ready = http_get(address, "/readyz", common.deadline_seconds);
  while (!ready.body.empty() && ready.body.back() == '\n') ready.body.pop_back();
  const std::string health_text =
      health.status.ok() ? std::string(name_of(health.health)) : text_of(health.status);
  if (common.json) {
    print(nlohmann::json{{"endpoint", client.endpoint()},
                         {"health", health_text},
                         {"http", address},
                         {"ready", ready.code == http_ok},
                         {"readyz_code", ready.code},
                         {"readyz", printable(ready.body, 1'000)}}
              .dump() +
          '\n');
  } else {
    table lines({{"what"}, {"where"}, {"answer"}});
    lines.add({"health", client.endpoint(), health_text});
    lines.add({"/readyz", address, std::to_string(ready.code) + ' ' + printable(ready.body, 60)});
    print(lines.text());
  }
  const bool well =
      health.status.ok() && health.health == serving_status::serving && ready.code == http_ok;
  return well ? exit_status::done : exit_status::unavailable;
}

}  // namespace

void add_reports(CLI::App& app, command_line& line) {
  auto* balance =
      app.add_subcommand("trial-balance", "Sums per subject and currency; debits equal credits.");
  balance->footer(
      "Status 1 if they don't.\n\nExamples:\n  suanpan trial-balance\n"
      "  suanpan trial-balance --json");
  balance->callback([&line] { line.run = [&line] { return show_trial_balance(line.common); }; });

  auto* subjects = app.add_subcommand("subjects", "The chart of accounts that the node runs with.");
  subjects->footer("Examples:\n  suanpan subjects");
  subjects->callback([&line] { line.run = [&line] { return show_subjects(line.common); }; });

  auto* status = app.add_subcommand("status", "Whether a node serves: gRPC health and /readyz.");
  const auto http = std::make_shared<std::string>();
  status->add_option("--http", *http,
                     "host:port of /readyz [var/run/node-1.json, else 127.0.0.1:7401]");
  status->footer(
      "Status 4 if it does not serve.\n\nExamples:\n  suanpan status\n"
      "  suanpan status --endpoint 10.0.0.7:7400 --http 10.0.0.7:7401 --ca ca.pem");
  status->callback(
      [&line, http] { line.run = [&line, http] { return show_status(line.common, *http); }; });
}

}  // namespace suanpan::cli
