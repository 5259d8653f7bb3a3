// An endpoint that runs, and a client of it.
#pragma once

#include "actors/endpoint/endpoint.hpp"
#include "protocol/wire/errors.hpp"
#include "suanpan/v1/ledger.grpc.pb.h"
#include "tests/endpoint/payment_stand_ins.hpp"
#include "tests/endpoint/stand_ins.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

namespace suanpan::testing {

/// Two subjects: 1001 (asset) and 2001 (liability).
[[nodiscard]] config::chart_of_accounts small_chart();

/// --dev on free ports of loopback.
[[nodiscard]] config::node_config dev_settings();

class served {
 public:
  explicit served(config::node_config settings = dev_settings(),
                  endpoint::key_ring::loader load_keys = {});
  ~served();

  [[nodiscard]] std::string target() const;
  [[nodiscard]] std::unique_ptr<v1::Ledger::Stub> client() const;
  /// A connection of its own, not shared with other channels of this process.
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel() const;

  std::shared_ptr<script> told = std::make_shared<script>();
  std::shared_ptr<payment_script> payments = std::make_shared<payment_script>();
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<node_status> status = std::make_shared<node_status>();
  std::string fault;  // of the start; empty if it runs
  bool configuration_fault = false;
  std::unique_ptr<endpoint::endpoint> running;

 private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  metrics counters_{*registry};
  config::chart_of_accounts chart_ = small_chart();
};

/// The n-th well-formed transfer.
[[nodiscard]] v1::Transfer transfer_of(std::uint32_t n);
[[nodiscard]] v1::PostTransfersRequest batch_of(std::uint32_t items, std::uint64_t sequence = 0);

/// The reason in the ErrorInfo of a refused call; "" if it has none.
[[nodiscard]] std::string reason_of(const grpc::Status& status);

/// A gRPC context with a deadline that no test reaches unless something hangs.
struct bounded_context : grpc::ClientContext {
  explicit bounded_context(std::chrono::seconds deadline = std::chrono::seconds(20)) {
    set_deadline(std::chrono::system_clock::now() + deadline);
  }
};

/// Any unary method with any bytes; "PostTransfers" of the Ledger, or "/package.Service/Method".
[[nodiscard]] grpc::Status call_with_bytes(const std::shared_ptr<grpc::Channel>& channel,
                                           const std::string& method, const std::string& bytes,
                                           std::string* answer = nullptr);

/// The body of GET http://127.0.0.1:port/path, and its status.
struct web_answer {
  int status = 0;
  std::string body;
};
[[nodiscard]] web_answer get(std::uint16_t port, const std::string& path,
                             const std::string& method = "GET");

/// One call, bounded in time: `call(*client, &v1::Ledger::Stub::GetAccount, request, response)`.
template <class Request, class Response>
grpc::Status call(v1::Ledger::Stub& client,
                  grpc::Status (v1::Ledger::Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                  const Request& request, Response& response) {
  bounded_context context;
  return (client.*method)(&context, request, &response);
}

}  // namespace suanpan::testing
