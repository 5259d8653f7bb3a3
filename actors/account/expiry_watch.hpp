// Which open holds of a shard expire when (R23). Pure: the supervisor asks it what is due, and
// tells it what became of the voids.
#pragma once

#include "protocol/model/hold.hpp"

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <vector>

namespace suanpan {

/// Not thread-safe. Times are Unix microseconds.
class expiry_watch {
 public:
  /// An open hold with an expiry; others are ignored.
  void watch(const open_hold& hold);
  /// Captured or voided; unknown ones are ignored.
  void forget(const transfer_id& hold);
  void clear();

  /// At most `most` holds whose time has come, earliest first; each is asked for once until
  /// retry() names it.
  [[nodiscard]] std::vector<open_hold> take_due(std::int64_t now, std::size_t most);
  /// Its void did not come about, or nobody knows: it is due again at that time.
  void retry(const transfer_id& hold, std::int64_t at);

  [[nodiscard]] bool empty() const noexcept { return holds_.empty(); }

 private:
  absl::flat_hash_map<transfer_id, open_hold> holds_;
  absl::btree_set<std::pair<std::int64_t, transfer_id>> due_;
};

}  // namespace suanpan
