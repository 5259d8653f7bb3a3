// What PostgreSQL is to the journal and the readers, as far as money can tell: rows under a unique
// key, checkpoints with `covers`, positions, epochs, session locks. A commit is atomic; what
// happens late happens while its session still holds the locks. A plain object: actors in front of
// it add the time that things take and the ways in which they fail.
#pragma once

#include "protocol/model/records.hpp"
#include "protocol/model/reversal.hpp"
#include "tests/simulation/payment_rows.hpp"
#include "tests/simulation/sim_world.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace suanpan::simulation {

/// One backend of the database.
using session_id = std::uint64_t;

/// A transfer of this event code can't be stored: the poison of R12.
inline constexpr std::int32_t poison_event_code = 666;

/// One transaction of a journal, with its own memory.
struct sim_write {
  std::vector<shard_claim> claims;
  std::vector<account_row> openings;
  std::vector<stored_transfer> transfers;
  ticket settled;
  std::vector<account_change> changes = {};
};
struct sim_checkpoint {
  std::vector<shard_claim> claims;
  std::vector<balance_checkpoint> balances;
  std::vector<shard_position> positions;
};

struct sim_committed {};
struct sim_rejected {
  bool duplicate = false;
  std::string what;
};
struct sim_fenced {};
using sim_outcome = std::variant<sim_committed, sim_rejected, sim_fenced>;

/// What recovery reads in one snapshot.
struct sim_recovery {
  std::vector<account_row> touched;
  std::vector<open_hold> expiring;
  std::vector<stored_transfer> recent;
  std::int64_t recent_complete_since_millis = 0;
  std::vector<std::pair<shard_id, std::int64_t>> last_sequence;
  ticket newest;
};

class simulated_database {
 public:
  simulated_database(sim_world& world, std::uint32_t shards);

  // --- sessions ---
  [[nodiscard]] session_id open_session();
  [[nodiscard]] bool alive(session_id session) const { return sessions_.contains(session); }
  /// The backend ends now: its locks are free, what it had not committed never happens.
  void end_session(session_id session, std::string_view why);

  // --- the server ---
  /// While it is away nobody connects and nobody reads. Ends every session.
  void go_away(std::string_view why);
  void come_back() { available_ = true; }
  [[nodiscard]] bool available() const { return available_; }
  /// The standby is promoted. It replicates synchronously: it holds every commit that was
  /// acknowledged without a warning, and whatever came before such a commit. True: something that
  /// was visible is undone.
  bool fail_over();
  /// A commit that did not wait for the standby: COMMIT comes with a warning (R7).
  void without_standby(const std::function<void()>& commit);
  [[nodiscard]] std::uint32_t timeline() const { return timeline_; }

  // --- ownership (R16) ---
  [[nodiscard]] bool try_lock(session_id session, shard_id shard);
  /// False: the lock was not held exactly once.
  [[nodiscard]] bool unlock(session_id session, shard_id shard);
  [[nodiscard]] std::optional<session_id> holder(shard_id shard) const;
  /// Empty: a lock is not held.
  [[nodiscard]] std::vector<shard_claim> raise_epochs(session_id session,
                                                      std::span<const shard_id> shards);

  // --- writes; precondition: the session is alive ---
  [[nodiscard]] sim_outcome write(session_id session, const sim_write& what);
  [[nodiscard]] sim_outcome write_payments(session_id session, const sim_payment_write& what);
  [[nodiscard]] sim_outcome write_checkpoint(session_id session, const sim_checkpoint& what);
  void write_watermark(session_id session, ticket settled);

  // --- reads ---
  [[nodiscard]] std::vector<stored_transfer> find_transfers(std::span<const transfer_id> ids) const;
  [[nodiscard]] std::vector<original_facts> find_originals(std::span<const transfer_id> ids) const;
  [[nodiscard]] std::vector<account_row> load_accounts(
      std::span<const account_number> numbers) const;
  [[nodiscard]] std::vector<account_row> find_accounts(std::span<const account_key> keys) const;
  [[nodiscard]] sim_recovery recover(std::span<const shard_claim> claims, std::int64_t since_millis,
                                     std::size_t most) const;

  /// Partitions of ids older than this are gone: look-ups don't find them, nothing goes in.
  void detach_before(std::int64_t unix_millis);

  // --- for the auditor ---
  [[nodiscard]] const std::map<transfer_id, stored_transfer>& rows() const { return is_.rows; }
  [[nodiscard]] const std::map<account_number, account_row>& accounts() const {
    return is_.accounts;
  }
  [[nodiscard]] const payment_rows& payments() const { return is_.payments; }
  [[nodiscard]] const std::map<transfer_id, open_hold>& open_holds() const { return is_.holds; }
  /// In the order of their commits.
  [[nodiscard]] const std::vector<account_change>& changes() const { return is_.changes; }
  /// With which the account was opened.
  [[nodiscard]] const account_terms& first_terms(account_number n) const {
    return is_.first_terms.at(n);
  }
  [[nodiscard]] ticket position_of(shard_id shard) const { return is_.shards.at(shard).position; }
  [[nodiscard]] std::uint64_t commits() const { return commits_; }
  /// Rows that a session wrote although it had stored a watermark that is not below them (R14).
  [[nodiscard]] const std::vector<transfer_id>& below_watermark() const { return below_; }
  /// Whether a session that this party opened was alive at some moment from `from` to `to`.
  [[nodiscard]] bool had_session(party_id whose, sim_time from, sim_time to) const;
  /// Called after each checkpoint.
  std::function<void()> on_checkpoint;

 private:
  struct shard_row {
    epoch at;
    session_id owner = 0;
    ticket position;
  };
  struct session_row {
    ticket newest;
    ticket settled;
  };
  struct lifetime {
    party_id of = 0;
    sim_time began = 0;
    std::optional<sim_time> ended;
  };
  /// What is on disk.
  struct content {
    std::map<shard_id, shard_row> shards;
    std::map<transfer_id, stored_transfer> rows;
    std::map<account_number, account_row> accounts;
    std::set<account_key> keys;
    std::map<transfer_id, open_hold> holds;  // open ones
    std::vector<account_change> changes;
    std::map<account_number, account_terms> first_terms;
    ticket newest;  // journal_commit: the newest of all
    std::int64_t detached_before = 0;
    payment_rows payments;
  };

  [[nodiscard]] bool owns(session_id session, std::span<const shard_claim> claims) const;
  [[nodiscard]] std::optional<sim_rejected> refuse(const sim_write& what) const;
  [[nodiscard]] bool attached(const transfer_id& id) const;
  void change_holds(const stored_transfer& row);
  [[nodiscard]] account_row with_holds(account_row row) const;
  void note_commit(session_id session, ticket newest);

  sim_world& world_;
  bool available_ = true;
  std::uint32_t timeline_ = 1;
  std::map<session_id, session_row> sessions_;
  session_id last_session_ = 0;
  std::map<shard_id, session_id> locks_;
  content is_;
  std::optional<content> standby_;  // while it lags behind: what it holds
  std::uint64_t commits_ = 0;
  std::vector<transfer_id> below_;
  std::map<session_id, lifetime> lifetimes_;
};

}  // namespace suanpan::simulation
