// See day_reports.hpp.
#include "tools/cli/day_reports.hpp"

#include "protocol/model/clock.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <map>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

constexpr int shards_shown = 10;

std::string state_text(v1::AccountingDayState state) {
  switch (state) {
    case v1::ACCOUNTING_DAY_STATE_OPEN:
      return "open";
    case v1::ACCOUNTING_DAY_STATE_SETTLED:
      return "over";
    case v1::ACCOUNTING_DAY_STATE_CLOSED:
      return "closed";
    default:
      return "unknown";
  }
}

/// "2026-11-23 16:00:00 UTC": days begin at whole minutes.
std::string second_text(std::int64_t unix_micros) {
  auto text = time_text(unix_micros);
  if (const auto dot = text.find('.'); dot != std::string::npos) text.erase(dot, 7);
  return text;
}

struct ledger_sides {
  int128 debits = 0;
  int128 credits = 0;
};

std::map<std::string, ledger_sides> sums_per_currency(const v1::GeneralLedger& ledger) {
  std::map<std::string, ledger_sides> sums;
  for (const auto& line : ledger.lines()) {
    auto& sum = sums[line.currency()];
    sum.debits += parse_int128(line.debits()).value_or(0);
    sum.credits += parse_int128(line.credits()).value_or(0);
  }
  return sums;
}

std::string range_text(const v1::GeneralLedger& ledger) {
  if (ledger.from_date() == ledger.to_date()) return ledger.from_date();
  return ledger.from_date() + " to " + ledger.to_date();
}

std::string profit_text(const v1::GeneralLedger& ledger) {
  if (ledger.profit_and_loss().empty()) return {};
  table lines({{"profit and loss 损益"},
               {"income", align::right},
               {"expense", align::right},
               {"profit", align::right}});
  for (const auto& line : ledger.profit_and_loss())
    lines.add({line.currency(), money_text(line.income(), line.currency()),
               money_text(line.expense(), line.currency()),
               money_text(line.profit(), line.currency())});
  return '\n' + lines.text();
}

}  // namespace

std::string days_text(const v1::ListAccountingDaysResponse& days) {
  table lines({{"date"}, {"state"}, {"begins"}, {"transfers", align::right}, {"closed"}, {"by"}});
  for (const auto& day : days.days()) {
    const bool closed = day.state() == v1::ACCOUNTING_DAY_STATE_CLOSED;
    lines.add({day.date(), state_text(day.state()), second_text(day.begins_ticket()),
               closed ? count_text(day.transfers()) : "-",
               closed ? second_text(day.closed_at_micros()) : "-",
               closed ? printable(day.closed_by(), 40) : "-"});
  }
  if (days.today().empty()) return lines.text();
  return lines.text() + "  today is " + days.today() + "; the next day to close is " +
         days.first_open_date() + '\n';
}

std::string day_text(const v1::AccountingDay& day) {
  const bool closed = day.state() == v1::ACCOUNTING_DAY_STATE_CLOSED;
  table lines({{"accounting day"}, {day.date()}});
  lines.add({"state", state_text(day.state())});
  lines.add({"begins", second_text(day.begins_ticket())});
  lines.add({"ends", second_text(day.ends_ticket())});
  lines.add({"settled up to", time_text(day.settled_ticket())});
  if (closed) {
    lines.add({"transfers", count_text(day.transfers())});
    lines.add({"closed", second_text(day.closed_at_micros())});
    lines.add({"closed by", printable(day.closed_by(), 128)});
    return lines.text();
  }
  std::string text = lines.text();
  if (day.unsettled_shards() == 0)
    return text + "  every shard is settled beyond it: suanpan day close " + day.date() + '\n';
  if (day.ends_ticket() > system_wall_clock().unix_micros()) return text + "  it is not over\n";
  text += "  rows may still come from " + count_text(day.unsettled_shards()) +
          (day.unsettled_shards() == 1 ? " shard:\n" : " shards:\n");
  table shards({{"shard", align::right}, {"node"}, {"settled up to"}});
  for (int i = 0; i < day.unsettled_size() && i < shards_shown; ++i) {
    const auto& shard = day.unsettled(i);
    shards.add({std::to_string(shard.shard()),
                shard.owned() ? printable(shard.node(), 40) : "nobody owns it",
                time_text(shard.settled_ticket())});
  }
  text += shards.text();
  if (day.unsettled_shards() > shards_shown)
    text += "  and " + count_text(day.unsettled_shards() - shards_shown) + " more\n";
  return text;
}

bool is_balanced(const v1::GeneralLedger& ledger) {
  for (const auto& [currency, sum] : sums_per_currency(ledger))
    if (sum.debits != sum.credits) return false;
  return true;
}

std::string general_ledger_text(const v1::GeneralLedger& ledger) {
  table lines({{"subject"},
               {"name"},
               {"科目"},
               {"opening", align::right},
               {"debits", align::right},
               {"credits", align::right},
               {"closing", align::right}});
  for (const auto& line : ledger.lines())
    lines.add(
        {line.subject(), line.subject_name(), line.subject_name_zh(),
         money_text(line.opening(), line.currency()), money_text(line.debits(), line.currency()),
         money_text(line.credits(), line.currency()), money_text(line.closing(), line.currency())});
  if (!lines.empty()) lines.add_rule();
  for (const auto& [currency, sum] : sums_per_currency(ledger))
    lines.add({"sum", currency, "", "", money_text(to_string(sum.debits), currency),
               money_text(to_string(sum.credits), currency),
               sum.debits == sum.credits ? "balanced" : "NOT BALANCED"});
  const std::string how = ledger.final() ? "closed: these figures are final"
                                         : "not closed: these figures may still grow, as of " +
                                               time_text(ledger.as_of_ticket());
  return "  general ledger 总账 " + range_text(ledger) + ", " + how + "\n\n" +
         (ledger.lines().empty() ? "  nothing had moved by then\n" : lines.text()) +
         profit_text(ledger);
}

}  // namespace suanpan::cli
