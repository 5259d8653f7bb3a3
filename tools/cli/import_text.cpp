// What an import prints. See import.hpp.
#include "tools/cli/import.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace suanpan::cli {
namespace {

constexpr std::size_t rejected_shown = 20;
constexpr std::size_t detail_width = 40;

std::string result_text(const import_report& report) {
  const auto rejected = static_cast<std::int64_t>(report.rejected.size());
  table counts({{"of " + count_text(report.lines) + " lines"}, {"", align::right}});
  counts.add({"booked now", count_text(report.posted)});
  counts.add({"already there", count_text(report.exists)});
  counts.add({"rejected by line", count_text(rejected - report.rejected_by_ledger)});
  counts.add({"rejected by the ledger", count_text(report.rejected_by_ledger)});
  return counts.text();
}

std::string rejected_text(const import_report& report) {
  if (report.rejected.empty()) return {};
  table lines({{"line", align::right}, {"reason"}, {"by"}, {"what"}});
  for (std::size_t i = 0; i < std::min(rejected_shown, report.rejected.size()); ++i) {
    const auto& line = report.rejected[i];
    lines.add({count_text(static_cast<std::int64_t>(line.line)), line.reason,
               line.by_ledger ? "ledger" : "line", printable(line.detail, detail_width)});
  }
  table reasons({{"lines", align::right}, {"reason"}});
  for (const auto& [reason, lines_of_it] : report.reasons)
    reasons.add({count_text(lines_of_it), reason});
  std::string heading = "\nRejected lines";
  if (report.rejected.size() > rejected_shown)
    heading += ", the first " + std::to_string(rejected_shown) + " of " +
               count_text(static_cast<std::int64_t>(report.rejected.size())) +
               " (all with --rejected-file)";
  return heading + '\n' + lines.text() + "\nRejected lines by reason\n" + reasons.text();
}

std::string hottest_text(const import_report& report) {
  table accounts({{"account", align::right},
                  {"owner"},
                  {"subject"},
                  {"legs", align::right},
                  {"balance", align::right}});
  for (const auto& hot : report.hottest)
    accounts.add({std::to_string(hot.number), hot.account.owner, hot.account.subject,
                  count_text(hot.legs), money_text(hot.balance, letters(hot.account.ccy))});
  return "\nHottest accounts\n" + accounts.text();
}

std::int64_t rate_of(const import_report& report) {
  const std::int64_t answered = report.posted + report.exists + report.rejected_by_ledger;
  return answered * 1'000'000 / std::max<std::int64_t>(report.posting_micros, 1);
}

/// What a second import of the same file must say.
std::string repeat_text(const import_report& report) {
  if (report.exists == 0) return {};
  if (report.posted == 0)
    return "Every good line was booked by an earlier import: nothing was booked twice.\n";
  return count_text(report.exists) + " lines were booked earlier: they were not booked twice.\n";
}

}  // namespace

std::string import_text(const import_report& report) {
  const auto answered = report.posted + report.exists + report.rejected_by_ledger;
  std::string text = result_text(report) + rejected_text(report);
  text.append("\nTrial balance\n").append(trial_balance_text(report.trial_balance));
  text.append(hottest_text(report)).append("\n");
  text.append(count_text(report.accounts)).append(" accounts, ");
  text.append(count_text(report.accounts_opened)).append(" of them opened now.\n");
  text.append(count_text(answered)).append(" transfers answered in ");
  text.append(count_text(report.posting_micros / 1'000)).append(" ms: ");
  text.append(count_text(rate_of(report))).append("/s");
  if (report.streams > 1) text += ", over " + std::to_string(report.streams) + " streams";
  return text + ".\n" + repeat_text(report);
}

std::string import_json(const import_report& report) {
  using nlohmann::json;
  const auto rejected = static_cast<std::int64_t>(report.rejected.size());
  json document = {{"lines", report.lines},
                   {"posted", report.posted},
                   {"exists", report.exists},
                   {"rejected", rejected},
                   {"rejected_by_line", rejected - report.rejected_by_ledger},
                   {"rejected_by_ledger", report.rejected_by_ledger},
                   {"reasons", report.reasons},
                   {"accounts", report.accounts},
                   {"accounts_opened", report.accounts_opened},
                   {"posting_ms", report.posting_micros / 1'000},
                   {"transfers_per_second", rate_of(report)},
                   {"streams", report.streams},
                   {"balanced", is_balanced(report.trial_balance)}};
  json lines = json::array();
  for (const auto& line : report.rejected)
    lines.push_back({{"line", line.line},
                     {"reason", line.reason},
                     {"by", line.by_ledger ? "ledger" : "line"},
                     {"detail", printable(line.detail, detail_width)}});
  document["rejected_lines"] = std::move(lines);
  json hottest = json::array();
  for (const auto& hot : report.hottest)
    hottest.push_back({{"number", std::to_string(hot.number)},
                       {"owner", hot.account.owner},
                       {"subject", hot.account.subject},
                       {"currency", letters(hot.account.ccy)},
                       {"exponent", exponent(hot.account.ccy)},
                       {"legs", hot.legs},
                       {"balance", hot.balance}});
  document["hottest"] = std::move(hottest);
  document["trial_balance"] = json::parse(json_of(report.trial_balance));
  return document.dump();
}

std::string rejected_csv(const std::vector<rejected_line>& rejected) {
  std::string text = "line,reason,by,detail\n";
  for (const auto& line : rejected)
    text += std::to_string(line.line) + ',' + line.reason + ',' +
            (line.by_ledger ? "ledger" : "line") + ',' + csv_quoted(printable(line.detail, 512)) +
            '\n';
  return text;
}

}  // namespace suanpan::cli
