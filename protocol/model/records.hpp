// What the journal writes and recovery reads: facts, in the words of the ledger.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/transfer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

/// Days since 1970-01-01.
struct accounting_date {
  std::int32_t days = 0;
  auto operator<=>(const accounting_date&) const = default;
};

/// One row of suanpan.transfer: a booked transfer (`result` posted) or a recorded refusal (R5).
/// `what` outlives the row only as long as the batch that it belongs to.
struct transfer_row {
  ticket at;
  std::int32_t index = 0;  // within the ticket
  item_result result = item_result::posted;
  accounting_date date;
  const transfer* what = nullptr;
  const transfer_id* voucher = nullptr;  // id of its voucher's first item; null: stands alone
  minor_units moved;                     // by a balancing transfer; 0: all that was asked for

  [[nodiscard]] minor_units amount() const { return moved.value != 0 ? moved : what->amount; }
};

/// A stored transfer with its own memory: what queries and look-ups return.
struct stored_transfer {
  transfer what;  // its strings point at `reference`, `memo` and `metadata`
  std::string reference;
  std::string memo;
  std::string metadata;
  ticket at;
  std::int32_t index = 0;
  item_result result = item_result::posted;
  accounting_date date;
  transfer_id voucher;  // id of its voucher's first item; zero: stands alone
  minor_units moved;    // by a balancing transfer; 0: all that was asked for

  [[nodiscard]] minor_units amount() const { return moved.value != 0 ? moved : what.amount; }

  stored_transfer() = default;
  stored_transfer(const stored_transfer& other) { *this = other; }
  stored_transfer(stored_transfer&& other) noexcept { *this = std::move(other); }
  stored_transfer& operator=(const stored_transfer& other);
  stored_transfer& operator=(stored_transfer&& other) noexcept;
};

/// One leg of the tail that recovery folds: rows above a shard's position (R13).
struct tail_leg {
  ticket at;
  account_number debit;
  account_number credit;
  minor_units amount;
};

/// A balance at a ticket, to be stored where the stored `covers` is older (R13).
struct balance_checkpoint {
  account_number number;
  account_totals totals;
  ticket covers;
};

/// Recovery of a shard reads rows above its position.
struct shard_position {
  shard_id shard;
  ticket position;
  bool operator==(const shard_position&) const = default;
};

/// Ownership of one shard by one session (R16).
struct shard_claim {
  shard_id shard;
  epoch at_epoch;
  ticket position;  // recovery reads rows above it
  ticket newest;    // above every ticket of the shard's rows, position and watermark (R3)
};

/// New terms of an account, in force after every item of the ticket.
struct account_change {
  account_number number;
  ticket at;
  account_terms terms;
  std::optional<std::string> metadata = std::nullopt;  // absent: as it was
};

/// One line of the trial balance: a subject and a currency.
struct trial_balance_line {
  std::string subject;
  currency ccy;
  account_totals totals;
  std::int64_t accounts = 0;
};

}  // namespace suanpan
