// See verify_live.hpp.
#include "tools/cli/verify_live.hpp"

#include "protocol/model/money.hpp"

#include <absl/container/flat_hash_map.h>

namespace suanpan::cli {
namespace {

/// Whether b holds all that a holds.
bool within(const account_totals& a, const account_totals& b) {
  return a.debits_posted <= b.debits_posted && a.credits_posted <= b.credits_posted;
}

std::string text_of(const account_totals& totals) {
  return "debits " + to_string(totals.debits_posted) + ", credits " +
         to_string(totals.credits_posted);
}

storage::difference difference_of(const live_account& live, const account_totals& rows) {
  return {"live balance", "account " + std::to_string(live.number.value), text_of(rows),
          live.totals ? text_of(*live.totals) : "no such account"};
}

}  // namespace

std::vector<storage::difference> differing_below(std::span<const account_row> rows,
                                                 std::span<const live_account> live) {
  std::vector<storage::difference> found;
  for (std::size_t i = 0; i < live.size(); ++i)
    if (!live[i].totals || !within(rows[i].totals, *live[i].totals))
      found.push_back(difference_of(live[i], rows[i].totals));
  return found;
}

std::vector<account_number> ahead_of(std::span<const account_row> rows,
                                     std::span<const live_account> live) {
  std::vector<account_number> ahead;
  for (std::size_t i = 0; i < live.size(); ++i)
    if (live[i].totals && !within(*live[i].totals, rows[i].totals)) ahead.push_back(live[i].number);
  return ahead;
}

std::vector<storage::difference> differing_above(std::span<const account_row> rows,
                                                 std::span<const live_account> live) {
  absl::flat_hash_map<account_number, const account_row*> by_number;
  for (const auto& row : rows) by_number.emplace(row.number, &row);
  std::vector<storage::difference> found;
  for (const auto& account : live) {
    const auto row = by_number.find(account.number);
    const account_totals known = row == by_number.end() ? account_totals{} : row->second->totals;
    if (account.totals && !within(*account.totals, known))
      found.push_back(difference_of(account, known));
  }
  return found;
}

}  // namespace suanpan::cli
