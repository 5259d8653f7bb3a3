// `suanpan day show`, `day close` and `gl`.
#include "protocol/model/accounting_day.hpp"
#include "protocol/wire/errors.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/day_reports.hpp"
#include "tools/cli/table.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

/// A date as the API has it; misuse if it is none.
const std::string& checked_date(const std::string& text, const std::string& option) {
  if (!text.empty() && !parse_accounting_date(text))
    throw command_failure(exit_status::usage, option + " must be YYYY-MM-DD: " + text);
  return text;
}

struct day_range_options {
  std::string date;
  std::string from;
  std::string to;
};

/// One date stands for both ends.
template <class Request>
void put_range(const day_range_options& options, Request& request) {
  const bool whole = !options.date.empty();
  if (whole && !(options.from.empty() && options.to.empty()))
    throw command_failure(exit_status::usage, "give a date, or --from and --to, not both");
  request.set_from_date(
      checked_date(whole ? options.date : options.from, whole ? "date" : "--from"));
  request.set_to_date(checked_date(whole ? options.date : options.to, whole ? "date" : "--to"));
  if (!request.to_date().empty() && request.from_date() > request.to_date())
    throw command_failure(exit_status::usage, "--from lies after --to");
}

exit_status show_day(const common_options& common, const std::string& date) {
  const ledger_client client(common);
  v1::GetAccountingDayRequest request;
  request.set_date(checked_date(date, "date"));
  v1::AccountingDay day;
  require_ok(client.ledger().GetAccountingDay(client.unary_context().get(), request, &day),
             "reading accounting day " + date + " at " + client.endpoint());
  print(common.json ? json_of(day) + '\n' : day_text(day));
  return exit_status::done;
}

exit_status show_days(const common_options& common, const day_range_options& options) {
  if (!options.date.empty() && options.from.empty() && options.to.empty())
    return show_day(common, options.date);
  v1::ListAccountingDaysRequest request;
  put_range(options, request);
  const ledger_client client(common);
  v1::ListAccountingDaysResponse days;
  require_ok(client.ledger().ListAccountingDays(client.unary_context().get(), request, &days),
             "reading the accounting days at " + client.endpoint());
  print(common.json ? json_of(days) + '\n' : days_text(days));
  return exit_status::done;
}

v1::AccountingDay close_one(const ledger_client& client, const std::string& date) {
  v1::CloseAccountingDayRequest request;
  request.set_date(date);
  v1::AccountingDay day;
  require_ok(client.ledger().CloseAccountingDay(client.unary_context().get(), request, &day),
             "closing " + date + " at " + client.endpoint());
  return day;
}

/// Every day that is over, oldest first. A day that is not stops it: later ones are not over
/// either.
exit_status close_all(const common_options& common) {
  const ledger_client client(common);
  v1::ListAccountingDaysResponse closed;
  for (;;) {
    v1::ListAccountingDaysResponse state;
    require_ok(client.ledger().ListAccountingDays(client.unary_context().get(), {}, &state),
               "reading the accounting days at " + client.endpoint());
    closed.set_today(state.today());
    closed.set_first_open_date(state.first_open_date());
    closed.set_shift_minutes(state.shift_minutes());
    v1::GetAccountingDayRequest request;
    request.set_date(state.first_open_date());
    v1::AccountingDay next;
    const auto found =
        client.ledger().GetAccountingDay(client.unary_context().get(), request, &next);
    // Every day up to today is closed: the next one has not begun.
    if (found.error_code() == grpc::StatusCode::NOT_FOUND) break;
    require_ok(found, "reading accounting day " + request.date() + " at " + client.endpoint());
    if (next.state() != v1::ACCOUNTING_DAY_STATE_SETTLED) break;
    *closed.add_days() = close_one(client, next.date());
  }
  if (common.json)
    print(json_of(closed) + '\n');
  else if (closed.days().empty())
    print("  no day is over that is not closed: " + closed.first_open_date() + " is still open\n");
  else
    print(days_text(closed));
  return exit_status::done;
}

exit_status close_day(const common_options& common, const std::string& date) {
  checked_date(date, "date");
  const ledger_client client(common);
  const auto day = close_one(client, date);
  print(common.json ? json_of(day) + '\n' : day_text(day));
  return exit_status::done;
}

exit_status show_general_ledger(const common_options& common, const day_range_options& options) {
  v1::GetGeneralLedgerRequest request;
  put_range(options, request);
  const ledger_client client(common);
  v1::GeneralLedger ledger;
  require_ok(client.ledger().GetGeneralLedger(client.unary_context().get(), request, &ledger),
             "reading the general ledger at " + client.endpoint());
  print(common.json ? json_of(ledger) + '\n' : general_ledger_text(ledger));
  return is_balanced(ledger) ? exit_status::done : exit_status::refused;
}

void add_show(CLI::App& day, command_line& line) {
  auto* show = day.add_subcommand("show", "One accounting day, or the latest ones.");
  const auto options = std::make_shared<day_range_options>();
  show->add_option("date", options->date, "YYYY-MM-DD [the last 31 days]");
  show->add_option("--from", options->from, "first date of a list, YYYY-MM-DD");
  show->add_option("--to", options->to, "last date of a list, YYYY-MM-DD [today]");
  show->footer(
      "open: rows may still come; over: every shard is settled beyond it, so it can be closed.\n\n"
      "Examples:\n  suanpan day show\n  suanpan day show 2026-11-22\n"
      "  suanpan day show --from 2026-10-01 --to 2026-10-31");
  show->callback([&line, options] {
    line.run = [&line, options] { return show_days(line.common, *options); };
  });
}

void add_close(CLI::App& day, command_line& line) {
  auto* close = day.add_subcommand("close", "Closes an accounting day for ever (日切).");
  const auto date = std::make_shared<std::string>();
  const auto all = std::make_shared<bool>(false);
  auto* which = close->add_option("date", *date, "YYYY-MM-DD");
  auto* every = close->add_flag("--all", *all, "every day that is over, oldest first");
  close->footer(
      "Days close in order. A day that is closed already answers as it was closed. Status 1 if it "
      "is\nnot over yet: an idle node settles within 10 s after the day's end.\n\n"
      "Examples:\n  suanpan day close 2026-11-22\n  suanpan day close --all");
  close->callback([&line, date, all, which, every] {  // the flag's own memory is `all`
    if (which->count() + every->count() != 1)
      throw CLI::ValidationError("day close", "give a date, or --all");
    const bool whole = *all;
    line.run = [&line, date, whole] {
      return whole ? close_all(line.common) : close_day(line.common, *date);
    };
  });
}

}  // namespace

void add_days(CLI::App& app, command_line& line) {
  auto* day = app.add_subcommand("day", "Shows and closes accounting days.");
  day->require_subcommand(1);
  add_show(*day, line);
  add_close(*day, line);

  auto* ledger = app.add_subcommand(
      "gl", "General ledger: opening, debits, credits and closing per subject, profit and loss.");
  const auto options = std::make_shared<day_range_options>();
  ledger->add_option("date", options->date, "YYYY-MM-DD [today]");
  ledger->add_option("--from", options->from, "first date, YYYY-MM-DD [the last date]");
  ledger->add_option("--to", options->to, "last date, YYYY-MM-DD [today]");
  ledger->footer(
      "Accounting dates, not UTC days. Status 1 if it does not balance.\n\n"
      "Examples:\n  suanpan gl\n  suanpan gl 2026-11-22\n"
      "  suanpan gl --from 2026-11-01 --to 2026-11-30 --json");
  ledger->callback([&line, options] {
    line.run = [&line, options] { return show_general_ledger(line.common, *options); };
  });
}

}  // namespace suanpan::cli
