// The bank's HTTP server: one thread for all connections, none for those that wait.
#pragma once

#include "tools/bank/exchange.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace suanpan::bank {

struct listening {
  std::string address = "127.0.0.1";  // numeric
  std::uint16_t port = 7500;          // 0: any
  bool search = false;                // taken: the next free one, in steps of ten
};

class front {
 public:
  static constexpr std::size_t body_bytes_max = 64 * 1024;
  static constexpr unsigned connections_max = 20'000;

  /// `handle` is called on the server's thread, and says something to each exchange sooner or
  /// later.
  front(std::function<void(std::shared_ptr<exchange>)> handle, std::int64_t hang_micros);
  ~front();
  front(const front&) = delete;
  front& operator=(const front&) = delete;

  /// Empty if it listens; else why not.
  [[nodiscard]] std::string start(const listening& at);
  [[nodiscard]] std::uint16_t port() const;
  /// Drops whoever still waits.
  void stop();

 private:
  class server;
  std::unique_ptr<server> server_;
};

/// 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback(const std::string& address);
/// "127.0.0.1:7500", "[::1]:7500".
[[nodiscard]] std::string join(const std::string& address, std::uint16_t port);

}  // namespace suanpan::bank
