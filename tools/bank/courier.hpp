// Carries callbacks to those who asked for them, signed, many at once, on a thread of its own:
// nobody waits for a receiver that is slow or gone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace suanpan::bank {

/// The path and query of an http(s) URL, as signatures have it; nothing: it is no such URL.
[[nodiscard]] std::optional<std::string> path_of_url(const std::string& url);

struct callback {
  std::string url;  // path_of_url() knows it
  std::string merchant;
  std::string body;
  bool forged = false;          // signed with another secret
  std::function<void()> ended;  // it was accepted, or given up; not called after close()
};

struct courier_options {
  std::string secret;
  std::int64_t retry_micros = 1'000'000;      // the first pause; each next one is twice as long
  std::int64_t patience_micros = 10'000'000;  // with one try
};

class courier {
 public:
  static constexpr int tries_max = 4;
  static constexpr std::size_t under_way_max = 256;
  static constexpr std::size_t waiting_max = 200'000;  // beyond it a callback is given up at once

  explicit courier(courier_options options);
  ~courier();
  courier(const courier&) = delete;
  courier& operator=(const courier&) = delete;

  void send(callback what);
  /// What is not accepted yet is forgotten.
  void close();

 private:
  class work;
  std::unique_ptr<work> work_;
};

}  // namespace suanpan::bank
