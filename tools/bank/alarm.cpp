#include "tools/bank/alarm.hpp"

#include <chrono>
#include <utility>

namespace suanpan::bank {

std::int64_t clock_micros() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

void alarm::at(std::int64_t due, std::function<void()> then) {
  bool earliest = false;
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    earliest = waiting_.empty() || due < waiting_.top().due;
    waiting_.push({due, asked_++, std::move(then)});
  }
  if (earliest) wakes_.notify_one();
}

void alarm::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (waiting_.empty()) {
      wakes_.wait(lock);
      continue;
    }
    const auto due = waiting_.top().due;
    if (due > clock_micros()) {
      const auto when = std::chrono::system_clock::time_point(std::chrono::microseconds(due));
      wakes_.wait_until(lock, when);
      continue;
    }
    // The queue is ordered by what is not moved here.
    const auto then = std::move(const_cast<entry&>(waiting_.top()).then);
    waiting_.pop();
    lock.unlock();
    then();
    lock.lock();
  }
}

void alarm::close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wakes_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace suanpan::bank
