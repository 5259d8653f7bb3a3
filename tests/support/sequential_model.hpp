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
  /// The account has these terms from now on.
  void change(account_number number, const account_terms& terms) {
    auto& account = accounts_.at(number);
    account.flags = terms.flags;
    account.limits = terms.limits;
  }
  /// Runs one item at a ticket: booked, or the refusal that comes first in order of precedence.
  item_result run(const transfer& item, ticket at = {}) {
    return run_voucher({&item, 1}, at).front();
  }
  /// Runs a voucher: all booked, or the item at fault is told why and the others linked_failed.
  std::vector<item_result> run_voucher(std::span<const transfer> asked, ticket at = {});

  [[nodiscard]] const account_totals& totals(account_number number) const {
    return accounts_.at(number).totals;
  }
  /// An account whose balance, with what is held of it or for it, is beyond a limit; none if all is
  /// well.
  [[nodiscard]] std::optional<account_number> overdrawn() const;
  /// By the item that was booked last.
  [[nodiscard]] minor_units moved() const { return moved_; }
  [[nodiscard]] std::size_t open_holds() const { return holds_.size(); }
  /// Debits minus credits over all accounts, by currency: 0 each, or money was made.
  [[nodiscard]] std::map<currency, int128> imbalance() const;

 private:
  struct plain_account {
    currency ccy;
    normal_side side = normal_side::debit;
    account_flags flags = account_flags::none;
    account_limits limits;
    account_totals totals;
    int128 held_debits = 0;
    int128 held_credits = 0;
  };
  struct fault {
    item_result reason = item_result::none;
    std::size_t item = 0;
    auto operator<=>(const fault&) const = default;
  };
  using account_map = std::map<account_number, plain_account>;

  void judge_alone(const transfer& item, std::size_t at, ticket now,
                   std::vector<fault>& faults) const;
  void judge_reversal(std::span<const transfer> items, std::size_t at,
                      std::vector<fault>& faults) const;
  void judge_hold(std::span<const transfer> items, std::size_t at, ticket now,
                  std::vector<fault>& faults) const;
  static void judge_end(const transfer& hold, const transfer& item, std::size_t at, ticket now,
                        std::vector<fault>& faults);
  [[nodiscard]] transfer balanced(transfer item, std::vector<fault>& faults) const;
  void judge_overflow(std::span<const transfer> items, std::vector<fault>& faults) const;
  void judge_limits(std::span<const transfer> items, std::vector<fault>& faults) const;
  void apply(const transfer& item, account_map& accounts) const;

  account_map accounts_;
  minor_units moved_;
  std::map<transfer_id, transfer> booked_;
  std::map<transfer_id, int128> reversed_;  // by original
  std::map<transfer_id, transfer> holds_;   // open ones: the transfer that made each
};

}  // namespace suanpan::samples
