#include "actors/endpoint/red_metrics.hpp"

#include <string>

namespace suanpan::endpoint {
namespace {

/// In the order of the enum.
constexpr std::array<const char*, rpc_methods> method_names = {
    "OpenAccounts",        "GetAccount",         "SetAccountFlags",
    "SetAccountLimits",    "SetAccountMetadata", "CloseAccount",
    "ListAccounts",        "PostTransfers",      "StreamTransfers",
    "GetTransfer",         "ListTransfers",      "GetStatement",
    "GetBalanceAt",        "GetTrialBalance",    "ListSubjects",
    "GetAccountingDay",    "ListAccountingDays", "CloseAccountingDay",
    "GetGeneralLedger",    "AddBalanceMonitor",  "RemoveBalanceMonitor",
    "ListBalanceMonitors", "ListMonitorEvents",  "CreateTopUp",
    "CreateTransfer",      "CreateQuickPay",     "CreateOnlineBankPay",
    "CreateWithholding",   "CreatePayout",       "CreateWithdrawal",
    "CreateRefund",        "RetryPayment",       "ClosePayment",
    "GetPayment",          "ListPayments",       "ExplainPayment",
    "CreateMerchant",      "GetMerchant",        "CreateApiKey",
    "RevokeApiKey",        "SetWebhook",         "BindCard",
    "UnbindCard",          "ListCards",          "ListNotifications",
    "ResendNotifications", "ListCases",          "GetCase",
};

const char* name_of_code(std::size_t code) noexcept {
  static constexpr const char* names[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  return names[code];
}

prometheus::Labels labels_of(rpc_method method) {
  const bool streams = method == rpc_method::stream_transfers;
  return {{"grpc_type", streams ? "bidi_stream" : "unary"},
          {"grpc_service", service_of(method)},
          {"grpc_method", name_of(method)}};
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

const char* name_of(rpc_method method) noexcept {
  return method_names[static_cast<std::size_t>(method)];
}

const char* service_of(rpc_method method) noexcept {
  if (method >= rpc_method::list_notifications) return "suanpan.v1.Operations";
  if (method >= rpc_method::create_merchant) return "suanpan.v1.Merchants";
  if (method >= rpc_method::create_top_up) return "suanpan.v1.Payments";
  return "suanpan.v1.Ledger";
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
  for (std::size_t i = 0; i < rpc_methods; ++i)
    seconds_[i] = &seconds.Add(labels_of(static_cast<rpc_method>(i)), bounds);
  for (std::size_t i = 0; i < rpc_methods; ++i) {
    auto labels = labels_of(static_cast<rpc_method>(i));
    labels.emplace("grpc_code", name_of_code(0));
    counters_[i][0] = &handled_.Add(labels);
  }
}

void red_metrics::handled(rpc_method method, grpc::StatusCode code,
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
