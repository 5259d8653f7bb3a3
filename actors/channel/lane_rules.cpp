#include "actors/channel/lane_rules.hpp"

#include <algorithm>

namespace suanpan {

bool lane::full() const noexcept {
  const bool busy = static_cast<std::int64_t>(begun_.size()) >= limits_.concurrency;
  // While there is room at the bank the first that waits begins at once: it is not counted.
  const std::int64_t room = limits_.queue + (busy ? 0 : 1);
  return static_cast<std::int64_t>(waiting_.size()) >= room;
}

bool lane::admit(lane_entry entry) {
  if (full()) return false;
  waiting_.push_back(entry);
  return true;
}

std::optional<lane_entry> lane::next() const {
  const bool busy = static_cast<std::int64_t>(begun_.size()) >= limits_.concurrency;
  if (busy || waiting_.empty()) return std::nullopt;
  return waiting_.front();
}

void lane::begin() {
  begun_.push_back(waiting_.front().number);
  waiting_.pop_front();
}

bool lane::end(std::uint64_t number) {
  const auto found = std::ranges::find(begun_, number);
  if (found == begun_.end()) return false;
  *found = begun_.back();
  begun_.pop_back();
  return true;
}

std::vector<lane_entry> lane::take_expired(std::int64_t now_micros) {
  std::vector<lane_entry> expired;
  const auto is_late = [now_micros](const lane_entry& e) {
    return e.give_up_micros - now_micros < least_budget_micros;
  };
  for (const auto& e : waiting_) {
    if (is_late(e)) expired.push_back(e);
  }
  if (!expired.empty()) std::erase_if(waiting_, is_late);
  return expired;
}

}  // namespace suanpan
