// Watches connections that hang, and drops each when its caller has closed it or after a time: the
// HTTP library does not look at connections that wait.
#pragma once

#include "tools/bank/exchange.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace suanpan::bank {

class departures {
 public:
  explicit departures(std::int64_t hang_micros);
  ~departures() { close(); }
  departures(const departures&) = delete;
  departures& operator=(const departures&) = delete;

  void watch(std::shared_ptr<exchange> what);
  /// Drops all.
  void close();

 private:
  void run();
  void drop(int fd, const exchange* only);
  [[nodiscard]] int pause_millis();

  std::int64_t hang_micros_;
  int epoll_ = -1;
  int wakes_ = -1;
  std::mutex mutex_;
  std::map<int, std::shared_ptr<exchange>> hanging_;  // by socket
  std::deque<std::pair<std::int64_t, std::weak_ptr<exchange>>> until_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace suanpan::bank
