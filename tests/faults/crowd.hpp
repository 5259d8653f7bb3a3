// Thousands of streams at once, and a client that takes no answer: what a node must bear.
#pragma once

#include "tests/faults/ledger_client.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace suanpan::faults {

/// Makes the next batch of a stream.
using batch_source = std::function<std::vector<item>()>;

/// Streams over a few connections; each sends a batch a wave and takes its answer.
class crowd {
 public:
  crowd(const std::string& address, int streams, int connections);
  /// Ends all streams.
  ~crowd();
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  /// Every stream sends one batch at the same time; true once all have their answers.
  [[nodiscard]] bool wave(const batch_source& source, milliseconds at_most);
  /// No more is sent; true once all streams have ended with OK.
  [[nodiscard]] bool finish(milliseconds at_most);
  /// Items of which the crowd was told that they are booked; items that were told anything else.
  [[nodiscard]] std::int64_t booked() const { return booked_; }
  [[nodiscard]] std::int64_t others() const { return others_; }
  /// Streams that broke before they were ended.
  [[nodiscard]] int broken() const { return broken_; }

 private:
  class stream;
  std::vector<std::unique_ptr<ledger_client>> connections_;
  std::vector<std::unique_ptr<stream>> streams_;
  std::atomic<std::int64_t> booked_{0};
  std::atomic<std::int64_t> others_{0};
  std::atomic<int> waiting_{0};
  std::atomic<int> open_{0};
  std::atomic<int> broken_{0};
  std::atomic<bool> finishing_{false};
};

/// Streams that only write: until the node takes no more, and then for ever.
class silent_client {
 public:
  silent_client(const std::string& address, int streams, batch_source source);
  ~silent_client();
  silent_client(const silent_client&) = delete;
  silent_client& operator=(const silent_client&) = delete;

  /// Batches that the node has taken so far.
  [[nodiscard]] std::int64_t written() const { return written_; }
  /// Streams that the node has ended.
  [[nodiscard]] int ended() const { return ended_; }

 private:
  class stream;
  ledger_client ledger_;
  batch_source source_;
  std::vector<std::unique_ptr<stream>> streams_;
  std::atomic<std::int64_t> written_{0};
  std::atomic<int> ended_{0};
};

/// One transfer after the other, each by a unary call, until destroyed.
class normal_client {
 public:
  normal_client(const std::string& address, std::function<item()> source);
  ~normal_client() { stop(); }
  normal_client(const normal_client&) = delete;
  normal_client& operator=(const normal_client&) = delete;

  void stop();
  [[nodiscard]] std::int64_t served() const { return served_; }
  [[nodiscard]] std::int64_t refused() const { return refused_; }
  [[nodiscard]] std::int64_t slowest_ms() const { return slowest_ms_; }

 private:
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> served_{0};
  std::atomic<std::int64_t> refused_{0};
  std::atomic<std::int64_t> slowest_ms_{0};
  std::thread thread_;
};

}  // namespace suanpan::faults
