#include "actors/endpoint/ports.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace suanpan::endpoint {
namespace {

/// A numeric address and a port, in the form that bind() takes.
struct socket_address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

bool read_address(const std::string& text, std::uint16_t port, socket_address& out) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    out.length = sizeof v4;
    return true;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) != 1) return false;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  out.length = sizeof v6;
  return true;
}

bool is_free(const std::string& address, std::uint16_t port) {
  socket_address at;
  if (!read_address(address, port, at)) return false;
  const int socket_fd = ::socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return false;
  const int on = 1;  // a port in TIME_WAIT is free for a listener
  ::setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound =
      ::bind(socket_fd, reinterpret_cast<const sockaddr*>(&at.storage), at.length) == 0 &&
      ::listen(socket_fd, 1) == 0;
  ::close(socket_fd);
  return bound;
}

}  // namespace

std::optional<std::uint16_t> find_port(const listen_address& wanted) {
  if (wanted.port == 0) return wanted.port;
  const int tries = wanted.search ? port_tries_max : 1;
  for (int i = 0; i < tries; ++i) {
    const int port = wanted.port + i * port_step;
    if (port > 65'535) break;
    if (is_free(wanted.address, static_cast<std::uint16_t>(port)))
      return static_cast<std::uint16_t>(port);
  }
  return std::nullopt;
}

void knock(const std::string& address, std::uint16_t port) noexcept {
  socket_address at;
  if (!read_address(address, port, at)) return;
  const int socket_fd =
      ::socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_fd < 0) return;
  (void)::connect(socket_fd, reinterpret_cast<const sockaddr*>(&at.storage), at.length);
  ::close(socket_fd);
}

bool is_loopback(const std::string& address) {
  socket_address at;
  if (!read_address(address, 0, at)) return false;
  if (at.storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(at.storage);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(at.storage);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

std::string join(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace suanpan::endpoint
