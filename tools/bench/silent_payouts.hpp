// Payouts to a card of which the bank never says a word: what fills a channel's slow lane. Beside
// a load of quick pays they show whether the fast lane feels it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace suanpan::bench {

class silent_payouts {
 public:
  /// A merchant of its own with money of its own; then `at_once` payouts at any time, until it is
  /// destroyed. Throws std::runtime_error if there is no merchant, card or money.
  silent_payouts(const std::string& endpoint, std::uint32_t at_once);
  ~silent_payouts();
  silent_payouts(const silent_payouts&) = delete;
  silent_payouts& operator=(const silent_payouts&) = delete;

  /// Calls that ended without knowing: the lane was entered. Thread-safe.
  [[nodiscard]] std::uint64_t unknown() const { return unknown_; }
  /// Calls that ended otherwise: turned back, or refused.
  [[nodiscard]] std::uint64_t others() const { return others_; }

 private:
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> unknown_{0};
  std::atomic<std::uint64_t> others_{0};
  std::thread thread_;
};

}  // namespace suanpan::bench
