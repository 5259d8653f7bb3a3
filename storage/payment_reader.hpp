// Orders as they are stored: recovery of the payment actors, look-ups, lists, the life of one
// order. A session that only reads, as storage/reader; each call is one snapshot. One thread at a
// time.
#pragma once

#include "protocol/model/payment_life.hpp"
#include "protocol/model/payment_records.hpp"
#include "storage/outcome.hpp"
#include "storage/reader.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace suanpan::storage {

/// Orders by whatever names them; what is not there is not in the answer.
struct payment_names {
  std::vector<std::pair<merchant_id, order_number>> numbers = {};
  std::vector<payment_id> ids = {};
  std::vector<channel_reference> references = {};  // of their attempts
};

/// A page of orders, newest id first. Empty fields filter nothing.
struct payment_filter {
  std::optional<merchant_id> merchant = {};
  std::optional<payment_kind> kind = {};
  std::optional<payment_stage> stage = {};
  std::int64_t from_micros = 0;  // created then or later
  std::int64_t to_micros = 0;    // created before; 0: no bound
  payment_id before = {};        // page token: ids below it; zero: from the newest
  std::uint32_t limit = 100;
};

/// Which of a shard's unacknowledged events; of each order only the earliest is ever among them.
struct undelivered_filter {
  shard_id shard = {};
  std::int64_t due_before_micros = 0;  // 0: all
  std::uint32_t limit = 1'000;
  std::uint32_t limit_per_merchant = 20;
};

/// A page of cases, newest first.
struct case_filter {
  std::optional<merchant_id> merchant = {};
  std::optional<payment_id> order = {};
  std::optional<case_reason> reason = {};
  std::int64_t before_micros = 0;  // page token: opened before; 0: from the newest
  std::uint32_t limit = 100;
};

/// A page of notifications, newest order first, within an order by sequence.
struct notification_filter {
  std::optional<merchant_id> merchant = {};
  std::optional<payment_id> order = {};
  bool waiting_only = false;  // neither acknowledged nor given up
  // Page token: this order's above `after_sequence`, then older orders'; zero: from the newest.
  payment_id from_order = {};
  std::int32_t after_sequence = 0;
  std::uint32_t limit = 100;
};

class payment_reader {
 public:
  explicit payment_reader(reader_options options);
  ~payment_reader();
  payment_reader(payment_reader&&) noexcept;
  payment_reader& operator=(payment_reader&&) noexcept;

  /// All orders of the shard about which something is left to be done: not terminal, or with an
  /// intent that is not settled, or with something due; refunds that ended before their original
  /// heard of it; orders with a surplus that is not returned. By id. Begin it after raise_epochs
  /// has returned (R16).
  [[nodiscard]] outcome<std::vector<payment_state>> open_payments(shard_id shard);
  /// Each order once, by id.
  [[nodiscard]] outcome<std::vector<payment_state>> find(const payment_names& names);
  [[nodiscard]] outcome<std::vector<payment_state>> list(const payment_filter& filter);
  /// The state, and everything that is told of it: steps by version, notifications by sequence,
  /// cases by number.
  [[nodiscard]] outcome<std::optional<payment_life>> life(const payment_id& order);
  /// Next due first.
  [[nodiscard]] outcome<std::vector<undelivered_notification>> undelivered(
      const undelivered_filter& filter);
  [[nodiscard]] outcome<std::vector<found_case>> list_cases(const case_filter& filter);
  [[nodiscard]] outcome<std::vector<listed_notification>> list_notifications(
      const notification_filter& filter);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
