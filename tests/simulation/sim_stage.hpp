// A small stage for scripted cases: one world, one or two nodes, accounts that are open, and words
// to ask and to wait with. Misfortunes happen only when the script says so.
#pragma once

#include "tests/simulation/auditor.hpp"
#include "tests/simulation/sim_node.hpp"
#include "tests/support/samples.hpp"

#include <memory>
#include <string>
#include <vector>

namespace suanpan::simulation {

inline constexpr auto no_overdraft = account_flags::no_overdraft;

struct stage_options {
  std::uint64_t seed = 7;
  std::uint32_t nodes = 1;
  std::uint32_t shards = 2;
  std::uint32_t restart_intensity = 3;
  std::chrono::seconds passivate_after{300};
  std::chrono::milliseconds checkpoint_interval{100};
  std::uint32_t checkpoint_rows_max = 10'000;
  std::size_t batch_transfers_max = 8'192;
  std::size_t queue_items_max = 1'000'000;
  std::int32_t day_shift_minutes = 480;
  /// Set: orders, through its channel. Opened once the world is there.
  std::function<std::shared_ptr<sim_payments>(sim_world&)> payments = nullptr;
};

class sim_stage {
 public:
  explicit sim_stage(const stage_options& options = {});
  ~sim_stage();

  /// Opens an account on this shard and returns its number.
  account_number open(const std::string& owner, std::uint16_t shard,
                      account_flags flags = account_flags::none);
  account_number open_as(const account_opening& what);
  /// A transfer with an id of now.
  transfer make(account_number debit, account_number credit, std::int64_t amount);
  /// Posts and waits for the answers.
  std::vector<item_answer> post(const std::vector<transfer>& what, std::size_t node = 0);
  item_answer post_one(const transfer& what, std::size_t node = 0) {
    return post({what}, node).front();
  }
  /// Posts and does not wait.
  std::shared_ptr<sim_posting> send(const std::vector<transfer>& what, std::size_t node = 0);
  /// Reads an account at a node; the balance on its credit side.
  std::optional<std::int64_t> credit_balance(account_number which, std::size_t node = 0);

  void wait(sim_time how_long) { world.run_until(world.now() + how_long, nullptr); }
  bool wait_for(const std::function<bool()>& what, sim_time at_most = 60 * seconds) {
    return world.run_until(world.now() + at_most, what);
  }
  /// Until a node serves, whichever of them.
  bool wait_until_served();
  /// kill -9, and a new life.
  void restart(std::size_t node);
  [[nodiscard]] sim_node& node(std::size_t index = 0) { return *nodes.at(index); }
  [[nodiscard]] bool stored(const transfer& what) const {
    return database.rows().contains(what.id);
  }
  /// What the auditor finds, as one text; empty is well.
  [[nodiscard]] std::string audit();

  sim_world world;
  sim_faults faults;
  simulated_database database;
  history told;
  std::vector<std::unique_ptr<sim_node>> nodes;

 private:
  std::uint64_t ids_ = 0;
};

}  // namespace suanpan::simulation
