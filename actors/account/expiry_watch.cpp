#include "actors/account/expiry_watch.hpp"

namespace suanpan {

void expiry_watch::watch(const open_hold& hold) {
  if (hold.expires_at == 0) return;
  if (holds_.emplace(hold.id, hold).second) due_.emplace(hold.expires_at, hold.id);
}

void expiry_watch::forget(const transfer_id& hold) {
  const auto it = holds_.find(hold);
  if (it == holds_.end()) return;
  due_.erase({it->second.expires_at, hold});
  holds_.erase(it);
}

void expiry_watch::clear() {
  holds_.clear();
  due_.clear();
}

std::vector<open_hold> expiry_watch::take_due(std::int64_t now, std::size_t most) {
  std::vector<open_hold> found;
  while (!due_.empty() && due_.begin()->first <= now && found.size() < most) {
    const auto it = holds_.find(due_.begin()->second);
    due_.erase(due_.begin());
    if (it != holds_.end()) found.push_back(it->second);
  }
  return found;
}

void expiry_watch::retry(const transfer_id& hold, std::int64_t at) {
  if (holds_.contains(hold)) due_.emplace(at, hold);
}

}  // namespace suanpan
