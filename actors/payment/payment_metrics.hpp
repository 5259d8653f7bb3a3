// Metrics of payments. Objects of prometheus-cpp are thread-safe, and so is this.
#pragma once

#include "protocol/model/payment.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace suanpan {

class payment_metrics {
 public:
  explicit payment_metrics(prometheus::Registry& registry);

  /// suanpan_payments_total{product,result}: an order came to its end; by its stage, and of a
  /// failure by whether it was the bank's.
  void ended(payment_kind product, payment_stage as);
  /// suanpan_payments_open{state}: so many more, or fewer.
  void open_changed(payment_stage stage, int by);
  /// suanpan_booking_lag_seconds: from an intent's cause to its booking.
  void booked_after(std::int64_t micros);
  /// suanpan_oldest_unknown_seconds{channel}: of one shard, by channel, since when the oldest
  /// attempt is open of which the bank does not say; replaces what that shard told before.
  void unknown_since(shard_id shard, const std::map<channel_name, std::int64_t>& micros,
                     std::int64_t now_micros);
  /// Messages that wait for a shard's supervisor.
  void supervisor_mailbox(std::size_t depth);
  void orders_active_changed(int by);

 private:
  prometheus::Family<prometheus::Counter>& totals_;
  prometheus::Family<prometheus::Gauge>& open_;
  prometheus::Family<prometheus::Gauge>& oldest_unknown_;
  prometheus::Histogram& booking_lag_;
  prometheus::Gauge& mailbox_;
  prometheus::Gauge& active_;
  std::mutex guard_;
  std::map<shard_id, std::map<channel_name, std::int64_t>> unknown_;
  std::set<channel_name> told_;  // channels that have a figure
};

}  // namespace suanpan
