// What a bank simulator's own books hold, read through its administration page: the truth that our
// orders are compared with.
#pragma once

#include "protocol/model/money.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::orders {

/// A line of the bank's books.
struct bank_entry {
  std::uint64_t number = 0;
  std::string kind;  // pay, refund, payout, returned
  std::string merchant;
  std::string reference;
  std::string original;
  std::string declined;  // why; empty: money moved
  minor_units amount;
  std::string currency;
  std::uint64_t undoes = 0;
};

/// `address`: host:port. Throws std::runtime_error with the reason. Blocks, at most 10 s.
[[nodiscard]] std::vector<bank_entry> read_bank_ledger(const std::string& address);
/// The bank's next business day; what it returns goes back now. Returns how many did. As above.
[[nodiscard]] std::uint64_t advance_bank_day(const std::string& address);

/// The payer's part at the bank's page: opens it, types the account, presses Pay. As above.
void pay_at_page(const std::string& redirect_url, const std::string& account);

}  // namespace suanpan::orders
