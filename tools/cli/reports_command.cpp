// `suanpan trial-balance` and `subjects`.
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

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
}

}  // namespace suanpan::cli
