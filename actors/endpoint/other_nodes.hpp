// The other nodes that live, by their HTTP addresses, and a callback passed on to them: whose order
// it is about is known where the order lives. A callback proves its own authenticity, so nothing is
// trusted on the way.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "actors/http/http_client.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace suanpan::endpoint {

/// Thread-safe.
class other_nodes {
 public:
  /// `patience`: for each node's answer.
  explicit other_nodes(std::chrono::milliseconds patience);

  /// Who lives now: "127.0.0.1:7411".
  void are(std::vector<std::string> http_addresses);
  /// One after the other, until one accepts. Blocks for `patience` a node at most. False: none did.
  [[nodiscard]] bool accept(const callback_bytes& what);

 private:
  [[nodiscard]] bool accepts(const std::string& address, const callback_bytes& what);

  const std::chrono::milliseconds patience_;
  std::mutex guard_;
  std::vector<std::string> addresses_;
  http_client client_;
};

}  // namespace suanpan::endpoint
