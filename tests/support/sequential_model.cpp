#include "tests/support/sequential_model.hpp"

#include <algorithm>

namespace suanpan::samples {
namespace {

constexpr int128 largest_total = (((static_cast<int128>(1) << 126) - 1) << 1) + 1;

}  // namespace

void sequential_model::open(const account_row& row) {
  accounts_[row.number] = {row.key.ccy, row.side, row.flags, row.totals};
}

void sequential_model::judge_alone(const transfer& item, std::size_t at,
                                   std::vector<fault>& faults) const {
  using enum item_result;
  const auto debited = accounts_.find(item.debit);
  const auto credited = accounts_.find(item.credit);
  const auto blame = [&](bool wrong, item_result reason) {
    if (wrong) faults.push_back({reason, at});
  };
  blame(debited == accounts_.end(), debit_account_not_found);
  blame(credited == accounts_.end(), credit_account_not_found);
  if (debited != accounts_.end()) {
    const auto& from = debited->second;
    blame(from.ccy != item.ccy, debit_account_currency_differs);
    blame(has(from.flags, account_flags::closed), debit_account_closed);
    blame(has(from.flags, account_flags::frozen_debit), debit_account_frozen);
  }
  if (credited != accounts_.end()) {
    const auto& to = credited->second;
    blame(to.ccy != item.ccy, credit_account_currency_differs);
    blame(has(to.flags, account_flags::closed), credit_account_closed);
    blame(has(to.flags, account_flags::frozen_credit), credit_account_frozen);
  }
}

// On what all items together do to an account: a debit lowers what stands on the credit side, and
// the other way round. Precondition: all accounts are there.
void sequential_model::judge_limits(std::span<const transfer> items,
                                    std::vector<fault>& faults) const {
  using enum item_result;
  for (const auto& [number, account] : accounts_) {
    int128 debits = 0;
    int128 credits = 0;
    std::optional<std::size_t> first_debit;
    std::optional<std::size_t> first_credit;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const int128 amount = items[i].amount.value;
      if (items[i].debit == number) debits += amount, first_debit = first_debit.value_or(i);
      if (items[i].credit == number) credits += amount, first_credit = first_credit.value_or(i);
    }
    const auto& now = account.totals;
    if (first_debit && largest_total - now.debits_posted < debits)
      faults.push_back({debit_total_overflow, *first_debit});
    if (first_credit && largest_total - now.credits_posted < credits)
      faults.push_back({credit_total_overflow, *first_credit});
    if (!has(account.flags, account_flags::no_overdraft)) continue;
    const int128 on_credit_side = now.credits_posted - now.debits_posted;
    if (account.side == normal_side::credit && debits > credits &&
        on_credit_side < debits - credits)
      faults.push_back({debit_insufficient_funds, *first_debit});
    if (account.side == normal_side::debit && credits > debits &&
        -on_credit_side < credits - debits)
      faults.push_back({credit_insufficient_funds, *first_credit});
  }
}

std::vector<item_result> sequential_model::run_voucher(std::span<const transfer> items) {
  std::vector<fault> faults;
  for (std::size_t i = 0; i < items.size(); ++i) judge_alone(items[i], i, faults);
  if (faults.empty()) judge_limits(items, faults);
  if (!faults.empty()) {
    const auto first = *std::min_element(faults.begin(), faults.end());
    std::vector<item_result> refused(items.size(), item_result::linked_failed);
    refused[first.item] = first.reason;
    return refused;
  }
  for (const auto& item : items) {
    accounts_.at(item.debit).totals.debits_posted += item.amount.value;
    accounts_.at(item.credit).totals.credits_posted += item.amount.value;
  }
  return std::vector<item_result>(items.size(), item_result::posted);
}

std::optional<account_number> sequential_model::overdrawn() const {
  for (const auto& [number, account] : accounts_) {
    const auto& t = account.totals;
    const int128 balance = account.side == normal_side::debit ? t.debits_posted - t.credits_posted
                                                              : t.credits_posted - t.debits_posted;
    if (has(account.flags, account_flags::no_overdraft) && balance < 0) return number;
  }
  return std::nullopt;
}

std::map<currency, int128> sequential_model::imbalance() const {
  std::map<currency, int128> sums;
  for (const auto& [number, account] : accounts_)
    sums[account.ccy] += account.totals.debits_posted - account.totals.credits_posted;
  return sums;
}

}  // namespace suanpan::samples
