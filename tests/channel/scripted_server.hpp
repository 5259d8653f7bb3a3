// An HTTP server on loopback that says what a test tells it to: whole answers, half ones, garbage,
// or nothing. One thread for each connection; no wait without an end.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace suanpan {

/// A request as it came.
struct served_request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int on_connection = 0;  // from 1: how many came on this connection
};

/// What is done with it.
struct served_answer {
  std::string bytes;    // sent as they are
  bool closes = false;  // the connection, after that
  bool hangs = false;   // says nothing until the other side goes away
};
[[nodiscard]] served_answer http_answer(int status, std::string_view body,
                                        const std::map<std::string, std::string>& headers = {});

class scripted_server {
 public:
  using script = std::function<served_answer(const served_request&)>;

  explicit scripted_server(script say, const char* address = "127.0.0.1");
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "") const;
  [[nodiscard]] int requests() const noexcept { return requests_.load(); }
  [[nodiscard]] int connections() const noexcept { return connections_.load(); }

 private:
  void accept_all();
  void serve(int socket);

  script say_;
  std::string host_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> requests_{0};
  std::atomic<int> connections_{0};
  std::mutex guard_;
  bool stopping_ = false;  // guarded
  std::vector<int> open_;  // guarded
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

/// A port of loopback that nobody listens on, now.
[[nodiscard]] std::uint16_t closed_port();

}  // namespace suanpan
