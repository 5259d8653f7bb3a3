#include "actors/endpoint/endpoint.hpp"

#include "actors/endpoint/ledger_service.hpp"
#include "actors/endpoint/merchant_service.hpp"
#include "actors/endpoint/operations_service.hpp"
#include "actors/endpoint/payment_service.hpp"
#include "actors/endpoint/ports.hpp"
#include "actors/endpoint/ticker.hpp"
#include "actors/endpoint/tls.hpp"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <mutex>
#include <optional>
#include <utility>

namespace suanpan::endpoint {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds housekeeping_period{100};
/// Keys are not read more often than this, however many wrong ones are tried.
constexpr milliseconds key_read_pause{250};
/// A peer that answers no ping is gone.
constexpr int keepalive_ms = 30'000;
constexpr int keepalive_answer_ms = 10'000;
constexpr int client_ping_ms_min = 10'000;

/// Process-wide and before any server is built.
void prepare_grpc_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // Else each bad string that somebody sends writes a line to standard error.
    google::protobuf::SetLogHandler(nullptr);
  });
}

void set_limits(grpc::ServerBuilder& builder, const config::grpc_settings& settings) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(settings.message_bytes_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                             static_cast<int>(settings.metadata_bytes_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(settings.streams_per_connection_max));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else two nodes share a port unnoticed
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_answer_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             client_ping_ms_min);
  // Windows stay at HTTP/2's 64 KiB: probing would grow each stream's to megabytes, and memory
  // would follow the number of streams that send and never read. What is being read gets all the
  // room that its message needs anyway.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  grpc::ResourceQuota quota("suanpan");
  quota.Resize(static_cast<std::size_t>(settings.memory_bytes_max));
  builder.SetResourceQuota(quota);
}

/// What the node serves.
struct services {
  explicit services(const std::shared_ptr<ledger_context>& context)
      : ledger(context), payments(context), merchants(context), operations(context) {}

  void enter(grpc::ServerBuilder& builder) {
    builder.RegisterService(&ledger);
    builder.RegisterService(&payments);
    builder.RegisterService(&merchants);
    builder.RegisterService(&operations);
  }

  ledger_service ledger;
  payment_service payments;
  merchant_service merchants;
  operations_service operations;
};

endpoint::outcome bad_configuration(std::string fault) {
  return {nullptr, std::move(fault), true};
}

}  // namespace

struct endpoint::impl {
  explicit impl(endpoint_parts with)
      : parts(std::move(with)),
        context(std::make_shared<ledger_context>(parts.settings, std::exchange(parts.actors, {}),
                                                 *parts.chart, parts.load_keys, *parts.registry,
                                                 parts.item_counters)),
        http({parts.registry, parts.status, [this] { refresh_gauges(); }, parts.callbacks},
             static_cast<int>(parts.settings.http.threads)) {}

  std::string listen(const std::shared_ptr<grpc::ServerCredentials>& credentials);
  void keep_house();
  void refresh_gauges();
  void show_health();

  endpoint_parts parts;
  std::shared_ptr<ledger_context> context;
  std::unique_ptr<services> served;
  std::unique_ptr<grpc::Server> server;
  http_server http;
  int grpc_port = 0;
  std::optional<bool> shown_ready;
  std::unique_ptr<ticker> key_reader;
  std::unique_ptr<ticker> housekeeper;
  bool stopped = false;
};

// --- start
// ----------------------------------------------------------------------------------------

endpoint::outcome endpoint::start(endpoint_parts parts) {
  const auto& settings = parts.settings;
  auto credentials = grpc::InsecureServerCredentials();
  const bool loopback = is_loopback(settings.grpc.address) && is_loopback(settings.http.address);
  if (settings.node.dev && !loopback)
    return bad_configuration("grpc.address and http.address: --dev listens on loopback only");
  const auto& security = settings.security;
  if (!security.tls_certificate.empty() || !settings.node.dev) {
    if (security.tls_certificate.empty())
      return bad_configuration("security.tls_certificate: needed without --dev");
    if (security.tls_key.empty())
      return bad_configuration("security.tls_key: needed without --dev");
    auto tls = load_tls({security.tls_certificate, security.tls_key});
    if (!tls.credentials) return bad_configuration(std::move(tls.fault));
    credentials = std::move(tls.credentials);
  }
  auto made = std::make_unique<impl>(std::move(parts));
  if (auto fault = made->listen(credentials); !fault.empty())
    return {nullptr, std::move(fault), false};
  return {std::unique_ptr<endpoint>(new endpoint(std::move(made))), {}, false};
}

std::string endpoint::impl::listen(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  prepare_grpc_once();
  const auto& grpc = parts.settings.grpc;
  const listen_address wanted{grpc.address, static_cast<std::uint16_t>(grpc.port),
                              grpc.port_search};
  const auto port = find_port(wanted);
  if (!port) return join(grpc.address, wanted.port) + ": can't be listened on";
  const milliseconds key_period{parts.settings.security.key_refresh_ms};
  key_reader =
      std::make_unique<ticker>(key_period, key_read_pause, [this] { context->keys.refresh(); });
  context->read_keys_soon = [this] { key_reader->wake(); };
  served = std::make_unique<services>(context);
  grpc::ServerBuilder builder;
  set_limits(builder, grpc);
  builder.AddListeningPort(join(grpc.address, *port), credentials, &grpc_port);
  served->enter(builder);
  server = builder.BuildAndStart();
  if (!server || grpc_port == 0) return join(grpc.address, *port) + ": can't be listened on";
  show_health();
  housekeeper =
      std::make_unique<ticker>(housekeeping_period, housekeeping_period, [this] { keep_house(); });
  const auto& web = parts.settings.http;
  return http.start({web.address, static_cast<std::uint16_t>(web.port), web.port_search});
}

// --- housekeeping
// ---------------------------------------------------------------------------------

void endpoint::impl::keep_house() {
  show_health();
  const auto unsent = context->unsent_bytes.load(std::memory_order_relaxed);
  const auto patience = unsent > unsent_bytes_max / 2 ? answer_patience_short : answer_patience;
  const auto now = steady_clock::now();
  for (const auto& call : context->calls.all()) call->look_after(now, patience);
}

void endpoint::impl::show_health() {
  const bool ready = parts.status->ready() && !context->closing.load(std::memory_order_acquire);
  if (shown_ready == ready) return;
  shown_ready = ready;
  auto* health = server->GetHealthCheckService();
  health->SetServingStatus("", ready);
  for (const char* service : {"suanpan.v1.Ledger", "suanpan.v1.Payments", "suanpan.v1.Merchants",
                              "suanpan.v1.Operations"})
    health->SetServingStatus(service, ready);
}

void endpoint::impl::refresh_gauges() {
  auto& red = context->red;
  red.streams_open.Set(static_cast<double>(context->streams.load()));
  red.in_flight_items.Set(static_cast<double>(context->work.node().items()));
  red.in_flight_bytes.Set(static_cast<double>(context->work.node().bytes()));
  red.unsent_bytes.Set(static_cast<double>(context->unsent_bytes.load()));
}

// --- stop
// -----------------------------------------------------------------------------------------

void endpoint::stop(milliseconds deadline) {
  auto& me = *impl_;
  if (std::exchange(me.stopped, true)) return;
  me.context->closing.store(true, std::memory_order_release);
  me.server->GetHealthCheckService()->Shutdown();
  // Before any call is closed from here: two threads must not finish one call.
  me.key_reader->stop();
  me.housekeeper->stop();
  for (const auto& call : me.context->calls.all()) call->drain();
  me.context->calls.wait_for_none(steady_clock::now() + deadline);
  for (const auto& call : me.context->calls.all()) call->close();
  me.server->Shutdown(std::chrono::system_clock::now() + milliseconds(200));
  me.server->Wait();
  if (me.parts.callbacks) me.parts.callbacks->close();
  me.http.stop();
  me.context->actors = {};
}

endpoint::endpoint(std::unique_ptr<impl> with) : impl_(std::move(with)) {}

endpoint::~endpoint() {
  stop(milliseconds(0));
}

std::uint16_t endpoint::grpc_port() const noexcept {
  return static_cast<std::uint16_t>(impl_->grpc_port);
}

std::uint16_t endpoint::http_port() const noexcept {
  return impl_->http.port();
}

}  // namespace suanpan::endpoint
