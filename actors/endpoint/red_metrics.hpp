// Rate, errors and duration of each method, under the names that dashboards for gRPC know. Counters
// are found by index, never by label, so that a call costs two atomic additions and one
// observation.
#pragma once

#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace suanpan::endpoint {

/// The methods of suanpan.v1.Ledger, in the order of the .proto.
enum class ledger_method : std::uint8_t {
  open_accounts,
  get_account,
  set_account_flags,
  set_account_limits,
  set_account_metadata,
  close_account,
  list_accounts,
  post_transfers,
  stream_transfers,
  get_transfer,
  list_transfers,
  get_statement,
  get_balance_at,
  get_trial_balance,
  list_subjects,
  get_accounting_day,
  list_accounting_days,
  close_accounting_day,
  get_general_ledger,
  add_balance_monitor,
  remove_balance_monitor,
  list_balance_monitors,
  list_monitor_events,
};
inline constexpr std::size_t ledger_methods =
    static_cast<std::size_t>(ledger_method::list_monitor_events) + 1;

/// "PostTransfers".
[[nodiscard]] const char* name_of(ledger_method method) noexcept;

class red_metrics {
 public:
  explicit red_metrics(prometheus::Registry& registry);

  /// Thread-safe.
  void handled(ledger_method method, grpc::StatusCode code,
               std::chrono::steady_clock::duration took) noexcept;

  prometheus::Gauge& streams_open;
  prometheus::Gauge& in_flight_items;
  prometheus::Gauge& in_flight_bytes;
  prometheus::Gauge& unsent_bytes;
  prometheus::Counter& calls_evicted;

 private:
  static constexpr std::size_t codes = 17;

  prometheus::Family<prometheus::Counter>& handled_;
  std::array<prometheus::Histogram*, ledger_methods> seconds_{};
  std::array<std::array<std::atomic<prometheus::Counter*>, codes>, ledger_methods> counters_{};
};

}  // namespace suanpan::endpoint
