// One answer that comes on another thread, and how often it came.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace suanpan {

/// Collects what a callback is given; the callback outlives the test if it must.
template <class Value>
class answers {
 public:
  [[nodiscard]] auto taker() const {
    return [shared = shared_](Value value) {
      const std::scoped_lock lock(shared->guard);
      shared->all.push_back(std::move(value));
      shared->came.notify_all();
    };
  }
  /// All that came, once there are so many.
  [[nodiscard]] std::vector<Value> wait(std::size_t count) const {
    std::unique_lock lock(shared_->guard);
    const bool enough = shared_->came.wait_for(
        lock, std::chrono::seconds(30), [this, count] { return shared_->all.size() >= count; });
    REQUIRE(enough);
    return shared_->all;
  }
  [[nodiscard]] Value one() const { return wait(1).front(); }
  [[nodiscard]] std::size_t count() const {
    const std::scoped_lock lock(shared_->guard);
    return shared_->all.size();
  }

 private:
  struct shared {
    std::mutex guard;
    std::condition_variable came;
    std::vector<Value> all;
  };
  std::shared_ptr<shared> shared_ = std::make_shared<shared>();
};

}  // namespace suanpan
