// Reversals wait until the rows tell all that they depend on: the original, and what was reversed
// of it before (R1). What is wrong with them is certain then, and comes before what accounts say.
#include "actors/teller/teller.hpp"

namespace suanpan {
namespace {

using originals_named = absl::InlinedVector<transfer_id, 2>;

originals_named originals_of(std::span<const transfer> whats) {
  originals_named each;
  for (const auto& what : whats)
    if (what.kind == transfer_kind::reverse && std::ranges::find(each, what.related) == each.end())
      each.push_back(what.related);
  return each;
}

}  // namespace

// Its id is not known, and a reversal that came before it names that: so it comes after it.
bool teller::must_wait_for_reversal(const item_ref& item) {
  if (desk_.empty()) return false;
  for (const auto& what : item.whats())
    if (desk_.names(what.id) && recent_.find(what.id) == nullptr) {
      parked_[what.id].push_back(item);
      return true;
    }
  return false;
}

// Precondition: its ids are claimed.
void teller::enter_desk(const item_ref& item) {
  const auto originals = originals_of(item.whats());
  originals_named in_flight;
  for (const auto& id : originals) {
    const auto* known = recent_.find(id);
    const bool own = std::ranges::find(item.whats(), id, &transfer::id) != item.whats().end();
    if (!own && known != nullptr && known->result == item_result::none) in_flight.push_back(id);
  }
  desk_.enter(item.arrival, originals, in_flight);
}

// What waited until nobody reverses its id any more is admitted anew.
void teller::leave_desk(arrival which) {
  if (which == 0 || desk_.empty()) return;
  desk_.leave(which);
  for (auto it = parked_.begin(); it != parked_.end();) {
    if (desk_.names(it->first)) {
      ++it;
      continue;
    }
    for (auto& item : it->second) again_.push_back(std::move(item));
    it = parked_.erase(it);
  }
  pump_soon();
}

void teller::ask_for_originals(look_up_ids& ask) {
  for (const auto which : desk_.take_ready()) {
    next_look_up_.reversals.push_back(which);
    for (const auto& id : originals_of(held_.at(which).whats())) ask.originals.push_back(id);
  }
  std::ranges::sort(ask.originals);
  ask.originals.erase(std::ranges::unique(ask.originals).begin(), ask.originals.end());
}

void teller::take_originals(const look_up_round& round, const ids_looked_up& m) {
  for (const auto which : round.reversals) {
    if (m.unavailable) {
      give_up(which, {item_result::unavailable, {}});
      continue;
    }
    const auto it = held_.find(which);
    if (it == held_.end()) continue;
    it->second.fault = judge_reversals(it->second.whats(), m.originals);
    it->second.reversals_judged = true;
    room_.fulfil(which);
  }
}

// Recorded like any other refusal (R5).
bool teller::refuse_reversal(batch& b, std::uint32_t first, const item_ref& item) {
  if (item.fault.reason == item_result::none) return false;
  for (auto e = first; e < b.entries.size(); ++e) b.entries[e].result = item_result::linked_failed;
  b.entries[first + item.fault.item].result = item.fault.reason;
  return true;
}

}  // namespace suanpan
