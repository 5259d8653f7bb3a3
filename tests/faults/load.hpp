// Mixed load from one seed: several clients, unary and streams, on hot accounts and on accounts
// that run out of money; retries of the same id until there is an answer, deliberate duplicates,
// the same id with other content, calls given up early, reads in between. Everything that a client
// is told goes into a history. What happens between threads is not replayable; what is asked for
// is.
#pragma once

#include "tests/faults/history.hpp"
#include "tests/faults/ledger_client.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace suanpan::faults {

/// Accounts of the load. Money comes from `source`, which may be overdrawn; all others may not.
struct load_world {
  std::int64_t source = 0;   // asset
  std::int64_t reserve = 0;  // asset that may not be overdrawn: credits can be refused
  std::int64_t dollars = 0;  // of another currency
  std::int64_t transit = 0;  // hot
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> merchants;  // the first is hot
};

/// Opens them at `address`; the same accounts each time.
[[nodiscard]] load_world open_world(const std::string& address);

struct load_options {
  std::vector<std::string> addresses;  // tried in turn after a failure
  std::uint64_t seed = 1;
  int unary_clients = 4;
  int stream_clients = 2;
  std::size_t items_max = 12;  // of a batch; one in fifty holds up to `large_items`
  std::size_t large_items = 600;
  milliseconds pause_max{12};  // between a client's calls
};

/// Recent requests, for duplicates across clients.
class shared_requests {
 public:
  void remember(const item& what);
  /// One of the last few thousand; false if there is none yet.
  bool recall(std::uint64_t draw, item& what) const;

 private:
  mutable std::mutex guard_;
  std::deque<item> recent_;
};

class mixed_load {
 public:
  mixed_load(load_options options, load_world world, history_writer& into);
  ~mixed_load();
  mixed_load(const mixed_load&) = delete;
  mixed_load& operator=(const mixed_load&) = delete;

  void start();
  /// Items of which a client was told that they are booked, so far.
  [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_.load(); }
  /// Answers of any final kind, so far.
  [[nodiscard]] std::int64_t answered() const { return answered_.load(); }
  /// No new items; returns when every id asked for has a final answer, or false if that takes too
  /// long. The threads have ended afterwards.
  [[nodiscard]] bool settle(milliseconds at_most);

 private:
  friend class load_client;

  load_options options_;
  load_world world_;
  history_writer& into_;
  shared_requests shared_;
  std::atomic<bool> settling_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<int> unsettled_{0};  // clients that have not ended with every answer
  std::atomic<std::int64_t> acknowledged_{0};
  std::atomic<std::int64_t> answered_{0};
  std::vector<std::thread> threads_;
};

/// Whether the same id need not be sent again.
[[nodiscard]] bool is_final(int told);

}  // namespace suanpan::faults
