#include "actors/teller/reversal_desk.hpp"

#include <utility>

namespace suanpan {

void reversal_desk::enter(arrival unit, std::span<const transfer_id> originals,
                          std::span<const transfer_id> in_flight) {
  auto& mine = units_[unit];
  mine.originals.assign(originals.begin(), originals.end());
  for (const auto& original : originals) {
    auto& line = lines_[original];
    if (!line.empty()) ++mine.waits_for;
    line.insert(unit);
  }
  for (const auto& id : in_flight) {
    until_ended_[id].push_back(unit);
    ++mine.waits_for;
  }
  if (mine.waits_for == 0) ready_.insert(unit);
}

void reversal_desk::fulfil(arrival unit) {
  const auto it = units_.find(unit);
  if (it == units_.end()) return;
  if (--it->second.waits_for == 0) ready_.insert(unit);
}

void reversal_desk::ended(const transfer_id& id) {
  const auto it = until_ended_.find(id);
  if (it == until_ended_.end()) return;
  const auto waiting = std::move(it->second);
  until_ended_.erase(it);
  for (const auto unit : waiting) fulfil(unit);
}

void reversal_desk::leave(arrival unit) {
  const auto it = units_.find(unit);
  if (it == units_.end()) return;
  const auto mine = std::move(it->second);
  units_.erase(it);
  ready_.erase(unit);
  for (const auto& original : mine.originals) {
    const auto at = lines_.find(original);
    auto& line = at->second;
    const bool was_first = *line.begin() == unit;
    line.erase(unit);
    if (line.empty())
      lines_.erase(at);
    else if (was_first)
      fulfil(*line.begin());
  }
}

void reversal_desk::clear() {
  units_.clear();
  lines_.clear();
  until_ended_.clear();
  ready_.clear();
}

std::vector<reversal_desk::arrival> reversal_desk::take_ready() {
  std::vector<arrival> ready(ready_.begin(), ready_.end());
  ready_.clear();
  return ready;
}

}  // namespace suanpan
