// Whether this node serves, and if not, why: what /readyz and the health service say. Thread-safe.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace suanpan {

class node_status {
 public:
  [[nodiscard]] bool ready() const noexcept { return ready_.load(std::memory_order_acquire); }
  /// "starting", "owns_no_shard", "database_unavailable: …", "draining"; empty while ready.
  [[nodiscard]] std::string reason() const {
    const std::scoped_lock lock(guard_);
    return reason_;
  }
  void serve() {
    const std::scoped_lock lock(guard_);
    reason_.clear();
    ready_.store(true, std::memory_order_release);
  }
  void refuse(std::string why) {
    const std::scoped_lock lock(guard_);
    ready_.store(false, std::memory_order_release);
    reason_ = std::move(why);
  }

 private:
  std::atomic<bool> ready_{false};
  mutable std::mutex guard_;
  std::string reason_ = "starting";
};

}  // namespace suanpan
