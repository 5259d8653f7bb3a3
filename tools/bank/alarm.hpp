// Calls back when a time has come, on a thread of its own, in order of time and then of asking.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

namespace suanpan::bank {

/// Unix microseconds, now.
[[nodiscard]] std::int64_t clock_micros();

class alarm {
 public:
  alarm() : thread_([this] { run(); }) {}
  ~alarm() { close(); }
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  /// `due` in Unix microseconds; what lies in the past is due at once. After close(): never.
  void at(std::int64_t due, std::function<void()> then);
  /// What is not due yet is forgotten; what runs is waited for.
  void close();

 private:
  struct entry {
    std::int64_t due = 0;
    std::uint64_t asked = 0;
    std::function<void()> then;
  };
  struct later {
    bool operator()(const entry& a, const entry& b) const {
      return a.due != b.due ? a.due > b.due : a.asked > b.asked;
    }
  };

  void run();

  std::mutex mutex_;
  std::condition_variable wakes_;
  std::priority_queue<entry, std::vector<entry>, later> waiting_;
  std::uint64_t asked_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace suanpan::bank
