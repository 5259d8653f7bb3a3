// The simulated database behind the contract's interface.
#include "tests/simulation/contract_stores.hpp"

#include <chrono>

namespace suanpan::simulation {
namespace {

std::int64_t days_ago_millis(int days) {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return now - days * 86'400'000LL;
}

ended verdict_of(const sim_outcome& outcome) {
  if (const auto* why = std::get_if<sim_rejected>(&outcome))
    return why->duplicate ? ended::duplicate : ended::refused;
  return std::holds_alternative<sim_committed>(outcome) ? ended::committed : ended::fenced;
}

class simulated_store final : public contract_store {
 public:
  simulated_store() { database_.detach_before(days_ago_millis(30)); }

  session open() override { return database_.open_session(); }
  bool try_lock(session of, shard_id shard) override {
    return alive(of) && database_.try_lock(of, shard);
  }
  std::vector<shard_claim> raise_epochs(session of, std::vector<shard_id> shards) override {
    if (!alive(of)) return {};
    return database_.raise_epochs(of, shards);
  }
  bool release(session of, shard_id shard) override {
    const bool held = alive(of) && database_.unlock(of, shard);
    if (!held) database_.end_session(of, "a lock was not held");
    return held;
  }
  ended write(session of, const sim_write& what, mid_commit meets) override {
    if (meets == mid_commit::dies_without_effect) terminate(of);
    if (!alive(of)) return ended::unknown;
    if (meets == mid_commit::nothing) return drop_if_fenced(of, database_.write(of, what));
    database_.without_standby([&] { static_cast<void>(database_.write(of, what)); });
    terminate(of);
    return ended::unknown;
  }
  ended write_checkpoint(session of, const sim_checkpoint& what) override {
    if (!alive(of)) return ended::unknown;
    return drop_if_fenced(of, database_.write_checkpoint(of, what));
  }
  ended write_watermark(session of, ticket settled) override {
    if (!alive(of)) return ended::unknown;
    database_.write_watermark(of, settled);
    return ended::committed;
  }
  bool alive(session of) override { return database_.alive(of); }
  void terminate(session of) override { database_.end_session(of, "terminated"); }

  std::vector<stored_transfer> find(std::vector<transfer_id> ids) override {
    return database_.find_transfers(ids);
  }
  std::vector<account_row> load(std::vector<account_number> numbers) override {
    return database_.load_accounts(numbers);
  }
  std::vector<account_row> find_keys(std::vector<account_key> keys) override {
    return database_.find_accounts(keys);
  }
  sim_recovery recover(const std::vector<shard_claim>& claims, std::int64_t since_millis,
                       std::size_t most) override {
    return database_.recover(claims, since_millis, most);
  }
  transfer_id detached_id() override { return transfer_id::first_of(days_ago_millis(60)); }

 private:
  // As the journal does with a session that was fenced.
  ended drop_if_fenced(session of, const sim_outcome& outcome) {
    const auto verdict = verdict_of(outcome);
    if (verdict == ended::fenced) terminate(of);
    return verdict;
  }

  sim_world world_{1};
  simulated_database database_{world_, 64};
};

}  // namespace

std::unique_ptr<contract_store> make_simulated_store() {
  return std::make_unique<simulated_store>();
}

}  // namespace suanpan::simulation
