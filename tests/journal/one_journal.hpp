// A journal that owns shards of a database of its own, and everything it said to whom. It runs on
// the calling thread: when a call returns, the journal has done all that it was asked.
#pragma once

#include "actors/journal/journal.hpp"
#include "tests/support/postgres.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>
#include <string>
#include <vector>

namespace suanpan::testing {

/// What the journal told the teller, the keeper and the checkpointer, in order of each kind.
struct journal_words {
  std::vector<batch_settled> settled;
  std::vector<session_lost> lost;  // as the teller heard it
  std::vector<shards_taken> taken;
  std::vector<shards_released> released;
  std::vector<checkpoint_written> checkpoints;  // as the checkpointer heard it
};

/// A request whose answers the test reads itself.
class told_posting final : public posting_request {
 public:
  void finish() noexcept override { finished = true; }
  bool finished = false;
  std::vector<std::string> memos;  // what the items' views point at
};
class told_read final : public account_read {
 public:
  void finish() noexcept override { finished = true; }
  bool finished = false;
};

class one_journal {
 public:
  /// Owns shards 0 and 1, with accounts 0/1 and 1/1. `transfers_per_commit_max` as in the options.
  explicit one_journal(std::size_t transfers_per_commit_max = 65'536);
  ~one_journal();
  one_journal(const one_journal&) = delete;
  one_journal& operator=(const one_journal&) = delete;

  /// A decided batch of transfers from 0/1 to 1/1, one for each memo, with new ids, not yet sent.
  [[nodiscard]] batch_ptr make_batch(const std::vector<std::string>& memos);
  /// Puts a message into the journal's mailbox; run() has it handled.
  template <class Message>
  void send(Message message) {
    caf::anon_send(journal_, std::move(message));
  }
  void run();
  void commit(const batch_ptr& b) {
    send(commit_batch{b});
    run();
  }
  void take(const std::vector<shard_id>& shards = {{0}, {1}});

  /// The session that owns now, and its backend.
  [[nodiscard]] incarnation session() const { return said.taken.back().session; }
  void kill_backend() const;

  [[nodiscard]] std::string value(const std::string& statement) const {
    return sql_value(dsn, statement);
  }
  /// How many rows of the batch are stored.
  [[nodiscard]] int stored(const batch_ptr& b) const;
  /// A row with this memo is refused by the database from now on.
  void refuse_memo(const std::string& memo) const;

  std::string dsn = private_postgres::instance().fresh_database();
  journal_words said;
  account_number from = account_number::make({0}, 1);
  account_number to = account_number::make({1}, 1);

 private:
  struct testing_config : caf::actor_system_config {
    testing_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  testing_config config_;
  caf::actor_system system_{config_};
  caf::actor journal_;
  caf::actor listener_;
  caf::actor points_;
  std::int64_t last_ticket_ = 0;
  std::uint16_t ids_ = 0;
};

}  // namespace suanpan::testing
