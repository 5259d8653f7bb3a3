// The owning session: the one database connection on which this node holds its shards' locks and
// writes every fact (R7, R16). Raw libpq, because binary COPY must run on the very session that
// holds the locks, and libpqxx does not hand out its connection. One thread at a time.
//
// Rules kept here: a lock is taken by pg_try_advisory_lock alone in its own autocommit statement;
// the epochs are raised and committed before anyone reads for recovery; durable means the command
// tag COMMIT and no warning; nothing on this session is cancelled or timed out; COPY starts only
// when its bytes are complete in memory (R17). After `lost` the object is dead: destroy it, open
// another.
#pragma once

#include "protocol/model/payment_records.hpp"
#include "protocol/model/records.hpp"
#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace suanpan::storage {

/// Where and how to connect. `dsn` is a libpq connection string or URI.
struct session_options {
  std::string dsn;
  std::string node_name;                         // application_name "suanpan:<node>:journal"
  std::int64_t idle_session_timeout_ms = 5'000;  // server side: frees the locks of a silent node
  std::int64_t tcp_user_timeout_ms = 5'000;
  bool zero_loss = false;             // refuse to serve without a synchronous standby (R18)
  lineage_memory_ptr seen = nullptr;  // refuse a superseded database (R18); null: not checked
  /// By which the node dates its rows: no shard is taken where the ledger has another (R28).
  std::optional<std::int32_t> day_shift_minutes = {};
};

/// What one transaction of the journal writes. Everything is borrowed for the call.
struct journal_write {
  std::span<const shard_claim> claims;  // shards touched, with the epochs that must still hold
  std::span<const account_row> openings;
  std::span<const transfer_row> transfers;  // in id order (R12)
  ticket settled;                           // the watermark that holds once this is durable (R14)
  std::span<const account_change> changes = {};  // of an account one a ticket
};

/// Steps of one order that belong together, versions in sequence: never split (R12).
using payment_unit = std::span<const payment_step>;

/// What one transaction of the journal writes of payments. Everything is borrowed for the call. Of
/// one order there may be several units, in order.
struct payment_write {
  std::span<const shard_claim> claims;  // shards touched, with the epochs that must still hold
  std::span<const payment_unit> units;
  std::span<const delivery_record> deliveries = {};  // of a notification in order of attempt
};

struct committed {};
/// The database refused the content (SQLSTATE class 22, 23, 54 or P0) and rolled back; the session
/// lives. `duplicate`: the unique key on the transfer id, on an account's key, or on a merchant's
/// order number.
struct rejected {
  std::string sqlstate;
  std::string message;
  bool duplicate = false;
};
/// Rolled back for a reason that is not the content (disk full, read-only, fenced, shutting down):
/// the transaction certainly did not happen, but the session must be dropped.
struct failed {
  std::string reason;
  bool fenced = false;  // an epoch did not hold: somebody else owns the shard
};
/// Nobody knows whether it happened (R9): connection lost, a warning at COMMIT, an unexpected tag.
struct in_doubt {
  std::string reason;
};
using write_outcome = std::variant<committed, rejected, failed, in_doubt>;

class journal_session {
 public:
  /// Connects, checks the schema's version, that the session is a real one (no transaction pooling)
  /// and, in zero-loss mode, that a synchronous standby is set. Blocks.
  [[nodiscard]] static outcome<std::unique_ptr<journal_session>> open(
      const session_options& options);
  ~journal_session();
  journal_session(const journal_session&) = delete;
  journal_session& operator=(const journal_session&) = delete;

  /// Which of these locks this session got now. Locks held already are not asked for again.
  [[nodiscard]] outcome<std::vector<shard_id>> try_lock(std::span<const shard_id> shards);
  /// Raises the epochs of shards whose locks are held, commits, and returns what to go by.
  [[nodiscard]] outcome<std::vector<shard_claim>> raise_epochs(std::span<const shard_id> shards);
  /// Unlocks, checking that each was held exactly once.
  [[nodiscard]] outcome<done> release(std::span<const shard_id> shards);

  /// One transaction, one round trip but for COPY's answer.
  [[nodiscard]] write_outcome write(const journal_write& what);
  /// One transaction, one round trip. Rejected: a version that does not follow, an order number
  /// that is taken (`duplicate`), text that the database can't hold, whatever a constraint refuses;
  /// then nothing of it is written, and units are to be tried alone (R12).
  [[nodiscard]] write_outcome write_payments(const payment_write& what);
  /// Stores balances where the stored `covers` is older, then positions, in one transaction (R13).
  [[nodiscard]] write_outcome write_checkpoint(std::span<const shard_claim> claims,
                                               std::span<const balance_checkpoint> balances,
                                               std::span<const shard_position> positions);
  /// Appends the watermark for shards that are idle (R14).
  [[nodiscard]] write_outcome write_watermark(ticket settled);
  /// A round trip: when it returns true, the session was alive after the call began (R8).
  [[nodiscard]] bool fence();

  /// Ids of `transfers` that are stored already; on this session, after a rejected duplicate.
  [[nodiscard]] outcome<std::vector<transfer_id>> stored_among(
      std::span<const transfer_row> transfers);

  [[nodiscard]] std::int64_t backend_pid() const noexcept;
  /// Why the session is dead; empty while it lives.
  [[nodiscard]] const std::string& lost() const noexcept;

 private:
  struct impl;
  explicit journal_session(std::unique_ptr<impl> with);
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
