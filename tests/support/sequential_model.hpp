// The law of R1: what the ledger must answer if items ran one by one, each on plain balances. Own
// code on purpose: it shares no line with the account rules that it judges.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/transfer.hpp"

#include <map>
#include <optional>

namespace suanpan::samples {

class sequential_model {
 public:
  /// The account is there from now on.
  void open(const account_row& row);
  /// Runs one item: posted, or the refusal that comes first in order of precedence.
  item_result run(const transfer& item);

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
  [[nodiscard]] item_result judge(const transfer& item) const;

  std::map<account_number, plain_account> accounts_;
};

}  // namespace suanpan::samples
