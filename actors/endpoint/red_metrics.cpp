#include "actors/endpoint/red_metrics.hpp"

#include <string>

namespace suanpan::endpoint {
namespace {

constexpr const char* service = "suanpan.v1.Ledger";

const char* name_of_code(std::size_t code) noexcept {
  static constexpr const char* names[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  return names[code];
}

prometheus::Labels labels_of(ledger_method method) {
  const bool streams = method == ledger_method::stream_transfers;
  return {{"grpc_type", streams ? "bidi_stream" : "unary"},
          {"grpc_service", service},
          {"grpc_method", name_of(method)}};
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

const char* name_of(ledger_method method) noexcept {
  switch (method) {
    case ledger_method::open_accounts:
      return "OpenAccounts";
    case ledger_method::get_account:
      return "GetAccount";
    case ledger_method::set_account_flags:
      return "SetAccountFlags";
    case ledger_method::set_account_limits:
      return "SetAccountLimits";
    case ledger_method::set_account_metadata:
      return "SetAccountMetadata";
    case ledger_method::close_account:
      return "CloseAccount";
    case ledger_method::list_accounts:
      return "ListAccounts";
    case ledger_method::post_transfers:
      return "PostTransfers";
    case ledger_method::stream_transfers:
      return "StreamTransfers";
    case ledger_method::get_transfer:
      return "GetTransfer";
    case ledger_method::list_transfers:
      return "ListTransfers";
    case ledger_method::get_statement:
      return "GetStatement";
    case ledger_method::get_balance_at:
      return "GetBalanceAt";
    case ledger_method::get_trial_balance:
      return "GetTrialBalance";
    case ledger_method::list_subjects:
      return "ListSubjects";
    case ledger_method::get_accounting_day:
      return "GetAccountingDay";
    case ledger_method::list_accounting_days:
      return "ListAccountingDays";
    case ledger_method::close_accounting_day:
      return "CloseAccountingDay";
    case ledger_method::add_balance_monitor:
      return "AddBalanceMonitor";
    case ledger_method::remove_balance_monitor:
      return "RemoveBalanceMonitor";
    case ledger_method::list_balance_monitors:
      return "ListBalanceMonitors";
    case ledger_method::list_monitor_events:
      return "ListMonitorEvents";
    case ledger_method::get_general_ledger:
      return "GetGeneralLedger";
  }
  return "";
}

red_metrics::red_metrics(prometheus::Registry& registry)
    : streams_open(gauge(registry, "suanpan_streams_open", "StreamTransfers calls that are open.")),
      in_flight_items(gauge(registry, "suanpan_admission_items",
                            "Items that were let in and are not answered yet.")),
      in_flight_bytes(gauge(registry, "suanpan_admission_bytes",
                            "Bytes of requests that were let in and are not answered yet.")),
      unsent_bytes(gauge(registry, "suanpan_unsent_answer_bytes",
                         "Bytes of answers that clients have not taken yet.")),
      calls_evicted(prometheus::BuildCounter()
                        .Name("suanpan_calls_evicted_total")
                        .Help("Calls cancelled because the client did not take its answers.")
                        .Register(registry)
                        .Add({})),
      handled_(prometheus::BuildCounter()
                   .Name("grpc_server_handled_total")
                   .Help("Calls answered, by method and gRPC status.")
                   .Register(registry)) {
  auto& seconds =
      prometheus::BuildHistogram()
          .Name("grpc_server_handling_seconds")
          .Help("Seconds from a call's arrival to its answer; streams: their whole life.")
          .Register(registry);
  const prometheus::Histogram::BucketBoundaries bounds{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  for (std::size_t i = 0; i < ledger_methods; ++i)
    seconds_[i] = &seconds.Add(labels_of(static_cast<ledger_method>(i)), bounds);
  for (std::size_t i = 0; i < ledger_methods; ++i) {
    auto labels = labels_of(static_cast<ledger_method>(i));
    labels.emplace("grpc_code", name_of_code(0));
    counters_[i][0] = &handled_.Add(labels);
  }
}

void red_metrics::handled(ledger_method method, grpc::StatusCode code,
                          std::chrono::steady_clock::duration took) noexcept {
  const auto row = static_cast<std::size_t>(method);
  const auto column = static_cast<std::size_t>(code) < codes ? static_cast<std::size_t>(code) : 2;
  auto* counter = counters_[row][column].load(std::memory_order_acquire);
  if (counter == nullptr) {
    auto labels = labels_of(method);
    labels.emplace("grpc_code", name_of_code(column));
    counter = &handled_.Add(labels);  // the same one for the same labels
    counters_[row][column].store(counter, std::memory_order_release);
  }
  counter->Increment();
  seconds_[row]->Observe(std::chrono::duration<double>(took).count());
}

}  // namespace suanpan::endpoint
