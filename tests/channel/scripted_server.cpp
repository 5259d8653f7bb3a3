#include "tests/channel/scripted_server.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace suanpan {
namespace {

int listen_on(const char* address, std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  REQUIRE(inet_pton(AF_INET, address, &at.sin_addr) == 1);
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  REQUIRE(::listen(listener, 1'024) == 0);
  socklen_t size = sizeof at;
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  port = ntohs(at.sin_port);
  return listener;
}

void take_line(served_request& into, std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  into.headers[name] = line.substr(colon + 2);
}

/// A whole request at the front of the buffer, taken out of it.
std::optional<served_request> take_request(std::string& buffer) {
  const std::size_t end = buffer.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  served_request found;
  const std::string_view head = std::string_view(buffer).substr(0, end);
  const std::string_view first = head.substr(0, head.find("\r\n"));
  found.method = first.substr(0, first.find(' '));
  const std::string_view rest = first.substr(found.method.size() + 1);
  found.path = rest.substr(0, rest.find(' '));
  for (std::size_t at = first.size(); at < head.size();) {
    const std::size_t next = std::min(head.find("\r\n", at + 2), head.size());
    take_line(found, head.substr(at + 2, next - at - 2));
    at = next;
  }
  const auto stated = found.headers.find("content-length");
  const std::size_t length =
      stated == found.headers.end() ? 0 : std::strtoul(stated->second.c_str(), nullptr, 10);
  if (buffer.size() < end + 4 + length) return std::nullopt;
  found.body = buffer.substr(end + 4, length);
  buffer.erase(0, end + 4 + length);
  return found;
}

}  // namespace

served_answer http_answer(int status, std::string_view body,
                          const std::map<std::string, std::string>& headers) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + " Told\r\n";
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return {bytes.append(body), false, false};
}

scripted_server::scripted_server(script say, const char* address)
    : say_(std::move(say)), host_(address) {
  listener_ = listen_on(address, port_);
  accepting_ = std::thread([this] { accept_all(); });
}

scripted_server::~scripted_server() {
  {
    const std::scoped_lock lock(guard_);
    stopping_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

std::string scripted_server::url(std::string_view path) const {
  return ("http://" + host_ + ":" + std::to_string(port_)).append(path);
}

void scripted_server::accept_all() {
  for (int socket = 0; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const int now = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    const std::scoped_lock lock(guard_);
    if (stopping_) {
      ::close(socket);
      continue;
    }
    connections_ += 1;
    open_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void scripted_server::serve(int socket) {
  std::string buffer;
  char part[16'384];
  bool goes_on = true;
  int count = 0;
  while (goes_on) {
    auto request = take_request(buffer);
    if (!request) {
      const ssize_t got = ::recv(socket, part, sizeof part, 0);
      if (got <= 0) break;
      buffer.append(part, static_cast<std::size_t>(got));
      continue;
    }
    requests_ += 1;
    request->on_connection = ++count;
    const auto answer = say_(*request);
    if (!answer.bytes.empty()) {
      (void)!::send(socket, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
    }
    while (answer.hangs && ::recv(socket, part, sizeof part, 0) > 0) {
    }
    goes_on = !answer.closes && !answer.hangs;
  }
  const std::scoped_lock lock(guard_);
  std::erase(open_, socket);
  ::close(socket);
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  ::close(listen_on("127.0.0.1", port));
  return port;
}

}  // namespace suanpan
