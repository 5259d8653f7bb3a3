// The part of the verification that judges changes of accounts. Internal to storage/.
#pragma once

#include "protocol/model/account.hpp"
#include "storage/verify_days.hpp"

#include <map>
#include <vector>

namespace suanpan::storage {

/// The newest change of an account is in force; what was frozen took no new debits or credits while
/// it was (captures and voids of older holds are honoured), what was closed took nothing.
void verify_changes(pqxx::transaction_base& in, const row_source& all_rows,
                    const std::function<void(difference)>& differ);

/// The limits of every account at any place in the ledger's order, from the rows of its changes.
class limits_in_force {
 public:
  void load(pqxx::transaction_base& in);
  /// Those that items of this ticket met; `now`: the limits that the account has at the end.
  [[nodiscard]] const account_limits& at(account_number number, std::int64_t ticket,
                                         const account_limits& now) const;

 private:
  struct since {
    std::int64_t ticket = 0;
    account_limits limits;
  };
  std::map<account_number, std::vector<since>> changes_;  // by ticket
};

}  // namespace suanpan::storage
