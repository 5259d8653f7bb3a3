// The real actors on a real database inside this process, with a clock that the test sets: for
// what no real node can be made to live through, such as forty days.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/clock.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::faults {

/// Real time plus an offset.
class shifted_clock final : public wall_clock {
 public:
  void advance(std::chrono::hours by) {
    offset_ += std::chrono::duration_cast<std::chrono::microseconds>(by).count();
  }
  [[nodiscard]] std::int64_t unix_micros() const noexcept override {
    return real_.unix_micros() + offset_;
  }

 private:
  system_wall_clock real_;
  std::atomic<std::int64_t> offset_{0};
};

/// Teller, accounts, journal, readers and all that a node wires, but no endpoint. Owns all shards
/// once the constructor is done; its sessions end with it.
class in_process_ledger {
 public:
  /// Throws if it does not serve within 30 s. `clock` must outlive it.
  in_process_ledger(const std::string& dsn, const wall_clock& clock);
  ~in_process_ledger();
  in_process_ledger(const in_process_ledger&) = delete;
  in_process_ledger& operator=(const in_process_ledger&) = delete;

  /// The answers, in order. Throws if there are none within 30 s.
  [[nodiscard]] std::vector<item_answer> post(const std::vector<transfer>& items);
  [[nodiscard]] item_answer post(const transfer& what) { return post(std::vector{what}).front(); }
  [[nodiscard]] account_number open(const std::string& owner, bool no_overdraft);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace suanpan::faults
