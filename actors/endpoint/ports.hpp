// Which port to listen on: the one asked for, or the next free one in steps of ten, so that node
// k's three ports stay together (INTERFACE).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace suanpan::endpoint {

inline constexpr std::uint16_t port_step = 10;
inline constexpr int port_tries_max = 100;

struct listen_address {
  std::string address;  // numeric IPv4 or IPv6
  std::uint16_t port = 0;
  bool search = false;
};

/// A port that was free a moment ago; 0 stays 0 (any). Nothing: taken, or no such local address.
[[nodiscard]] std::optional<std::uint16_t> find_port(const listen_address& wanted);

/// Connects and hangs up, to wake a listener of this process. Failure is as good.
void knock(const std::string& address, std::uint16_t port) noexcept;

/// 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback(const std::string& address);

/// "127.0.0.1:7400", "[::1]:7400".
[[nodiscard]] std::string join(const std::string& address, std::uint16_t port);

}  // namespace suanpan::endpoint
