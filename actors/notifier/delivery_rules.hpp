// What becomes of an event after a try to deliver it. Pure: no actor, no I/O, no clock; "now" and
// chance come from outside.
#pragma once

#include "protocol/model/payment_records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan {

/// Pauses of Standard Webhooks: none, `first`, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h and
/// so on, none above `most`, until they add up to `days`. Microseconds. With 5 s, 24 h and 3 days:
/// exactly those ten.
[[nodiscard]] std::vector<std::int64_t> growing_pauses(std::int64_t first, std::int64_t most,
                                                       std::int64_t days);

/// Times in microseconds.
struct delivery_policy {
  /// Pause before try 1, 2, …; the first is counted from the event, each other one from the end of
  /// the try before. After the last try the event is given up.
  std::vector<std::int64_t> pauses = growing_pauses(5'000'000, 86'400'000'000, 3);
  std::int32_t jitter_percent = 20;  // a pause is longer by 0 … that much, by chance
  std::int64_t retry_after_most = 86'400'000'000;  // what a receiver may ask for
};

/// What came of one try.
struct delivery_answer {
  std::int32_t http_status = 0;  // 0: no answer
  std::string trouble;           // of no answer: why, for people
  std::string retry_after;       // the header as it came; empty: none
};

enum class delivery_verdict : std::uint8_t {
  acknowledged,  // 2xx, and nothing else
  again,         // at `next_micros`
  given_up,      // for ever, unless somebody resends it by hand
};
struct delivery_ruling {
  delivery_verdict verdict = delivery_verdict::again;
  std::int64_t next_micros = 0;  // of `again`
  std::string trouble;           // for people; empty: acknowledged
  bool disables = false;         // 410: nothing more goes to this address
  std::int64_t merchant_rests_until =
      0;  // 429, 503 with retry-after: nothing else goes there before
};

/// `tries`: how many there were in this series, this one included, from 1. `chance`: any number.
struct delivery_try {
  std::int32_t tries = 1;
  std::int64_t now_micros = 0;
  std::uint64_t chance = 0;
};
[[nodiscard]] delivery_ruling judge_delivery(const delivery_policy& policy,
                                             const delivery_answer& answer,
                                             const delivery_try& which);

/// Seconds, or an HTTP date (RFC 9110, IMF-fixdate), as microseconds from now; never negative.
/// Nothing: it is neither.
[[nodiscard]] std::optional<std::int64_t> pause_in(std::string_view retry_after,
                                                   std::int64_t now_micros);

/// The webhook-id of an event, the same for ever: "evt_", the order's ULID, "_" and its sequence.
[[nodiscard]] std::string event_id_of(const payment_id& order, std::int32_t sequence);
struct event_name {
  payment_id order;
  std::int32_t sequence = 0;
};
[[nodiscard]] std::optional<event_name> parse_event_id(std::string_view text);

/// Numbers that look random and follow from a seed (splitmix64).
class chance_source {
 public:
  explicit chance_source(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t next() noexcept;

 private:
  std::uint64_t state_;
};

}  // namespace suanpan
