#include "actors/payment/due_heap.hpp"

namespace suanpan {

void due_heap::set(const payment_id& order, std::optional<std::int64_t> at_micros) {
  const auto known = at_.find(order);
  if (known != at_.end()) {
    if (at_micros == known->second) return;
    by_time_.erase({known->second, order});
    at_.erase(known);
  }
  if (!at_micros) return;
  at_.emplace(order, *at_micros);
  by_time_.emplace(*at_micros, order);
}

void due_heap::clear() {
  at_.clear();
  by_time_.clear();
}

std::optional<std::int64_t> due_heap::next() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

std::vector<payment_id> due_heap::take_due(std::int64_t now_micros, std::size_t most) {
  std::vector<payment_id> due;
  while (!by_time_.empty() && by_time_.begin()->first <= now_micros && due.size() < most) {
    due.push_back(by_time_.begin()->second);
    at_.erase(due.back());
    by_time_.erase(by_time_.begin());
  }
  return due;
}

}  // namespace suanpan
