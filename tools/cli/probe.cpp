// See probe.hpp. The health service's two messages have one field each, so they are written by hand
// rather than drag another .proto into the build.
#include "tools/cli/probe.hpp"

#include <grpcpp/generic/generic_stub.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstring>

namespace suanpan::cli {
namespace {

constexpr std::size_t body_bytes_max = 4 * 1024 * 1024;

/// HealthCheckRequest { string service = 1; }. Services' names are shorter than 128 bytes.
grpc::ByteBuffer health_request(const std::string& service) {
  std::string bytes;
  if (!service.empty())
    bytes.append(1, '\x0A').append(1, static_cast<char>(service.size())).append(service);
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

/// HealthCheckResponse { ServingStatus status = 1; }.
serving_status health_in(const grpc::ByteBuffer& response) {
  grpc::Slice slice;
  if (!response.TrySingleSlice(&slice).ok() || slice.size() < 2 || slice.begin()[0] != 0x08)
    return serving_status::unknown;
  const auto value = slice.begin()[1];
  return value <= 3 ? static_cast<serving_status>(value) : serving_status::unknown;
}

/// Closes the socket whatever happens.
class connected_socket {
 public:
  explicit connected_socket(int fd) : fd_(fd) {}
  ~connected_socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  connected_socket(const connected_socket&) = delete;
  connected_socket& operator=(const connected_socket&) = delete;
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

int connect_to(const std::string& host_and_port, std::uint32_t deadline_seconds) {
  const auto colon = host_and_port.rfind(':');
  if (colon == std::string::npos) return -1;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string host = host_and_port.substr(0, colon);
  if (getaddrinfo(host.c_str(), host_and_port.c_str() + colon + 1, &wanted, &found) != 0) return -1;
  const int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
  const timeval limit{static_cast<time_t>(deadline_seconds), 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int failed = connect(fd, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (failed == 0) return fd;
  ::close(fd);
  return -1;
}

http_answer parse_answer(const std::string& text) {
  http_answer answer;
  const auto blank = text.find(' ');
  if (!text.starts_with("HTTP/1.") || blank == std::string::npos) return {0, "not an HTTP answer"};
  std::from_chars(text.data() + blank + 1, text.data() + text.size(), answer.code);
  const auto body = text.find("\r\n\r\n");
  if (body != std::string::npos) answer.body = text.substr(body + 4);
  return answer;
}

}  // namespace

std::string_view name_of(serving_status status) {
  switch (status) {
    case serving_status::unknown:
      return "UNKNOWN";
    case serving_status::serving:
      return "SERVING";
    case serving_status::not_serving:
      return "NOT_SERVING";
    case serving_status::service_unknown:
      return "SERVICE_UNKNOWN";
  }
  return "UNKNOWN";
}

health_answer check_health(const std::shared_ptr<grpc::Channel>& channel,
                           const std::string& service, std::uint32_t deadline_seconds) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(deadline_seconds));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                          health_request(service), &queue);
  call->StartCall();
  health_answer answer;
  grpc::ByteBuffer response;
  call->Finish(&response, &answer.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (answer.status.ok()) answer.health = health_in(response);
  return answer;
}

http_answer http_get(const std::string& host_and_port, const std::string& path,
                     std::uint32_t deadline_seconds) {
  const connected_socket peer(connect_to(host_and_port, deadline_seconds));
  if (peer.fd() < 0) return {0, "no connection to " + host_and_port};
  const std::string request =
      "GET " + path + " HTTP/1.0\r\nHost: " + host_and_port + "\r\nConnection: close\r\n\r\n";
  if (send(peer.fd(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size()))
    return {0, "the request could not be sent"};
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = recv(peer.fd(), piece.data(), piece.size(), 0);
    if (got <= 0 || text.size() > body_bytes_max) break;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return parse_answer(text);
}

}  // namespace suanpan::cli
