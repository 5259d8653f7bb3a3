// What carries an event to its receiver. The product's goes through the HTTP client; tests script
// one.
#pragma once

#include "actors/notifier/delivery_rules.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace suanpan {

/// A POST of JSON, signed. The headers are those of Standard Webhooks.
struct webhook_post {
  std::string url;
  std::string id;  // webhook-id: the same on every try
  std::int64_t timestamp_s = 0;
  std::string signature;
  std::string body;
};

class webhook_sender {
 public:
  using answered = std::function<void(delivery_answer)>;

  virtual ~webhook_sender() = default;
  /// Returns at once. `done` is called exactly once, on any thread, in bounded time. Follows no
  /// redirection; sends nothing to an address that is not allowed.
  virtual void send(webhook_post what, answered done) = 0;
};

}  // namespace suanpan
