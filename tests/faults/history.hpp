// What clients were told, and when: the one side of every fault run's judgement (the other is the
// database). Kept as JSON lines, one record each, so that a history can be judged later, by
// another program, or by other tests.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"

#include <cstdint>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

namespace suanpan::faults {

/// No answer reached the caller: the call failed, was given up, or its answer broke off.
inline constexpr int no_answer = -1;
/// A look-up that found nothing.
inline constexpr int not_found = 0;

/// A transfer as a client asked for it.
struct item {
  transfer_id id;
  std::int64_t debit = 0;
  std::int64_t credit = 0;
  std::int64_t amount = 0;
  std::string currency;
  std::int32_t event_code = 0;
  std::string reference = {};
  std::string memo = {};
  bool operator==(const item&) const = default;
};

/// Begin and end of a call: microseconds of one monotonic clock.
struct interval {
  std::int64_t began = 0;
  std::int64_t ended = 0;
};

/// One item in one call, and the answer: a TransferResult's number, or no_answer.
struct attempt {
  std::int32_t client = 0;
  item what;
  int told = no_answer;
  std::int64_t ticket = 0;
  interval when;
};

/// Totals of an account that a client was told.
struct balance_seen {
  std::int64_t account = 0;
  int128 debits = 0;
  int128 credits = 0;
  std::int64_t as_of = 0;
  interval when;
};

/// What GetTransfer said: posted, a recorded refusal, or not_found.
struct fate_seen {
  transfer_id id;
  int told = not_found;
  std::int64_t ticket = 0;
  interval when;
};

struct history {
  std::vector<attempt> attempts;
  std::vector<balance_seen> balances;
  std::vector<fate_seen> fates;
};

/// Microseconds of the monotonic clock that all records of a history share.
[[nodiscard]] std::int64_t monotonic_micros();

/// Appends records to a file. Thread-safe.
class history_writer {
 public:
  /// Throws if the file can't be written.
  explicit history_writer(const std::string& path);
  void write(const attempt& one);
  void write(const balance_seen& one);
  void write(const fate_seen& one);
  /// Everything written is in the file; throws if it isn't.
  void flush();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void line(const std::string& text);

  std::string path_;
  std::mutex guard_;
  std::ofstream out_;
};

/// Throws with the line's number if the file is no history.
[[nodiscard]] history read_history(const std::string& path);

}  // namespace suanpan::faults
