// Events of a merchant, whatever became of them: for a resend by hand. A session that only reads,
// as storage/reader. One thread at a time.
#pragma once

#include "protocol/model/payment_life.hpp"
#include "storage/outcome.hpp"
#include "storage/reader.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace suanpan::storage {

/// Of one order, or caused in a range of time; of orders that are at most `order_age_most` older
/// than the range.
struct notification_range {
  merchant_id merchant;
  std::optional<payment_id> order;
  std::int32_t sequence = 0;     // with `order`; 0: all of it
  std::int64_t from_micros = 0;  // without `order`
  std::int64_t to_micros = 0;    // likewise; 0: no bound
  std::uint32_t limit = 1'000;
  static constexpr std::int64_t order_age_most = 31LL * 86'400'000'000;
};

struct ranged_notification {
  undelivered_notification what;
  bool acknowledged = false;
};

class notification_reader {
 public:
  explicit notification_reader(reader_options options);
  ~notification_reader();
  notification_reader(notification_reader&&) noexcept;
  notification_reader& operator=(notification_reader&&) noexcept;

  /// In the order in which they were caused, of an order in sequence.
  [[nodiscard]] outcome<std::vector<ranged_notification>> find(const notification_range& range);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
