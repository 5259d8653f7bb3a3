// One HTTP request and what becomes of it: answered, dropped, or left hanging, from any thread and
// as late as one likes. A waiting exchange holds a connection and no thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct MHD_Connection;

namespace suanpan::bank {

struct http_request {
  std::string method;
  std::string target;  // as in the request line, with its query
  std::string path;    // without it, decoded
  std::string day;     // arguments of the query, "": absent
  std::string after;
  std::string merchant;  // headers X-Bank-…
  std::string timestamp;
  std::string signature;
  std::string body;
  bool too_large = false;  // its body was, and is not here
  bool from_loopback = false;
};

struct http_answer {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers{};
};

class departures;

class exchange : public std::enable_shared_from_this<exchange> {
 public:
  exchange(http_request asked, MHD_Connection* connection, departures* leaves)
      : asked_(std::move(asked)), connection_(connection), leaves_(leaves) {}
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  [[nodiscard]] const http_request& asked() const { return asked_; }
  /// Answers. Whatever is said to an exchange after that is not heard.
  void say(http_answer what);
  /// The connection is closed without a word.
  void drop();
  /// Nothing is ever said; the connection stays until its caller closes it, or has had enough.
  void hang();

  // For the server only: what was said, once the connection goes on.
  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] bool is_dropped() const { return dropped_; }
  [[nodiscard]] const http_answer& answer() const { return answer_; }
  [[nodiscard]] int socket_fd() const;

 private:
  [[nodiscard]] bool is_first() { return !said_.exchange(true); }
  void go_on();

  http_request asked_;
  MHD_Connection* connection_;
  departures* leaves_;
  std::atomic<bool> said_ = false;
  std::atomic<bool> over_ = false;
  bool dropped_ = false;
  http_answer answer_;
};

}  // namespace suanpan::bank
