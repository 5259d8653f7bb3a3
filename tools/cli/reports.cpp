// See reports.hpp.
#include "tools/cli/reports.hpp"

#include "protocol/model/account.hpp"
#include "tools/cli/table.hpp"

#include <array>
#include <ctime>
#include <map>
#include <utility>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct sides {
  int128 debits = 0;
  int128 credits = 0;
};

std::map<std::string, sides> sums_per_currency(const v1::TrialBalance& balance) {
  std::map<std::string, sides> sums;
  for (const auto& line : balance.lines()) {
    auto& sum = sums[line.currency()];
    sum.debits += parse_int128(line.totals().debits_posted()).value_or(0);
    sum.credits += parse_int128(line.totals().credits_posted()).value_or(0);
  }
  return sums;
}

}  // namespace

std::string money_text(std::string_view minor, std::string_view currency) {
  const auto amount = parse_int128(minor);
  const auto ccy = parse_currency(currency);
  if (amount && ccy) return money_text(*amount, *ccy);
  return std::string(currency) + ' ' + std::string(minor);
}

bool is_balanced(const v1::TrialBalance& balance) {
  for (const auto& [currency, sum] : sums_per_currency(balance))
    if (sum.debits != sum.credits) return false;
  return true;
}

std::string trial_balance_text(const v1::TrialBalance& balance) {
  table lines({{"subject"},
               {"name"},
               {"科目"},
               {"accounts", align::right},
               {"debits", align::right},
               {"credits", align::right},
               {"balance", align::right}});
  for (const auto& line : balance.lines()) {
    const auto& totals = line.totals();
    lines.add({line.subject(), line.subject_name(), line.subject_name_zh(),
               count_text(line.accounts()), money_text(totals.debits_posted(), line.currency()),
               money_text(totals.credits_posted(), line.currency()),
               money_text(totals.balance(), line.currency())});
  }
  if (!lines.empty()) lines.add_rule();
  for (const auto& [currency, sum] : sums_per_currency(balance)) {
    const bool equal = sum.debits == sum.credits;
    lines.add({"sum", currency, "", "", money_text(to_string(sum.debits), currency),
               money_text(to_string(sum.credits), currency), equal ? "balanced" : "NOT BALANCED"});
  }
  return lines.text();
}

std::string time_text(std::int64_t unix_micros) {
  if (unix_micros == 0) return "-";
  const std::time_t seconds = unix_micros / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  std::string micros = std::to_string(unix_micros % 1'000'000);
  micros.insert(0, 6 - micros.size(), '0');
  return std::string(text.data()) + '.' + micros + " UTC";
}

std::string flags_text(std::uint32_t flags) {
  constexpr std::array<std::pair<std::uint32_t, std::string_view>, 4> names = {
      {{1, "no_overdraft"}, {2, "frozen_debit"}, {4, "frozen_credit"}, {8, "closed"}}};
  std::string text;
  for (const auto& [bit, name] : names)
    if ((flags & bit) != 0) text.append(text.empty() ? "" : ", ").append(name);
  return text.empty() ? "-" : text;
}

}  // namespace suanpan::cli
