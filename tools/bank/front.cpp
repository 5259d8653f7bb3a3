#include "tools/bank/front.hpp"

#include "tools/bank/departures.hpp"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace suanpan::bank {
namespace {

constexpr int port_step = 10;
constexpr int port_tries_max = 100;
constexpr unsigned idle_seconds_max = 120;

struct socket_address {
  sockaddr_storage storage{};
  bool known = false;
};

socket_address address_of(const std::string& text, std::uint16_t port) {
  socket_address out;
  auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    out.known = true;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    out.known = true;
  }
  return out;
}

bool is_loopback(const sockaddr* at) {
  if (at->sa_family == AF_INET)
    return ntohl(reinterpret_cast<const sockaddr_in*>(at)->sin_addr.s_addr) >> 24U == 127;
  if (at->sa_family != AF_INET6) return false;
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(at)->sin6_addr);
}

std::string header(MHD_Connection* connection, const char* name) {
  const auto* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string() : value;
}

std::string argument(MHD_Connection* connection, const char* name) {
  const auto* value = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
  return value == nullptr ? std::string() : value;
}

/// A request while it comes in, and its exchange once it is here.
struct incoming {
  http_request what;
  std::size_t bytes = 0;
  bool begun = false;
  std::shared_ptr<exchange> here;
};

void read_head(http_request& what, MHD_Connection* connection) {
  what.merchant = header(connection, "X-Bank-Merchant");
  what.timestamp = header(connection, "X-Bank-Timestamp");
  what.signature = header(connection, "X-Bank-Signature");
  what.day = argument(connection, "day");
  what.after = argument(connection, "after");
  const auto* from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  what.from_loopback = from != nullptr && is_loopback(from->client_addr);
}

MHD_Result queue(MHD_Connection* connection, const http_answer& what) {
  auto* text = const_cast<char*>(what.body.data());
  auto* response = MHD_create_response_from_buffer(what.body.size(), text, MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, "Content-Type", what.type.c_str());
  MHD_add_response_header(response, "Cache-Control", "no-store");
  for (const auto& [name, value] : what.headers)
    MHD_add_response_header(response, name.c_str(), value.c_str());
  const auto queued = MHD_queue_response(connection, what.status, response);
  MHD_destroy_response(response);
  return queued;
}

}  // namespace

int exchange::socket_fd() const {
  const auto* known = MHD_get_connection_info(connection_, MHD_CONNECTION_INFO_CONNECTION_FD);
  return known == nullptr ? -1 : known->connect_fd;
}

void exchange::go_on() {
  over_ = true;
  MHD_resume_connection(connection_);
}

void exchange::say(http_answer what) {
  if (!is_first()) return;
  answer_ = std::move(what);
  go_on();
}

void exchange::drop() {
  if (!is_first()) return;
  dropped_ = true;
  go_on();
}

void exchange::hang() {
  if (leaves_ != nullptr && !said_) leaves_->watch(shared_from_this());
}

class front::server {
 public:
  server(std::function<void(std::shared_ptr<exchange>)> handle, std::int64_t hang_micros)
      : handle_(std::move(handle)), departures_(hang_micros) {}
  ~server() { stop(); }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::string start(const listening& at);
  void stop();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  static void* on_target(void*, const char* target, MHD_Connection*) {
    auto* fresh = new incoming;
    fresh->what.target = target;
    return fresh;
  }
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url,
                               const char* method, const char* version, const char* upload,
                               std::size_t* upload_size, void** context);
  static void on_completed(void* self, MHD_Connection*, void** context, MHD_RequestTerminationCode);
  MHD_Result take(incoming& what, MHD_Connection* connection);
  [[nodiscard]] bool listen(const std::string& address, std::uint16_t port);

  std::function<void(std::shared_ptr<exchange>)> handle_;
  departures departures_;
  MHD_Daemon* daemon_ = nullptr;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable calms_;
  std::unordered_map<exchange*, std::shared_ptr<exchange>> waiting_;
  bool stopping_ = false;
};

MHD_Result front::server::on_request(void* self, MHD_Connection* connection, const char* url,
                                     const char* method, const char*, const char* upload,
                                     std::size_t* upload_size, void** context) {
  auto& in = *static_cast<incoming*>(*context);
  if (in.here) {
    if (!in.here->is_over()) return MHD_YES;
    return in.here->is_dropped() ? MHD_NO : queue(connection, in.here->answer());
  }
  if (!in.begun) {
    in.begun = true;
    in.what.method = method;
    in.what.path = url;
    read_head(in.what, connection);
    return MHD_YES;
  }
  if (*upload_size == 0) return static_cast<server*>(self)->take(in, connection);
  in.bytes += *upload_size;
  if (in.bytes <= body_bytes_max) in.what.body.append(upload, *upload_size);
  *upload_size = 0;
  return in.bytes <= 16 * body_bytes_max ? MHD_YES : MHD_NO;
}

MHD_Result front::server::take(incoming& what, MHD_Connection* connection) {
  what.what.too_large = what.bytes > body_bytes_max;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return MHD_NO;
    what.here = std::make_shared<exchange>(std::move(what.what), connection, &departures_);
    waiting_.emplace(what.here.get(), what.here);
  }
  MHD_suspend_connection(connection);
  handle_(what.here);
  return MHD_YES;
}

void front::server::on_completed(void* self, MHD_Connection*, void** context,
                                 MHD_RequestTerminationCode) {
  auto& me = *static_cast<server*>(self);
  auto* done = static_cast<incoming*>(std::exchange(*context, nullptr));
  if (done != nullptr && done->here) {
    const std::lock_guard lock(me.mutex_);
    me.waiting_.erase(done->here.get());
    if (me.waiting_.empty()) me.calms_.notify_all();
  }
  delete done;
}

bool front::server::listen(const std::string& address, std::uint16_t port) {
  const auto at = address_of(address, port);
  if (!at.known) return false;
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  if (at.storage.ss_family == AF_INET6) flags |= MHD_USE_IPv6;
  daemon_ = MHD_start_daemon(
      flags, port, nullptr, nullptr, &on_request, this, MHD_OPTION_SOCK_ADDR, &at.storage,
      MHD_OPTION_URI_LOG_CALLBACK, &on_target, this, MHD_OPTION_NOTIFY_COMPLETED, &on_completed,
      this, MHD_OPTION_CONNECTION_LIMIT, connections_max, MHD_OPTION_CONNECTION_TIMEOUT,
      idle_seconds_max, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1'024U, MHD_OPTION_END);
  if (daemon_ == nullptr) return false;
  const auto* bound = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT);
  port_ = bound == nullptr ? port : bound->port;
  return true;
}

std::string front::server::start(const listening& at) {
  const int tries = at.search && at.port != 0 ? port_tries_max : 1;
  for (int i = 0; i < tries; ++i) {
    const int port = at.port + i * port_step;
    if (port > 65'535) break;
    if (listen(at.address, static_cast<std::uint16_t>(port))) return {};
  }
  return join(at.address, at.port) + ": can't be listened on";
}

// The library must not end while connections wait.
void front::server::stop() {
  auto* daemon = std::exchange(daemon_, nullptr);
  if (daemon == nullptr) return;
  const auto socket_fd = MHD_quiesce_daemon(daemon);
  departures_.close();
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    for (const auto& [raw, waits] : waiting_) waits->drop();
    calms_.wait_for(lock, std::chrono::seconds(5), [this] { return waiting_.empty(); });
  }
  MHD_stop_daemon(daemon);
  if (socket_fd != MHD_INVALID_SOCKET) ::close(socket_fd);
}

front::front(std::function<void(std::shared_ptr<exchange>)> handle, std::int64_t hang_micros)
    : server_(std::make_unique<server>(std::move(handle), hang_micros)) {}
front::~front() = default;

std::string front::start(const listening& at) {
  return server_->start(at);
}

std::uint16_t front::port() const {
  return server_->port();
}

void front::stop() {
  server_->stop();
}

bool is_loopback(const std::string& address) {
  const auto at = address_of(address, 0);
  return at.known && is_loopback(reinterpret_cast<const sockaddr*>(&at.storage));
}

std::string join(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace suanpan::bank
