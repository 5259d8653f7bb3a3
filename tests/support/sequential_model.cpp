#include "tests/support/sequential_model.hpp"

namespace suanpan::samples {
namespace {

constexpr int128 largest_total = (((static_cast<int128>(1) << 126) - 1) << 1) + 1;

}  // namespace

void sequential_model::open(const account_row& row) {
  accounts_[row.number] = {row.key.ccy, row.side, row.flags, row.totals};
}

item_result sequential_model::judge(const transfer& item) const {
  using enum item_result;
  const auto debited = accounts_.find(item.debit);
  const auto credited = accounts_.find(item.credit);
  if (debited == accounts_.end()) return debit_account_not_found;
  if (credited == accounts_.end()) return credit_account_not_found;
  const auto& from = debited->second;
  const auto& to = credited->second;
  if (from.ccy != item.ccy) return debit_account_currency_differs;
  if (to.ccy != item.ccy) return credit_account_currency_differs;
  if (has(from.flags, account_flags::closed)) return debit_account_closed;
  if (has(to.flags, account_flags::closed)) return credit_account_closed;
  if (has(from.flags, account_flags::frozen_debit)) return debit_account_frozen;
  if (has(to.flags, account_flags::frozen_credit)) return credit_account_frozen;
  const int128 amount = item.amount.value;
  if (largest_total - from.totals.debits_posted < amount) return debit_total_overflow;
  if (largest_total - to.totals.credits_posted < amount) return credit_total_overflow;
  // A debit lowers what stands on the credit side, and the other way round.
  const int128 on_credit_side = from.totals.credits_posted - from.totals.debits_posted;
  if (has(from.flags, account_flags::no_overdraft) && from.side == normal_side::credit &&
      on_credit_side < amount)
    return debit_insufficient_funds;
  const int128 on_debit_side = to.totals.debits_posted - to.totals.credits_posted;
  if (has(to.flags, account_flags::no_overdraft) && to.side == normal_side::debit &&
      on_debit_side < amount)
    return credit_insufficient_funds;
  return posted;
}

item_result sequential_model::run(const transfer& item) {
  const auto said = judge(item);
  if (said != item_result::posted) return said;
  accounts_.at(item.debit).totals.debits_posted += item.amount.value;
  accounts_.at(item.credit).totals.credits_posted += item.amount.value;
  return said;
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
