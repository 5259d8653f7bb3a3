// The circuit breaker of one lane. Failures in a row open it; after a pause one request tries; its
// answer closes the breaker, its failure opens it again. A bank's "no" is an answer, not a failure.
// Pure: time is told, in microseconds of a clock that does not step.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace suanpan {

struct breaker_limits {
  std::int64_t failures = 20;               // in a row, without an answer in between
  std::int64_t window_micros = 10'000'000;  // from the first of them to the last
  std::int64_t open_micros = 5'000'000;     // nobody is asked so long
};

enum class breaker_stage : std::uint8_t {
  closed,     // requests pass
  open,       // none does
  half_open,  // one may try, or is trying
};
[[nodiscard]] std::string_view name_of(breaker_stage stage);

class breaker {
 public:
  explicit breaker(breaker_limits limits) noexcept : limits_(limits) {}

  /// Whether a request may begin now.
  [[nodiscard]] bool admits(std::int64_t now_micros) const noexcept;
  /// One began. Precondition: admits(). True: it is the one that tries; say so when it ended.
  [[nodiscard]] bool began(std::int64_t now_micros) noexcept;
  /// One ended. `tried`: what began() said of it.
  void answered(bool tried) noexcept;
  void failed(bool tried, std::int64_t now_micros);
  /// The one that tries never left: another may try.
  void withdrawn(bool tried) noexcept;
  [[nodiscard]] breaker_stage stage(std::int64_t now_micros) const noexcept;

 private:
  breaker_limits limits_;
  std::deque<std::int64_t> failures_;  // moments, oldest first; none since the last answer
  bool opened_ = false;
  std::int64_t opened_micros_ = 0;
  bool trying_ = false;
};

}  // namespace suanpan
