// The file in which the bank keeps what it received, booked and bound: one line each, appended, and
// synced to the disk before anything that rests on it is said. One fsync serves all that gathered
// while the one before ran.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace suanpan::bank {

/// What was found at the opening of a journal.
struct journal_content {
  std::vector<std::string> lines;
  std::uint64_t torn_bytes = 0;  // of a last line that was cut off
  std::string fault;             // why it can't be used; empty: it can
};

class journal {
 public:
  journal() = default;
  ~journal() { close(); }
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  /// Opens or makes DIR/journal, for this process alone, and cuts off a torn last line.
  [[nodiscard]] journal_content open(const std::string& directory);
  /// From now on lines are written. `failed` is called, once, when the disk refuses: from then on
  /// nothing is called any more.
  void start(std::function<void(const std::string&)> failed);

  /// A line without its end. It is written soon, at the latest with the next when_durable().
  void append(const std::string& line);
  /// Calls `then` on the journal's own thread when all that was appended before is on the disk.
  void when_durable(std::function<void()> then);
  /// Writes what is left, calls what waits, and ends.
  void close();

  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }

 private:
  void run();
  /// Empty, or why not.
  [[nodiscard]] std::string write_and_sync(const std::string& text);

  int fd_ = -1;
  std::function<void(const std::string&)> failed_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::string gathered_;
  std::vector<std::function<void()>> waiting_;
  bool ending_ = false;
  std::uint64_t syncs_ = 0;  // the journal's thread only, until it has ended
  std::thread thread_;
};

}  // namespace suanpan::bank
