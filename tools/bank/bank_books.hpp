// A bank's own books: the truth that everything else is compared with. One entry for each time that
// money moved or was declined to move; entries are never changed. Pure.
#pragma once

#include "tools/bank/bank_messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::bank {

enum class entry_kind : std::uint8_t { pay, refund, payout, returned };

/// "pay", "refund", "payout", "returned".
[[nodiscard]] std::string_view name_of(entry_kind kind);

struct entry {
  std::uint64_t number = 0;  // from 1, without gaps
  entry_kind kind = entry_kind::pay;
  request of;
  std::string declined;          // why; empty: it moved
  std::uint64_t undoes = 0;      // a refund or return: the number of the payment
  std::uint32_t day = 0;         // business day, from 0
  std::int64_t at = 0;           // Unix microseconds
  bool off_statement = false;    // the day's statement has no line of it
  minor_units statement_amount;  // what its line says
};

struct statement_line {
  std::uint64_t number = 0;
  entry_kind kind = entry_kind::pay;
  std::string merchant;
  std::string reference;
  minor_units amount;
  currency ccy;
};

class bank_books {
 public:
  /// Moves the money, or declines with a code: a refund of what is not there, or of more than is
  /// left of it. Payments and payouts are accepted unless `decline` says why not.
  const entry& book(const request& what, std::string_view decline, std::int64_t at);
  /// The payment goes back: what no refund has taken yet. Nothing: nothing is left of it.
  const entry* give_back(std::uint64_t number, std::int64_t at);
  /// A lie about an entry that the day's statement will tell.
  void keep_off_statement(std::uint64_t number) { entries_[number - 1].off_statement = true; }
  void alter_statement(std::uint64_t number) { ++entries_[number - 1].statement_amount.value; }

  /// The last that was booked under the reference, paid before declined. Nothing: none was.
  [[nodiscard]] const entry* find(std::string_view merchant, std::string_view reference) const;
  [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }
  /// What is left of a payment, payout or refund after refunds and returns.
  [[nodiscard]] minor_units left_of(std::uint64_t number) const;

  [[nodiscard]] std::uint32_t day() const { return day_; }
  void next_day() { ++day_; }
  /// Accepted entries of a day as its statement tells them, lies included.
  [[nodiscard]] std::vector<statement_line> statement(std::uint32_t day) const;

 private:
  entry& append(entry fresh, std::int64_t at);
  [[nodiscard]] std::string why_not(const request& refund, const entry*& of) const;

  std::vector<entry> entries_;
  std::map<std::pair<std::string, std::string>, std::uint64_t, std::less<>> by_reference_;
  std::map<std::uint64_t, std::int64_t> undone_;  // of a payment, by its number
  std::uint32_t day_ = 0;
};

}  // namespace suanpan::bank
