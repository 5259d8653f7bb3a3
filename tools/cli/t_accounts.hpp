// Postings as an accountant draws them: one T for each account, debits left, credits right.
#pragma once

#include "protocol/model/money.hpp"

#include <string>
#include <vector>

namespace suanpan::cli {

/// One side of one posting.
struct t_entry {
  std::string account;  // "2001 merchant:M001"
  bool debit = false;
  std::string mark;  // what it belongs to: "2 settled"
  minor_units amount;
};

/// The Ts in the order in which their accounts first occur, each with its balance; indented by two.
/// Empty for no entries.
[[nodiscard]] std::string t_accounts_text(const std::vector<t_entry>& entries, currency ccy);

}  // namespace suanpan::cli
