#include "actors/teller/verdict_rules.hpp"

#include <algorithm>

namespace suanpan::verdict_rules {
namespace {

constexpr item_result no_reason{std::numeric_limits<std::int16_t>::max()};

item_result reason_of(const leg& l, verdict said) {
  return l.said == said ? l.reason : no_reason;
}

}  // namespace

ruling combine(const leg& debit, const leg& credit) {
  if (debit.said == verdict::unavailable || credit.said == verdict::unavailable)
    return {fate::unavailable, item_result::unavailable};
  const auto refused =
      std::min(reason_of(debit, verdict::refused), reason_of(credit, verdict::refused));
  const auto possible =
      std::min(reason_of(debit, verdict::deferred), reason_of(credit, verdict::deferred));
  if (refused != no_reason && refused < possible) return {fate::refused, refused};
  if (possible != no_reason) return {fate::deferred, item_result::none};
  return {fate::booked, item_result::posted};
}

notice notice_for(verdict said, fate item) {
  switch (said) {
    case verdict::accepted:
      if (item == fate::booked) return notice::nothing;
      return item == fate::deferred ? notice::undo_to_return : notice::undo;
    case verdict::refused:
      return item == fate::deferred ? notice::count_to_return : notice::nothing;
    case verdict::deferred:
      return item == fate::deferred ? notice::nothing : notice::drop;
    case verdict::undecided:
    case verdict::unavailable:
      return notice::nothing;
  }
  return notice::nothing;
}

}  // namespace suanpan::verdict_rules
