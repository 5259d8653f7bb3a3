// The law of R1: what the ledger must answer if items ran one by one, each on plain balances. Own
// code on purpose: it shares no line with the account rules that it judges.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/transfer.hpp"

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace suanpan::samples {

class sequential_model {
 public:
  /// The account is there from now on.
  void open(const account_row& row);
  /// Runs one item: posted, or the refusal that comes first in order of precedence.
  item_result run(const transfer& item) { return run_voucher({&item, 1}).front(); }
  /// Runs a voucher: all posted, or the item at fault is told why and the others linked_failed.
  std::vector<item_result> run_voucher(std::span<const transfer> items);

  [[nodiscard]] const account_totals& totals(account_number number) const {
    return accounts_.at(number).totals;
  }
  /// An account that may not be overdrawn and is; none if all is well.
  [[nodiscard]] std::optional<account_number> overdrawn() const;
  /// Debits minus credits over all accounts, by currency: 0 each, or money was made.
  [[nodiscard]] std::map<currency, int128> imbalance() const;

 private:
  struct plain_account {
    currency ccy;
    normal_side side = normal_side::debit;
    account_flags flags = account_flags::none;
    account_totals totals;
  };
  struct fault {
    item_result reason = item_result::none;
    std::size_t item = 0;
    auto operator<=>(const fault&) const = default;
  };
  void judge_alone(const transfer& item, std::size_t at, std::vector<fault>& faults) const;
  void judge_limits(std::span<const transfer> items, std::vector<fault>& faults) const;

  std::map<account_number, plain_account> accounts_;
};

}  // namespace suanpan::samples
