#include "tests/endpoint/served.hpp"

#include <caf/send.hpp>
#include <civetweb.h>
#include <grpcpp/generic/generic_stub.h>

#include <cstring>

namespace suanpan::testing {

config::chart_of_accounts small_chart() {
  using config::subject;
  return config::chart_of_accounts(
      {subject{"1001", "Cash", "现金", subject_class::asset, normal_side::debit},
       subject{"2001", "Merchant payables", "应付商户款", subject_class::liability,
               normal_side::credit}});
}

config::node_config dev_settings() {
  config::node_config settings;
  settings.node.dev = true;
  settings.grpc.port = 0;
  settings.http.port = 0;
  settings.security.key_refresh_ms = 60'000;
  return settings;
}

served::served(config::node_config settings, endpoint::key_ring::loader load_keys) {
  config_.set("scheduler.max-threads", 2);
  system_ = std::make_unique<caf::actor_system>(config_);
  const auto actor = spawn_stand_in(*system_, told);
  auto for_payments = spawn_payment_stand_ins(*system_, payments,
                                              static_cast<std::uint32_t>(settings.ledger.shards));
  for_payments.answer_deadline = std::chrono::milliseconds(settings.payments.answer_deadline_ms);
  auto outcome = endpoint::endpoint::start(
      {.settings = std::move(settings),
       .actors = {actor, actor, actor, actor, actor, actor, std::move(for_payments)},
       .chart = &chart_,
       .load_keys = std::move(load_keys),
       .registry = registry,
       .status = status,
       .item_counters = &counters_});
  fault = std::move(outcome.fault);
  configuration_fault = outcome.configuration;
  running = std::move(outcome.running);
  status->serve();
}

served::~served() {
  if (running) running->stop(std::chrono::milliseconds(0));
  told->release(1'000'000, item_result::unavailable);
  payments->release();
  // The stand-in ends when nobody holds it any more, as `running` lets go of it.
}

std::string served::target() const {
  return "127.0.0.1:" + std::to_string(running->grpc_port());
}

std::shared_ptr<grpc::Channel> served::channel() const {
  static std::atomic<int> count{0};
  grpc::ChannelArguments arguments;
  arguments.SetInt("suanpan.test.channel",
                   ++count);  // channels with equal arguments share a connection
  arguments.SetMaxSendMessageSize(-1);
  return grpc::CreateCustomChannel(target(), grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<v1::Ledger::Stub> served::client() const {
  return v1::Ledger::NewStub(channel());
}

v1::Transfer transfer_of(std::uint32_t n) {
  v1::Transfer t;
  std::string id("\x01\x90\xb5\xc2\x7a\x3e\x7c\xc1\x8f\x00\x01\x23", 12);
  for (int shift = 24; shift >= 0; shift -= 8) id += static_cast<char>(n >> shift);
  t.set_id(id);
  t.set_debit_account(account_number::make({3}, 1).value);
  t.set_credit_account(account_number::make({5}, 2).value);
  t.set_amount(1 + n);
  t.set_currency("CNY");
  return t;
}

v1::PostTransfersRequest batch_of(std::uint32_t items, std::uint64_t sequence) {
  v1::PostTransfersRequest request;
  for (std::uint32_t n = 0; n < items; ++n) *request.add_transfers() = transfer_of(n);
  request.set_sequence(sequence);
  return request;
}

std::string reason_of(const grpc::Status& status) {
  const auto error = wire::read_error(status);
  return error ? error->reason : "";
}

grpc::Status call_with_bytes(const std::shared_ptr<grpc::Channel>& channel,
                             const std::string& method, const std::string& bytes,
                             std::string* answer) {
  grpc::GenericStub stub(channel);
  bounded_context context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto path = method.front() == '/' ? method : "/suanpan.v1.Ledger/" + method;
  auto call = stub.PrepareUnaryCall(&context, path, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice got;
  if (answer != nullptr && status.ok() && response.DumpToSingleSlice(&got).ok())
    answer->assign(reinterpret_cast<const char*>(got.begin()), got.size());
  return status;
}

web_answer get(std::uint16_t port, const std::string& path, const std::string& method) {
  char error[128] = "";
  auto* connection = mg_download("127.0.0.1", port, 0, error, sizeof error,
                                 "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                                 method.c_str(), path.c_str());
  if (connection == nullptr) return {};
  web_answer answer;
  answer.status = mg_get_response_info(connection)->status_code;
  char bytes[4'096];
  if (method != "HEAD")
    for (int n = mg_read(connection, bytes, sizeof bytes); n > 0;
         n = mg_read(connection, bytes, sizeof bytes))
      answer.body.append(bytes, static_cast<std::size_t>(n));
  mg_close_connection(connection);
  return answer;
}

}  // namespace suanpan::testing
