// From the verdicts of an item's two accounts to the fate of the item. Pure.
#pragma once

#include "protocol/messages/batch.hpp"

namespace suanpan::verdict_rules {

enum class fate : std::uint8_t { booked, refused, deferred, unavailable };

struct ruling {
  fate is = fate::booked;
  item_result reason = item_result::none;  // of a refusal
};

/// The refusal with the smallest number wins (precedence), unless the account that deferred might
/// still come up with a smaller one: then the item is deferred, for the answer must equal a serial
/// run (R1).
[[nodiscard]] ruling combine(const leg& debit, const leg& credit);

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
