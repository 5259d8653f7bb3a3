// What operations rely on: health, reflection, readiness, metrics, ports, and a clean stop.
#include "actors/endpoint/ports.hpp"
#include "tests/endpoint/served.hpp"
#include "tests/support/eventually.hpp"

#include <doctest/doctest.h>
#include <grpcpp/generic/generic_stub.h>

#include <thread>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

/// grpc.health.v1.Health/Check by hand: its messages have one field each, and no package has their
/// code.
std::string health_of(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  std::string request;
  if (!service.empty()) request = std::string("\x0a") + static_cast<char>(service.size()) + service;
  std::string answer;
  const auto status = call_with_bytes(channel, "/grpc.health.v1.Health/Check", request, &answer);
  if (!status.ok()) return "status " + std::to_string(status.error_code());
  return answer == "\x08\x01" ? "SERVING" : answer == "\x08\x02" ? "NOT_SERVING" : "?";
}

/// One message to a streaming method, and the first one back.
std::string ask_stream(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                       const std::string& bytes) {
  grpc::GenericStub stub(channel);
  bounded_context context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, path, &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  const grpc::Slice slice(bytes);
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  queue.Next(&tag, &ok);
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  queue.Next(&tag, &ok);
  grpc::Slice got;
  std::string answer;
  if (ok && response.DumpToSingleSlice(&got).ok())
    answer.assign(reinterpret_cast<const char*>(got.begin()), got.size());
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  return answer;
}

bool contains(const std::string& text, const std::string& words) {
  INFO("text ", text);
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("health follows the node's status, for the server and for the service") {
  served node;
  const auto channel = node.channel();
  for (const char* service : {"", "suanpan.v1.Ledger"}) {
    CHECK(eventually([&] { return health_of(channel, service) == "SERVING"; }));
    node.status->refuse("owns_no_shard");
    CHECK(eventually([&] { return health_of(channel, service) == "NOT_SERVING"; }));
    node.status->serve();
  }
  CHECK(health_of(channel, "no.such.Service") == "status 5");
}

TEST_CASE("reflection lists the service and hands out its description") {
  served node;
  const auto path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  CHECK(contains(ask_stream(node.channel(), path, "\x3a\x01*"), "suanpan.v1.Ledger"));
  const std::string symbol = "suanpan.v1.Ledger";
  CHECK(contains(ask_stream(node.channel(), path,
                            std::string("\x22") + static_cast<char>(symbol.size()) + symbol),
                 "StreamTransfers"));
}

TEST_CASE("readiness is told over HTTP with its reason; liveness is not readiness") {
  served node;
  const auto port = node.running->http_port();
  CHECK(get(port, "/readyz").status == 200);
  CHECK(get(port, "/readyz").body == "{\"ready\":true}\n");
  node.status->refuse("database_unavailable: \"x\" refused\n");
  CHECK(get(port, "/readyz").status == 503);
  CHECK(get(port, "/readyz").body ==
        "{\"ready\":false,\"reason\":\"database_unavailable: \\\"x\\\" refused\\u000a\"}\n");
  node.status->refuse("refus\xE9");  // a server that speaks Latin-1
  CHECK(get(port, "/readyz").body == "{\"ready\":false,\"reason\":\"refus?\"}\n");
  CHECK(get(port, "/livez").status == 200);
  CHECK(get(port, "/livez").body == "live\n");
  CHECK(get(port, "/nothing").status == 404);
  CHECK(get(port, "/readyz", "POST").status == 405);
  CHECK(get(port, "/livez", "HEAD").status == 200);
}

TEST_CASE("metrics count each call by method and status") {
  served node;
  auto client = node.client();
  v1::PostTransfersResponse response;
  for (int i = 0; i < 3; ++i) {
    bounded_context context;
    REQUIRE(client->PostTransfers(&context, batch_of(1), &response).ok());
  }
  (void)call_with_bytes(node.channel(), "GetAccount", "\xff");
  const auto text = get(node.running->http_port(), "/metrics").body;
  CHECK(contains(text,
                 "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"PostTransfers\","
                 "grpc_service=\"suanpan.v1.Ledger\",grpc_type=\"unary\"} 3"));
  CHECK(contains(text,
                 "grpc_server_handled_total{grpc_code=\"InvalidArgument\","
                 "grpc_method=\"GetAccount\",grpc_service=\"suanpan.v1.Ledger\","
                 "grpc_type=\"unary\"} 1"));
  CHECK(contains(text,
                 "grpc_server_handling_seconds_count{grpc_method=\"PostTransfers\","
                 "grpc_service=\"suanpan.v1.Ledger\",grpc_type=\"unary\"} 3"));
}

TEST_CASE("a taken port is stepped over by ten when told to search, else refused") {
  served first;
  auto settings = dev_settings();
  settings.grpc.port = first.running->grpc_port();
  settings.grpc.port_search = false;
  const served refused(settings);
  CHECK_FALSE(refused.running);
  CHECK_FALSE(refused.configuration_fault);
  CHECK(contains(refused.fault, std::to_string(first.running->grpc_port())));
  settings.grpc.port_search = true;
  settings.http.port = first.running->http_port();
  const served second(settings);
  REQUIRE(second.running);
  CHECK((second.running->grpc_port() - first.running->grpc_port()) % 10 == 0);
  CHECK(second.running->grpc_port() != first.running->grpc_port());
  CHECK(second.running->http_port() != first.running->http_port());
}

TEST_CASE("addresses are loopback or not, and join with a port in both families") {
  using namespace suanpan::endpoint;
  for (const char* address : {"127.0.0.1", "127.8.9.1", "::1"}) CHECK(is_loopback(address));
  for (const char* address : {"0.0.0.0", "::", "10.0.0.1", "localhost", "", "128.0.0.1"})
    CHECK_FALSE(is_loopback(address));
  CHECK(join("127.0.0.1", 7'400) == "127.0.0.1:7400");
  CHECK(join("::1", 7'400) == "[::1]:7400");
  CHECK_FALSE(find_port({"203.0.113.1", 7'400, true}));  // no address of this machine
}

TEST_CASE("a stop answers what is in flight, refuses what is new, and closes both ports") {
  served node;
  const auto channel = node.channel();
  auto client = v1::Ledger::NewStub(channel);
  node.told->set(script::mode::keep);
  grpc::CompletionQueue queue;
  bounded_context held_context;
  v1::PostTransfersResponse held_response;
  grpc::Status held_status;
  auto held = client->AsyncPostTransfers(&held_context, batch_of(2), &queue);
  held->Finish(&held_response, &held_status, nullptr);
  REQUIRE(node.told->kept(1));

  const auto http = node.running->http_port();
  std::thread stopping([&] { node.running->stop(std::chrono::seconds(10)); });
  const auto refused = [&] {
    bounded_context context;
    v1::PostTransfersResponse response;
    const auto status = client->PostTransfers(&context, batch_of(1), &response);
    return status.error_code() == StatusCode::UNAVAILABLE && reason_of(status) == "DRAINING";
  };
  node.told->set(script::mode::answer);
  CHECK(eventually(refused));
  node.told->release(1);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  stopping.join();
  CHECK(held_status.ok());
  CHECK(held_response.results(0).result() == v1::TRANSFER_RESULT_POSTED);
  CHECK(get(http, "/livez").status == 0);
  bounded_context context;
  v1::PostTransfersResponse response;
  CHECK(client->PostTransfers(&context, batch_of(1), &response).error_code() ==
        StatusCode::UNAVAILABLE);
}

TEST_CASE("a stop that can't wait answers UNKNOWN, and the actors may finish later") {
  auto node = std::make_unique<served>();
  auto client = node->client();
  node->told->set(script::mode::keep);
  grpc::CompletionQueue queue;
  bounded_context held_context;
  v1::PostTransfersResponse held_response;
  grpc::Status held_status;
  auto held = client->AsyncPostTransfers(&held_context, batch_of(2), &queue);
  held->Finish(&held_response, &held_status, nullptr);
  REQUIRE(node->told->kept(1));
  node->running->stop(std::chrono::milliseconds(20));
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  CHECK(held_status.ok());
  CHECK(held_response.results(0).result() == v1::TRANSFER_RESULT_UNKNOWN);
  node->running.reset();
  node->told->release(1);
}
