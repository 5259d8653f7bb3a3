#include "tests/support/sequential_model.hpp"

#include <algorithm>

namespace suanpan::samples {
namespace {

constexpr int128 largest_total = (((static_cast<int128>(1) << 126) - 1) << 1) + 1;

}  // namespace

void sequential_model::open(const account_row& row) {
  accounts_[row.number] = {row.key.ccy, row.side, row.flags, row.limits, row.totals};
}

void sequential_model::judge_alone(const transfer& item, std::size_t at, ticket now,
                                   std::vector<fault>& faults) const {
  using enum item_result;
  const auto debited = accounts_.find(item.debit);
  const auto credited = accounts_.find(item.credit);
  const auto blame = [&](bool wrong, item_result reason) {
    if (wrong) faults.push_back({reason, at});
  };
  const bool honoured =
      item.kind == transfer_kind::capture || item.kind == transfer_kind::void_hold;
  blame(item.kind == transfer_kind::hold && item.expires_at != 0 && now.micros >= item.expires_at,
        hold_expired);
  blame(debited == accounts_.end(), debit_account_not_found);
  blame(credited == accounts_.end(), credit_account_not_found);
  if (debited != accounts_.end()) {
    const auto& from = debited->second;
    blame(from.ccy != item.ccy, debit_account_currency_differs);
    blame(has(from.flags, account_flags::closed), debit_account_closed);
    blame(!honoured && has(from.flags, account_flags::frozen_debit), debit_account_frozen);
  }
  if (credited != accounts_.end()) {
    const auto& to = credited->second;
    blame(to.ccy != item.ccy, credit_account_currency_differs);
    blame(has(to.flags, account_flags::closed), credit_account_closed);
    blame(!honoured && has(to.flags, account_flags::frozen_credit), credit_account_frozen);
  }
}

// At most all of a posting is moved back, by whoever knows its accounts.
void sequential_model::judge_reversal(std::span<const transfer> items, std::size_t at,
                                      std::vector<fault>& faults) const {
  using enum item_result;
  const auto& item = items[at];
  if (item.kind != transfer_kind::reverse) return;
  const auto found = booked_.find(item.related);
  if (found == booked_.end()) return faults.push_back({original_not_found, at});
  const auto& original = found->second;
  if (original.kind == transfer_kind::hold || original.kind == transfer_kind::void_hold ||
      original.kind == transfer_kind::reverse)
    return faults.push_back({original_not_reversible, at});
  if (original.debit != item.credit || original.credit != item.debit)
    return faults.push_back({reversal_accounts_differ, at});
  const auto before = reversed_.find(item.related);
  int128 sum = before == reversed_.end() ? 0 : before->second;
  for (std::size_t i = 0; i <= at; ++i)
    if (items[i].kind == transfer_kind::reverse && items[i].related == item.related)
      sum += items[i].amount.value;
  if (sum > original.amount.value) faults.push_back({exceeds_original, at});
}

// A hold is ended once, and only by what fits it. Each account judges by the holds that it has, and
// by what its own earlier legs of the voucher end.
void sequential_model::judge_hold(std::span<const transfer> items, std::size_t at, ticket now,
                                  std::vector<fault>& faults) const {
  using enum item_result;
  const auto& item = items[at];
  if (item.kind != transfer_kind::capture && item.kind != transfer_kind::void_hold) return;
  const auto found = holds_.find(item.related);
  for (const auto n : {item.debit, item.credit}) {
    const auto has_leg = [n](const transfer& t) { return t.debit == n || t.credit == n; };
    bool open = found != holds_.end() && has_leg(found->second);
    for (std::size_t i = 0; i < at; ++i)
      open = open && !(has_leg(items[i]) && items[i].related == item.related &&
                       items[i].kind != transfer_kind::reverse);
    if (!open)
      faults.push_back({hold_not_open, at});
    else
      judge_end(found->second, item, at, now, faults);
  }
}

void sequential_model::judge_end(const transfer& hold, const transfer& item, std::size_t at,
                                 ticket now, std::vector<fault>& faults) {
  using enum item_result;
  if (hold.debit != item.debit || hold.credit != item.credit)
    return faults.push_back({hold_accounts_differ, at});
  if (item.kind == transfer_kind::void_hold) {
    if (item.amount != hold.amount) faults.push_back({hold_amount_differs, at});
    return;
  }
  if (hold.expires_at != 0 && now.micros >= hold.expires_at)
    return faults.push_back({hold_expired, at});
  if (item.amount.value > hold.amount.value) faults.push_back({exceeds_hold, at});
}

void sequential_model::apply(const transfer& item, account_map& accounts) const {
  auto& from = accounts.at(item.debit);
  auto& to = accounts.at(item.credit);
  if (item.kind == transfer_kind::hold) {
    from.held_debits += item.amount.value;
    to.held_credits += item.amount.value;
    return;
  }
  if (item.kind == transfer_kind::capture || item.kind == transfer_kind::void_hold) {
    const auto held = holds_.at(item.related).amount.value;
    from.held_debits -= held;
    to.held_credits -= held;
  }
  if (item.kind == transfer_kind::void_hold) return;
  from.totals.debits_posted += item.amount.value;
  to.totals.credits_posted += item.amount.value;
}

namespace {

int128 standing(const account_totals& t, normal_side side) {
  return side == normal_side::debit ? t.debits_posted - t.credits_posted
                                    : t.credits_posted - t.debits_posted;
}

// The balance less what holds would take of it.
template <class Account>
int128 available(const Account& a) {
  return standing(a.totals, a.side) -
         (a.side == normal_side::credit ? a.held_debits : a.held_credits);
}

// The balance with what holds would add to it.
template <class Account>
int128 promised(const Account& a) {
  return standing(a.totals, a.side) +
         (a.side == normal_side::credit ? a.held_credits : a.held_debits);
}

bool moves_money(const transfer& item) {
  return item.kind != transfer_kind::hold && item.kind != transfer_kind::void_hold;
}

}  // namespace

void sequential_model::judge_overflow(std::span<const transfer> items,
                                      std::vector<fault>& faults) const {
  std::map<account_number, account_totals> own;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!moves_money(items[i])) continue;
    own[items[i].debit].debits_posted += items[i].amount.value;
    own[items[i].credit].credits_posted += items[i].amount.value;
  }
  for (const auto& [number, sums] : own) {
    const auto& now = accounts_.at(number).totals;
    const auto first = [&items, n = number](account_number transfer::*side) {
      return static_cast<std::size_t>(std::ranges::find(items, n, side) - items.begin());
    };
    if (largest_total - now.debits_posted < sums.debits_posted)
      faults.push_back({item_result::debit_total_overflow, first(&transfer::debit)});
    if (largest_total - now.credits_posted < sums.credits_posted)
      faults.push_back({item_result::credit_total_overflow, first(&transfer::credit)});
  }
}

// On what all items together do to an account. Precondition: nothing else is wrong with them.
void sequential_model::judge_limits(std::span<const transfer> items,
                                    std::vector<fault>& faults) const {
  using enum item_result;
  account_map after;
  for (const auto& item : items)
    for (const auto n : {item.debit, item.credit}) after.try_emplace(n, accounts_.at(n));
  for (const auto& item : items) apply(item, after);
  for (const auto& [number, then] : after) {
    const auto first = [&items, n = number](account_number transfer::*side) {
      return static_cast<std::size_t>(std::ranges::find(items, n, side) - items.begin()) %
             items.size();
    };
    const auto debit = first(&transfer::debit);
    const auto credit = first(&transfer::credit);
    const auto& now = accounts_.at(number);
    const bool by_debit = then.side == normal_side::credit;
    if (has(then.flags, account_flags::no_overdraft) && available(then) < available(now) &&
        available(then) < -then.limits.credit_limit)
      faults.push_back(by_debit ? fault{debit_insufficient_funds, debit}
                                : fault{credit_insufficient_funds, credit});
    if (then.limits.maximum_balance && promised(then) > promised(now) &&
        promised(then) > *then.limits.maximum_balance)
      faults.push_back(by_debit ? fault{credit_exceeds_maximum, credit}
                                : fault{debit_exceeds_maximum, debit});
  }
}

// What a balancing transfer asks for becomes what the limiting account has of it, or takes.
transfer sequential_model::balanced(transfer item, std::vector<fault>& faults) const {
  using enum item_result;
  const bool by_debit = item.kind == transfer_kind::balancing_debit;
  const auto most = [&item](const plain_account& a, bool debits, bool limits) {
    int128 there = item.amount.value;
    const bool takes = debits == (a.side == normal_side::credit);
    if (takes && (limits || has(a.flags, account_flags::no_overdraft)))
      there = std::min(there, available(a) + a.limits.credit_limit);
    if (!takes && a.limits.maximum_balance)
      there = std::min(there, *a.limits.maximum_balance - promised(a));
    return std::max<int128>(there, 0);
  };
  const auto& from = accounts_.at(item.debit);
  const auto& to = accounts_.at(item.credit);
  const auto of_debit = most(from, true, by_debit);
  const auto of_credit = most(to, false, !by_debit);
  const auto moved = by_debit ? of_debit : of_credit;
  const bool lowered = from.side == normal_side::credit;
  const bool raised = to.side == normal_side::credit;
  if (of_debit == 0 || of_debit < moved)
    faults.push_back({lowered ? debit_insufficient_funds : debit_exceeds_maximum, 0});
  if (of_credit == 0 || of_credit < moved)
    faults.push_back({raised ? credit_exceeds_maximum : credit_insufficient_funds, 0});
  item.amount = {static_cast<std::int64_t>(moved)};
  return item;
}

std::vector<item_result> sequential_model::run_voucher(std::span<const transfer> asked, ticket at) {
  std::vector<fault> faults;
  std::vector<transfer> items(asked.begin(), asked.end());
  for (std::size_t i = 0; i < items.size(); ++i) {
    judge_alone(items[i], i, at, faults);
    judge_hold(items, i, at, faults);
    judge_reversal(items, i, faults);
  }
  if (faults.empty()) judge_overflow(items, faults);
  if (faults.empty() && is_balancing(items.front().kind))
    items.front() = balanced(items.front(), faults);
  else if (faults.empty())
    judge_limits(items, faults);
  if (!faults.empty()) {
    const auto first = *std::min_element(faults.begin(), faults.end());
    std::vector<item_result> refused(items.size(), item_result::linked_failed);
    refused[first.item] = first.reason;
    return refused;
  }
  std::vector<item_result> told;
  for (const auto& item : items) {
    apply(item, accounts_);
    booked_[item.id] = item;
    moved_ = item.amount;
    if (item.kind == transfer_kind::reverse) reversed_[item.related] += item.amount.value;
    if (item.kind == transfer_kind::hold) holds_[item.id] = item;
    if (item.kind == transfer_kind::capture || item.kind == transfer_kind::void_hold)
      holds_.erase(item.related);
    told.push_back(item.kind == transfer_kind::hold        ? item_result::held
                   : item.kind == transfer_kind::void_hold ? item_result::voided
                                                           : item_result::posted);
  }
  return told;
}

std::optional<account_number> sequential_model::overdrawn() const {
  for (const auto& [number, account] : accounts_) {
    if (has(account.flags, account_flags::no_overdraft) &&
        available(account) < -account.limits.credit_limit)
      return number;
    if (account.limits.maximum_balance && promised(account) > *account.limits.maximum_balance)
      return number;
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
