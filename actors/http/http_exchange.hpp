// Private to the HTTP client: one request on one of libcurl's handles, from its setting to the word
// on how it ended. Handles are kept and used again.
#pragma once

#include "actors/http/http_client.hpp"

#include <curl/curl.h>

#include <cstdint>
#include <string_view>

namespace suanpan {

/// Microseconds of a clock that counts the time in which the machine was suspended: a request that
/// slept must not go out late (R19).
[[nodiscard]] std::int64_t boot_micros() noexcept;

class http_exchange {
 public:
  explicit http_exchange(const http_client_options& options);
  ~http_exchange();
  http_exchange(const http_exchange&) = delete;
  http_exchange& operator=(const http_exchange&) = delete;

  /// Sets the handle for this request. `give_up_micros` of boot_micros().
  void prepare(http_request what, http_client::ended done, std::int64_t give_up_micros);
  /// Calls `done` with what became of it, and is ready for the next request.
  void finish(CURLcode code);
  /// Ends it before its answer, for the reason told.
  void break_off(std::string_view why);

  [[nodiscard]] CURL* handle() const noexcept { return easy_; }
  [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }

  std::size_t slot = 0;  // the client's own: where it stands among those under way

 private:
  static int on_ready(void* self, char*, char*, int, int) noexcept;
  static std::size_t on_header(const char* from, std::size_t, std::size_t bytes, void* self);
  static std::size_t on_body(const char* from, std::size_t, std::size_t bytes, void* self);
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept;

  void set_constant_options();
  void set_headers();
  void take_header(std::string_view line);
  [[nodiscard]] http_fate fate_of(CURLcode code) const noexcept;
  void end(http_fate fate, std::string trouble);

  const http_client_options& options_;
  CURL* easy_ = nullptr;
  curl_slist* header_list_ = nullptr;
  char error_[CURL_ERROR_SIZE] = {};
  http_request request_;
  http_client::ended done_;
  http_result result_;
  std::int64_t give_up_micros_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t received_ = 0;
  bool begun_ = false;  // the first byte may have left
  bool whole_head_ = false;
  bool twice_ = false;     // libcurl wanted to send it again
  bool too_late_ = false;  // its time was up before the first byte
};

/// What a request counts against the client's bound.
[[nodiscard]] std::int64_t bytes_of(const http_request& what) noexcept;

}  // namespace suanpan
