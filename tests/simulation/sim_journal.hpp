// A journal that speaks the messages of the real one, over the simulated database. Like the real
// one it does one thing at a time, in the order of its mailbox, and what it does takes (virtual)
// time; unlike it, it meets with every misfortune that the seed holds.
#pragma once

#include "actors/journal/journal.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "tests/simulation/sim_faults.hpp"
#include "tests/simulation/simulated_database.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string_view>

namespace suanpan::simulation {

/// To itself: the time that the present act takes has passed.
struct sim_wake {
  std::uint64_t number = 0;
};

class sim_journal final : public caf::event_based_actor {
 public:
  /// `faults` may change during the run and outlives the actor, as do world and database. `seen`:
  /// where the journal leaves the number of its session, for those who would end it.
  sim_journal(caf::actor_config& cfg, sim_world& world, simulated_database& database,
              const sim_faults& faults, std::shared_ptr<session_id> seen);
  const char* name() const override { return "journal"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct row_ref {  // an item, a voucher by its first entry, an opening, or a change
    batch* in = nullptr;
    std::uint32_t index = 0;
    row_kind kind = row_kind::unit;
  };
  using rows = std::vector<row_ref>;
  struct step_ref {  // a unit of steps of one order
    std::size_t message = 0;
    std::size_t first = 0;
    std::size_t size = 1;
  };
  using units = std::vector<step_ref>;
  /// How a commit will go.
  enum class fate : std::uint8_t {
    good,
    lost_before,
    in_doubt_with,
    in_doubt_without,
    late,
    warning_with,
    warning_without,
  };

  void enqueue(std::function<void()> act);
  void next();
  void after(sim_time delay, std::function<void()> then);
  void finished();
  [[nodiscard]] bool happens(std::uint64_t one_in, std::string_view what);
  [[nodiscard]] sim_time round_trip();

  void take(const take_shards& m);
  void take_locked(const std::vector<shard_id>& got);
  void refuse_take(const std::string& why);
  void release(const release_shards& m);
  void lose(const std::string& why, sim_time locks_free_after);

  void take_batch(const batch_ptr& b);
  void commit_gathered();
  void write_next_part();
  void part_answered(const rows& part, const sim_outcome& outcome);
  void split(rows part, const sim_rejected& why);
  void group_written();
  void answer_group();
  [[nodiscard]] sim_write write_of(const rows& part) const;
  void transact(std::function<sim_outcome()> apply, std::function<void(const sim_outcome&)> then);
  [[nodiscard]] fate draw_fate();

  // sim_journal_payments.cpp
  void take_steps(const commit_steps& m);
  void take_deliveries(const commit_deliveries& m);
  void fence_orders(const fence_payments& m);
  void commit_gathered_steps();
  void write_next_units();
  void units_answered(const units& part, const sim_outcome& outcome);
  [[nodiscard]] sim_payment_write write_of(const units& part) const;
  void answer_steps();

  void fence(std::function<void(bool)> then);
  void fence_posting(const fence_answers& m);
  void fence_one(const fence_read& m);
  void store_checkpoint(const write_checkpoint& m);
  void keep_alive();

  sim_world& world_;
  simulated_database& database_;
  const sim_faults& faults_;
  std::shared_ptr<session_id> seen_;
  journal_peers peers_;
  bool busy_ = false;
  std::deque<std::function<void()>> queue_;
  std::function<void()> then_;
  std::uint64_t wake_ = 0;

  session_id session_ = 0;  // 0: none
  incarnation incarnation_;
  std::uint64_t sessions_opened_ = 0;
  std::vector<shard_claim> claims_;
  std::vector<batch_ptr> gathered_;
  bool commit_pending_ = false;
  std::vector<batch_ptr> group_;
  std::vector<rows> parts_;  // still to write, last first
  bool whole_ = true;        // the group was not split: its watermark goes with its rows
  std::vector<std::pair<batch*, failed_row>> failed_;
  std::vector<commit_steps> steps_;
  bool steps_pending_ = false;
  std::vector<commit_steps> step_group_;
  std::vector<steps_settled> step_fates_;
  std::vector<units> unit_parts_;  // still to write, last first
};

}  // namespace suanpan::simulation

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::simulation::sim_wake)
