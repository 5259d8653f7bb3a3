// What a ledger's database owes the journal and the readers, as one small interface, and the two
// that keep it: the simulated database and the real one behind storage/ on a private PostgreSQL.
// Whatever the simulation relies on must hold for both.
#pragma once

#include "protocol/model/records.hpp"
#include "tests/simulation/simulated_database.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::simulation {

/// How a transaction ended, for the one who asked.
enum class ended : std::uint8_t {
  committed,
  duplicate,  // refused for an id or a key that is there; the session lives
  refused,    // refused for its content; the session lives
  fenced,     // an epoch did not hold; the session is dead
  unknown,    // the session is dead; it may or may not have happened
};

/// What becomes of a session while the server works on its commit.
enum class mid_commit : std::uint8_t { nothing, dies_without_effect, dies_with_effect };

class contract_store {
 public:
  using session = std::size_t;

  virtual ~contract_store() = default;
  [[nodiscard]] virtual session open() = 0;
  [[nodiscard]] virtual bool try_lock(session of, shard_id shard) = 0;
  /// Empty: refused.
  [[nodiscard]] virtual std::vector<shard_claim> raise_epochs(session of,
                                                              std::vector<shard_id> shards) = 0;
  /// False: it was not held once, or the session is dead.
  [[nodiscard]] virtual bool release(session of, shard_id shard) = 0;
  [[nodiscard]] virtual ended write(session of, const sim_write& what,
                                    mid_commit meets = mid_commit::nothing) = 0;
  [[nodiscard]] virtual ended write_checkpoint(session of, const sim_checkpoint& what) = 0;
  [[nodiscard]] virtual ended write_watermark(session of, ticket settled) = 0;
  /// A round trip.
  [[nodiscard]] virtual bool alive(session of) = 0;
  /// Somebody's pg_terminate_backend; on return its locks are free.
  virtual void terminate(session of) = 0;

  [[nodiscard]] virtual std::vector<stored_transfer> find(std::vector<transfer_id> ids) = 0;
  [[nodiscard]] virtual std::vector<account_row> load(std::vector<account_number> numbers) = 0;
  [[nodiscard]] virtual std::vector<account_row> find_keys(std::vector<account_key> keys) = 0;
  [[nodiscard]] virtual sim_recovery recover(const std::vector<shard_claim>& claims,
                                             std::int64_t since_millis, std::size_t most) = 0;
  /// An id whose partition is not there.
  [[nodiscard]] virtual transfer_id detached_id() = 0;
};

/// A new one, empty, with 64 shards.
[[nodiscard]] std::unique_ptr<contract_store> make_simulated_store();
[[nodiscard]] std::unique_ptr<contract_store> make_real_store();

}  // namespace suanpan::simulation
