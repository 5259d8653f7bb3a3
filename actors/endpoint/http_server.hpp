// What comes to a node over HTTP: operations ask for /metrics, /livez, /readyz, without secrets or
// writes; banks post to /callback/<channel>.
#pragma once

#include "actors/endpoint/callback_door.hpp"
#include "actors/endpoint/ports.hpp"
#include "actors/metrics/node_status.hpp"

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>

struct mg_context;
struct mg_connection;

namespace suanpan::endpoint {

class http_server {
 public:
  struct sources {
    std::shared_ptr<prometheus::Registry> registry;
    std::shared_ptr<const node_status> status;
    std::function<void()> before_metrics = [] {};        // brings gauges up to date
    std::shared_ptr<callback_door> callbacks = nullptr;  // null: this node takes none
  };

  http_server(sources from, int threads) : from_(std::move(from)), threads_(threads) {}
  ~http_server() { stop(); }
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Empty if it listens; else why not.
  [[nodiscard]] std::string start(const listen_address& at);
  /// Waits for requests in progress. Harmless when it isn't running.
  void stop() noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  static int on_metrics(mg_connection* connection, void* self);
  static int on_live(mg_connection* connection, void* self);
  static int on_ready(mg_connection* connection, void* self);
  static int on_callback(mg_connection* connection, void* self);

  sources from_;
  int threads_;
  std::string address_;
  std::uint16_t port_ = 0;
  mg_context* running_ = nullptr;
};

struct readiness {
  bool ready = false;
  std::string json;  // {"ready":false,"reason":"owns_no_shard"}
};
[[nodiscard]] readiness readiness_of(const node_status& status);

}  // namespace suanpan::endpoint
