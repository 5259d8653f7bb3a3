#include "actors/teller/verdict_rules.hpp"

#include <limits>
#include <utility>

namespace suanpan::verdict_rules {
namespace {

// A refusal in the order in which refusals win: by number, then by leg.
struct blame {
  item_result reason{std::numeric_limits<std::int16_t>::max()};  // none yet
  std::uint32_t leg = 0;

  void take(item_result other, std::uint32_t of) {
    if (other < reason) *this = {other, of};
  }
  [[nodiscard]] bool is_none() const {
    return reason == item_result{std::numeric_limits<std::int16_t>::max()};
  }
  [[nodiscard]] bool before(const blame& other) const {
    return std::pair{reason, leg} < std::pair{other.reason, other.leg};
  }
};

}  // namespace

ruling combine(std::span<const leg> legs) {
  blame refused;
  blame possible;
  for (std::uint32_t i = 0; i < legs.size(); ++i) {
    if (legs[i].said == verdict::unavailable)
      return {fate::unavailable, item_result::unavailable, 0};
    if (legs[i].said == verdict::refused) refused.take(legs[i].reason, i);
    if (legs[i].said == verdict::deferred) possible.take(legs[i].reason, i);
  }
  if (!refused.is_none() && refused.before(possible))
    return {fate::refused, refused.reason, refused.leg / 2};
  if (!possible.is_none()) return {fate::deferred, item_result::none, 0};
  return {fate::booked, item_result::posted, 0};
}

balanced balance(transfer_kind kind, std::span<const leg, 2> legs,
                 std::span<const minor_units, 2> most) {
  const std::size_t limiting = kind == transfer_kind::balancing_debit ? 0 : 1;
  const std::size_t other = 1 - limiting;
  if (most[other].value < most[limiting].value) return {{fate::refused, legs[other].reason, 0}, {}};
  return {{fate::booked, item_result::posted, 0}, most[limiting]};
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
