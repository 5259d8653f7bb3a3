// Events over HTTP: the product's webhook_sender. Which addresses may be reached is the client's
// rule: outside development it is made with public_addresses_only.
#pragma once

#include "actors/http/http_client.hpp"
#include "actors/notifier/webhook_sender.hpp"

#include <chrono>

namespace suanpan {

class http_sender final : public webhook_sender {
 public:
  /// `client` outlives every answer.
  http_sender(http_client& client, std::chrono::milliseconds patience)
      : client_(client), patience_(patience) {}
  void send(webhook_post what, answered done) override;

 private:
  http_client& client_;
  std::chrono::milliseconds
      patience_;  // from the first byte of the request to the last of the answer
};

}  // namespace suanpan
