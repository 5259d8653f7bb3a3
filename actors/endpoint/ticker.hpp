// A thread that does one thing now and then, or at once when woken. Apart from the actors, because
// the endpoint has to be looked after even when they are stuck.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace suanpan::endpoint {

class ticker {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// Acts at once, then every `period`; when woken sooner, but never within `pause` of the last
  /// time.
  ticker(milliseconds period, milliseconds pause, std::function<void()> act)
      : period_(period), pause_(pause), act_(std::move(act)), thread_([this] { run(); }) {}
  ~ticker() { stop(); }
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;

  /// Acts soon. Thread-safe.
  void wake() {
    {
      const std::scoped_lock lock(guard_);
      woken_ = true;
    }
    changed_.notify_one();
  }
  /// After the act in progress, no other follows. Idempotent.
  void stop() {
    {
      const std::scoped_lock lock(guard_);
      stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    for (;;) {
      act_();
      std::unique_lock lock(guard_);
      changed_.wait_for(lock, pause_, [this] { return stopping_; });
      changed_.wait_for(lock, period_ - pause_, [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
  }

  milliseconds period_;
  milliseconds pause_;
  std::function<void()> act_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace suanpan::endpoint
