// The node's outside: gRPC and HTTP servers, started after the actors and stopped before them. The
// only box besides protocol/wire that knows gRPC.
#pragma once

#include "actors/endpoint/http_server.hpp"
#include "actors/endpoint/key_ring.hpp"
#include "actors/endpoint/ledger_context.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/metrics/node_status.hpp"
#include "config/chart_of_accounts.hpp"
#include "config/node_config.hpp"

#include <prometheus/registry.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace suanpan::endpoint {

/// What the node hands to its endpoint.
struct endpoint_parts {
  config::node_config settings;
  ledger_actors actors;
  const config::chart_of_accounts* chart = nullptr;  // outlives the endpoint
  key_ring::loader load_keys;                        // storage::list_keys; blocks
  std::shared_ptr<prometheus::Registry> registry;
  std::shared_ptr<const node_status> status;
  metrics* item_counters =
      nullptr;  // counts items refused before an actor saw them; outlives all calls
  std::shared_ptr<callback_door> callbacks = nullptr;  // null: this node takes none
};

class endpoint {
 public:
  struct outcome;

  /// Listens on both ports, or says why not. Serves health, reflection, /livez and /readyz at once;
  /// health is NOT_SERVING until the status is ready. Without --dev it needs a certificate and a
  /// key.
  [[nodiscard]] static outcome start(endpoint_parts parts);
  ~endpoint();
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;

  /// Takes nothing new, waits until what is in flight is answered or `deadline` has passed, answers
  /// the rest UNKNOWN, closes both ports, and lets go of the actors. Blocks. Call it before the
  /// actor system stops; afterwards the actors may still finish requests that they hold.
  void stop(std::chrono::milliseconds deadline);

  [[nodiscard]] std::uint16_t grpc_port() const noexcept;
  [[nodiscard]] std::uint16_t http_port() const noexcept;

 private:
  struct impl;
  explicit endpoint(std::unique_ptr<impl> with);
  std::unique_ptr<impl> impl_;
};

struct endpoint::outcome {
  std::unique_ptr<endpoint> running;  // null if there is a fault
  std::string fault;                  // for a person: "certs/node.pem: has expired"
  bool configuration = false;  // the fault is one of configuration (exit 3), else of the machine
};

}  // namespace suanpan::endpoint
