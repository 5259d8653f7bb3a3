#include "tools/cli/t_accounts.hpp"

#include "tools/cli/table.hpp"

#include <algorithm>

namespace suanpan::cli {
namespace {

constexpr std::size_t amount_width_least = 12;

struct t_layout {
  std::size_t mark = 0;
  std::size_t amount = amount_width_least;
};

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return right ? blanks + text : text + blanks;
}

std::string half(const std::string& mark, const std::string& amount, const t_layout& widths) {
  return padded(mark, widths.mark, false) + "  " + padded(amount, widths.amount, true);
}

std::string line_of(std::string left, const std::string& right) {
  left = "  " + left + " | " + right;
  left.erase(left.find_last_not_of(' ') + 1);
  return left + '\n';
}

std::string account_text(const std::vector<t_entry>& entries, const std::string& account,
                         const t_layout& widths, currency ccy) {
  const std::string blank(widths.mark + 2 + widths.amount, ' ');
  const std::string rule(widths.mark + 2 + widths.amount, '-');
  std::string text = "  " + account + '\n' +
                     line_of(half("", "debit", widths), half("", "credit", widths)) + "  " + rule +
                     "-+-" + rule + '\n';
  int128 balance = 0;  // debits less credits
  for (const auto& entry : entries) {
    if (entry.account != account) continue;
    const auto told = half(entry.mark, format_amount(entry.amount.value, ccy), widths);
    text += entry.debit ? line_of(told, "") : line_of(blank, told);
    balance += entry.debit ? entry.amount.value : -int128{entry.amount.value};
  }
  text += "  " + rule + "-+-" + rule + '\n';
  const auto sum = half("balance", format_amount(balance < 0 ? -balance : balance, ccy), widths);
  return text + (balance < 0 ? line_of(blank, sum) : line_of(sum, ""));
}

}  // namespace

std::string t_accounts_text(const std::vector<t_entry>& entries, currency ccy) {
  t_layout widths{.mark = display_width("balance")};
  std::vector<std::string> accounts;
  for (const auto& entry : entries) {
    widths.mark = std::max(widths.mark, display_width(entry.mark));
    widths.amount = std::max(widths.amount, display_width(format_amount(entry.amount.value, ccy)));
    if (std::ranges::find(accounts, entry.account) == accounts.end())
      accounts.push_back(entry.account);
  }
  std::string text;
  for (const auto& account : accounts)
    text += (text.empty() ? "" : "\n") + account_text(entries, account, widths, ccy);
  return text;
}

}  // namespace suanpan::cli
