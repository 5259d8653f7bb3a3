// From the verdicts of an item's two accounts to the fate of the item. Pure.
#pragma once

#include "protocol/messages/batch.hpp"

#include <span>

namespace suanpan::verdict_rules {

enum class fate : std::uint8_t { booked, refused, deferred, unavailable };

struct ruling {
  fate is = fate::booked;
  item_result reason = item_result::none;  // what the item at fault is told
  std::uint32_t at_fault = 0;              // of a refusal: the item, counted from the unit's first
};

/// Of an item, or of all items of a voucher: two legs each. The refusal with the smallest number
/// wins (precedence), of equal ones the first, unless an account that deferred might still come up
/// with one before it: then the unit is deferred, for the answer must equal a serial run (R1).
[[nodiscard]] ruling combine(std::span<const leg> legs);

/// Of a balancing transfer that both accounts accept: the limiting one's most is moved, if the
/// other accepts as much; `most` as they said, by side. `moved`: 0 where it is refused.
struct balanced {
  ruling is;
  minor_units moved;
};
[[nodiscard]] balanced balance(transfer_kind kind, std::span<const leg, 2> legs,
                               std::span<const minor_units, 2> most);

/// What an account must be told of a leg after the item's fate is known (R10).
enum class notice : std::uint8_t {
  nothing,
  undo,             // accepted, but the item was not booked
  undo_to_return,   // accepted, but the item is deferred
  count_to_return,  // refused, but the item is deferred
  drop,             // deferred, but the item will not return
};
[[nodiscard]] notice notice_for(verdict said, fate item);

}  // namespace suanpan::verdict_rules
