// HTTP/1.1 towards banks and merchants: many requests at once on one thread (libcurl's multi
// interface over epoll), so that a peer that is slow holds a socket and no thread.
//
// It never sends a request twice. libcurl by itself would: where a kept connection turns out to be
// dead, it sends the request anew on a fresh one, and a charge would be made twice (R20). So the
// moment before the first byte is noted for each request, and a second such moment ends it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace suanpan {

struct http_header {
  std::string name;
  std::string value;
};

struct http_request {
  std::string method = "POST";  // POST, or GET without a body
  std::string url;              // http:// or https://
  std::vector<http_header> headers;
  std::string body;                          // overwritten in memory when it ended
  std::chrono::milliseconds timeout{5'000};  // from start() to the last byte of the answer
  std::chrono::milliseconds connect_timeout{1'000};
};

/// How a request ended. The difference between the first two is what evidence is made of (R20).
enum class http_fate : std::uint8_t {
  not_sent,   // certain: not a byte of it left this machine
  no_answer,  // sent, or perhaps sent in part; no whole answer came
  garbled,    // what came is not HTTP
  answered,   // an answer with a status came
};
[[nodiscard]] std::string_view name_of(http_fate fate);

struct http_result {
  http_fate fate = http_fate::not_sent;
  int status = 0;                              // of an answer
  std::map<std::string, std::string> headers;  // of an answer; names in lower case
  std::string body;
  bool oversized = false;        // of an answer: its body goes on behind what is here
  bool address_refused = false;  // the name leads to addresses that may not be reached
  std::string trouble;           // for people: why there is no answer
};

struct http_client_options {
  std::int64_t in_flight_max = 1'000;           // requests on connections
  std::int64_t waiting_max = 10'000;            // requests behind those
  std::int64_t bytes_max = 64 * 1'024 * 1'024;  // of URLs, headers and bodies, in flight or waiting
  std::int64_t response_bytes_max = 256 * 1'024;  // head and body of one answer
  std::chrono::seconds idle_max{30};  // a connection that was idle longer is not used again
  bool public_addresses_only = false;
};

class http_client {
 public:
  using ended = std::function<void(http_result)>;

  explicit http_client(http_client_options options);
  /// Ends what is under way: `ended` is called for all of it before this returns.
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Never blocks. `done` is called exactly once, from the client's own thread, and must not block;
  /// beyond the bounds it is called at once, by the caller's thread, with not_sent. Thread-safe.
  void start(http_request what, ended done);

  struct load {
    std::int64_t in_flight = 0;
    std::int64_t waiting = 0;
    std::int64_t bytes = 0;
  };
  /// Thread-safe.
  [[nodiscard]] load current() const noexcept;

 private:
  class worker;
  std::unique_ptr<worker> worker_;
};

}  // namespace suanpan
