// Which order time will do something with next. Pure: the supervisor asks it what is due, and tells
// it when an order's time has changed. Orders set no timers of their own.
#pragma once

#include "protocol/model/payment.hpp"

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace suanpan {

/// One moment an order. Not thread-safe. Times are Unix microseconds.
class due_heap {
 public:
  /// Replaces what was set for the order; nothing: it is due no more.
  void set(const payment_id& order, std::optional<std::int64_t> at_micros);
  void clear();

  [[nodiscard]] std::optional<std::int64_t> next() const;
  /// At most `most` orders whose time has come, earliest first, of equal times by id; each is
  /// forgotten until set() names it again.
  [[nodiscard]] std::vector<payment_id> take_due(std::int64_t now_micros, std::size_t most);

  [[nodiscard]] std::size_t size() const noexcept { return at_.size(); }

 private:
  absl::flat_hash_map<payment_id, std::int64_t> at_;
  absl::btree_set<std::pair<std::int64_t, payment_id>> by_time_;
};

}  // namespace suanpan
