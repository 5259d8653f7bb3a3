// Who may be told what is left to reverse. Reversals of one original are judged one after the
// other, in order of arrival, each when the fate of all before it is durable, and of the original
// if that was in flight: then the rows tell everything (R1, R6). An item that comes under an id
// which an undecided reversal names comes after that, so it waits for it. Whoever waits, waits for
// what came earlier only, so nobody waits for ever. Pure: places only; who the items are, the
// teller knows.
#pragma once

#include "protocol/model/ids.hpp"

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <span>
#include <vector>

namespace suanpan {

/// Not thread-safe.
class reversal_desk {
 public:
  using arrival = std::uint64_t;

  /// An item or voucher that reverses these originals, each once. `in_flight`: those of them whose
  /// fate is not known yet. Arrivals ascend from call to call.
  void enter(arrival unit, std::span<const transfer_id> originals,
             std::span<const transfer_id> in_flight);
  /// The fate of an id that was in flight is known, and durable.
  void ended(const transfer_id& id);
  /// The unit's fate is known, and durable; or it was given up. Unknown units are ignored.
  void leave(arrival unit);
  void clear();

  /// Units that nothing holds any more, oldest first, each once: their originals can be looked up.
  [[nodiscard]] std::vector<arrival> take_ready();
  /// Whether an undecided unit reverses what is booked under this id.
  [[nodiscard]] bool names(const transfer_id& id) const { return lines_.contains(id); }
  [[nodiscard]] bool empty() const noexcept { return units_.empty(); }

 private:
  struct unit_state {
    std::vector<transfer_id> originals;
    std::uint32_t waits_for = 0;  // originals in flight, and lines that it is not first in
  };
  void fulfil(arrival unit);

  absl::flat_hash_map<arrival, unit_state> units_;
  absl::flat_hash_map<transfer_id, absl::btree_set<arrival>> lines_;    // by original
  absl::flat_hash_map<transfer_id, std::vector<arrival>> until_ended_;  // by id in flight
  absl::btree_set<arrival> ready_;
};

}  // namespace suanpan
