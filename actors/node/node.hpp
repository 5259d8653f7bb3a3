// The node: every actor, wired; the endpoint in front; started and stopped in the order that loses
// nothing.
#pragma once

#include "config/loader.hpp"

#include <prometheus/registry.h>

#include <memory>
#include <string>

namespace suanpan {

/// How a start ended, by exit status (INTERFACE): 0, 3 configuration, 4 unavailable.
struct start_result {
  int status = 0;
  std::string reason;
};

class node {
 public:
  /// Keeps the configuration and the chart.
  explicit node(config::loaded from);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Blocks until the endpoint listens; shards are taken in the background (`/readyz` says when).
  [[nodiscard]] start_result start();
  /// Stops admitting, lets what is in flight end, releases the shards. Blocks, within the deadline.
  void stop();

 private:
  struct parts;
  config::loaded from_;
  std::unique_ptr<parts> parts_;
};

}  // namespace suanpan
