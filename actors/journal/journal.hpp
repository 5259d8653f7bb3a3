// JOURNAL. The only writer (R7): owns the database session that holds the shards' locks, and makes
// one transaction of everything that gathered while the previous one was under way. Detached: the
// session blocks its thread, and only its thread.
//
// A row that the database refuses is hunted down by halves, answered alone, and the rest goes on
// (R12). Any other failure, doubt or warning drops the session: then all memory is void and shards
// are taken anew (R9).
#pragma once

#include "actors/metrics/metrics.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "storage/journal_session.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

namespace suanpan {

struct journal_options {
  storage::session_options session;
  std::size_t transfers_per_commit_max = 65'536;
  std::size_t payments_per_commit_max = 4'096;  // messages about payments
  std::size_t checkpoint_rows_per_commit = 1'000;
  std::chrono::milliseconds keepalive{400};  // a round trip at least so often (R17)
};

/// Who the journal talks to; sent once, first.
struct journal_peers {
  caf::actor teller;
  caf::actor keeper;
  caf::actor checkpointer;
  std::vector<caf::actor> payments = {};  // supervisors and notifier: hear of a lost session, too
};

class journal final : public caf::event_based_actor {
 public:
  journal(caf::actor_config& cfg, journal_options options, metrics* counters);
  const char* name() const override { return "journal"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  /// What is written or refused as one: an item, a voucher (its first entry), an opening or a
  /// change of a batch.
  struct row_ref {
    batch* in = nullptr;
    std::uint32_t index = 0;
    row_kind kind = row_kind::unit;
  };
  using rows = std::vector<row_ref>;
  /// Steps of one order that stand together in a message, or the deliveries of a message.
  struct payment_ref {
    std::span<const payment_step> steps;
    std::span<const delivery_record> deliveries;
    std::span<step_fate> fates;  // of the steps
    bool* recorded = nullptr;    // of the deliveries
    shard_id shard;
  };

  void take(const take_shards& m);
  void release(const release_shards& m);
  void take_batch(const commit_batch& m);
  void commit_gathered();
  void write_gathered(const std::vector<batch_ptr>& group);
  [[nodiscard]] bool write_rows(std::span<row_ref> part, ticket settled);
  [[nodiscard]] bool split(std::span<row_ref> part, ticket settled, const storage::rejected& why);
  [[nodiscard]] bool set_duplicates_aside(std::span<row_ref>& part);
  [[nodiscard]] static std::span<const entry> unit_of(const row_ref& r);
  [[nodiscard]] storage::write_outcome write(std::span<const row_ref> part, ticket settled);
  void encode(const row_ref& unit);
  void note_failed(const row_ref& row, bool duplicate, const std::string& what);
  void fence(const fence_answers& m);
  void fence_one(const fence_read& m);

  // journal_payments.cpp
  void take_steps(const commit_steps& m);
  void take_deliveries(const commit_deliveries& m);
  void take_fence(const fence_payments& m);
  void pump_soon();
  void commit_payments();
  [[nodiscard]] std::vector<payment_ref> units_of(const commit_steps& m,
                                                  std::vector<step_fate>& fates) const;
  [[nodiscard]] bool write_payments(std::span<const payment_ref> part);
  [[nodiscard]] storage::write_outcome write_once(std::span<const payment_ref> part);
  void note_refused(const payment_ref& unit, const storage::rejected& why);
  void answer_fences();

  void store_checkpoint(const write_checkpoint& m);
  void keep_alive();
  [[nodiscard]] std::vector<shard_claim> claims_of(std::span<const shard_id> shards) const;
  void lose(const std::string& reason);

  journal_options options_;
  metrics* counters_;
  journal_peers peers_;
  std::unique_ptr<storage::journal_session> session_;
  incarnation incarnation_;  // of session_; grows with each
  std::uint64_t sessions_opened_ = 0;
  std::vector<shard_claim> claims_;  // sorted by shard
  ticket before_group_;  // the newest watermark that the group under way can't disprove (R14)
  std::deque<batch_ptr> gathered_;
  bool commit_pending_ = false;
  std::vector<std::pair<batch*, failed_row>> failed_;
  std::deque<commit_steps> steps_;
  std::deque<commit_deliveries> deliveries_;
  std::vector<fence_payments> fences_;
  bool made_round_trip_ = false;       // a commit since the fences that wait were asked for (R8)
  std::vector<transfer_row> encoded_;  // reused between commits
  std::vector<account_row> opened_;
  std::vector<account_change> changed_;
  std::chrono::steady_clock::time_point last_round_trip_;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::journal_peers)
