// Which misfortunes a run has, and how often: "once in so many", 0 = never. Drawn from the seed, or
// set by a scripted case.
#pragma once

#include "tests/simulation/misfortunes.hpp"
#include "tests/simulation/sim_world.hpp"

namespace suanpan::simulation {

struct sim_faults {
  // Of a commit:
  std::uint64_t slow = 0;              // takes seconds instead of milliseconds
  std::uint64_t lost_before = 0;       // the session is lost, nothing happened
  std::uint64_t in_doubt_with = 0;     // no answer, but it happened
  std::uint64_t in_doubt_without = 0;  // no answer, and it did not
  std::uint64_t late = 0;              // no answer; it happens later, before the locks are free
  std::uint64_t warning_with = 0;      // COMMIT with a warning; it happened
  std::uint64_t warning_without = 0;   // likewise; it did not
  // Of anything else:
  std::uint64_t takeover_in_doubt = 0;  // the epochs are raised, the answer is lost
  std::uint64_t lock_lingers = 0;       // a shard's lock is not free yet: nodes share the shards
  std::uint64_t session_dies = 0;       // a round trip finds the session gone
  std::uint64_t read_fails = 0;         // a look-up or a load is unavailable
  std::uint64_t recovery_fails = 0;
  std::uint64_t slow_read = 0;       // takes up to a second
  std::uint64_t connect_fails = 0;   // the database can't be had
  std::uint64_t account_throws = 0;  // an account meets an exception while it decides (R11)
  std::uint64_t payment_throws = 0;  // likewise an order (R11)
  std::uint64_t channel_throws = 0;  // likewise a channel, which is restarted alone
  sim_time slow_commit_max = 3 * seconds;

  [[nodiscard]] static sim_faults none() { return {}; }
};

}  // namespace suanpan::simulation
