// Look-ups and recovery: sessions that only read, through libpqxx. A reader connects when first
// used and again after a loss; each call is one transaction and says `unavailable` rather than
// throw. One thread at a time.
#pragma once

#include "protocol/model/records.hpp"
#include "protocol/model/reversal.hpp"
#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace suanpan::storage {

struct reader_options {
  std::string dsn;
  std::string node_name;  // application_name "suanpan:<node>:<purpose>"
  std::string purpose = "reader";
  std::int64_t statement_timeout_ms = 30'000;
  lineage_memory_ptr seen = nullptr;  // R18; null: any server of the dsn will do
};

/// What a shard needs before it serves, read after its epoch's commit (R13).
struct recovery {
  // Accounts that the tail moved beyond their checkpoint, folded to its end leg by leg: they are
  // dirty, and their first dirty ticket is above the shard's position. Others are as their row
  // says.
  std::vector<account_row> touched;
  std::vector<open_hold> expiring;      // open, with an expiry, of debtors of the shards; by id
  std::vector<stored_transfer> recent;  // ids from `recent_complete_since_millis` on, newest first
  std::int64_t recent_complete_since_millis = 0;
  std::vector<std::pair<shard_id, std::int64_t>>
      last_sequence;  // every shard asked for; 0 = no account
  ticket newest;      // the newest ticket seen in rows and watermarks
};

struct account_filter {
  std::string owner;  // exact; empty = all
  std::string subject;
  account_number after;  // keyset: numbers above this one
  std::uint32_t limit = 100;
};

class reader {
 public:
  explicit reader(reader_options options);
  ~reader();
  reader(reader&&) noexcept;
  reader& operator=(reader&&) noexcept;

  /// Stored transfers and recorded refusals among these ids; one statement.
  [[nodiscard]] outcome<std::vector<stored_transfer>> find_transfers(
      std::span<const transfer_id> ids);
  /// Those of these that are booked, each with the sum of its booked reversals; one statement.
  [[nodiscard]] outcome<std::vector<original_facts>> find_originals(
      std::span<const transfer_id> ids);
  [[nodiscard]] outcome<std::vector<account_row>> load_accounts(
      std::span<const account_number> numbers);
  [[nodiscard]] outcome<std::vector<account_row>> find_accounts(std::span<const account_key> keys);
  [[nodiscard]] outcome<std::vector<account_row>> list_accounts(const account_filter& filter);
  /// Reads the tail of the claimed shards and folds it with apply_leg, as live accounts do. Begin
  /// it after raise_epochs has returned (R16). Unavailable, too, when a booked leg names no
  /// account.
  [[nodiscard]] outcome<recovery> recover(std::span<const shard_claim> claims,
                                          std::int64_t recent_since_millis, std::size_t recent_max);
  /// One snapshot: checkpointed balances plus the rows after them.
  [[nodiscard]] outcome<std::vector<trial_balance_line>> trial_balance(ticket& as_of);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
