// A lane of a channel: so many requests at the bank at once, so many waiting behind them, in order
// of arrival; a further one is refused at once. Two lanes share nothing but the channel's rate.
// Pure: time is told, in microseconds of a clock that does not step.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace suanpan {

struct lane_limits {
  std::int64_t concurrency = 32;
  std::int64_t queue = 256;
  std::int64_t timeout_micros = 5'000'000;  // from the moment at which it is taken to its answer
};

/// A request in a lane: its number within the channel, and when its time is up.
struct lane_entry {
  std::uint64_t number = 0;
  std::int64_t give_up_micros = 0;
  bool operator==(const lane_entry&) const = default;
};

/// A request that waited is not begun with less time left than this: it would hardly be answered.
inline constexpr std::int64_t least_budget_micros = 50'000;

class lane {
 public:
  explicit lane(lane_limits limits) : limits_(limits) {}

  /// Precondition: the number is new. False: as many wait as may; nothing has changed.
  [[nodiscard]] bool admit(lane_entry entry);
  /// Who may begin now, without making it begin.
  [[nodiscard]] std::optional<lane_entry> next() const;
  /// The first that waits begins. Precondition: next().
  void begin();
  /// One that had begun has ended. False: it had not, or had ended already.
  bool end(std::uint64_t number);
  /// Takes out those that wait and whose time is up, or nearly.
  [[nodiscard]] std::vector<lane_entry> take_expired(std::int64_t now_micros);

  [[nodiscard]] const lane_limits& limits() const noexcept { return limits_; }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::size_t in_flight() const noexcept { return begun_.size(); }
  [[nodiscard]] bool full() const noexcept;

 private:
  lane_limits limits_;
  std::deque<lane_entry> waiting_;
  std::vector<std::uint64_t> begun_;
};

}  // namespace suanpan
