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

/// The methods of suanpan.v1: those of Ledger, Payments, Merchants and Operations, in the order of
/// the .proto files.
enum class rpc_method : std::uint8_t {
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
  create_top_up,
  create_transfer,
  create_quick_pay,
  create_online_bank_pay,
  create_withholding,
  create_payout,
  create_withdrawal,
  create_refund,
  retry_payment,
  close_payment,
  get_payment,
  list_payments,
  explain_payment,
  create_merchant,
  get_merchant,
  create_api_key,
  revoke_api_key,
  set_webhook,
  bind_card,
  unbind_card,
  list_cards,
  list_notifications,
  resend_notifications,
  list_cases,
  get_case,
};
inline constexpr std::size_t rpc_methods = static_cast<std::size_t>(rpc_method::get_case) + 1;

/// "PostTransfers".
[[nodiscard]] const char* name_of(rpc_method method) noexcept;
/// "suanpan.v1.Ledger".
[[nodiscard]] const char* service_of(rpc_method method) noexcept;

class red_metrics {
 public:
  explicit red_metrics(prometheus::Registry& registry);

  /// Thread-safe.
  void handled(rpc_method method, grpc::StatusCode code,
               std::chrono::steady_clock::duration took) noexcept;

  prometheus::Gauge& streams_open;
  prometheus::Gauge& in_flight_items;
  prometheus::Gauge& in_flight_bytes;
  prometheus::Gauge& unsent_bytes;
  prometheus::Counter& calls_evicted;

 private:
  static constexpr std::size_t codes = 17;

  prometheus::Family<prometheus::Counter>& handled_;
  std::array<prometheus::Histogram*, rpc_methods> seconds_{};
  std::array<std::array<std::atomic<prometheus::Counter*>, codes>, rpc_methods> counters_{};
};

}  // namespace suanpan::endpoint
