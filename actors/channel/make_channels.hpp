// From the configuration to channels that can be run.
#pragma once

#include "actors/channel/channel_supervisor.hpp"
#include "actors/http/http_client.hpp"
#include "config/channel_config.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace suanpan {

/// Where banks reach the node over HTTP: "https://pay.example.org"; empty: nowhere, so they are
/// asked for no callbacks. Thread-safe.
class callback_address {
 public:
  void set(std::string base) {
    const std::scoped_lock lock(guard_);
    base_ = std::move(base);
  }
  [[nodiscard]] std::string get() const {
    const std::scoped_lock lock(guard_);
    return base_;
  }

 private:
  mutable std::mutex guard_;
  std::string base_;  // guarded
};

/// What channels need of their node; all of it outlives them.
struct channel_surroundings {
  http_client* client = nullptr;
  const wall_clock* clock = nullptr;
  const callback_address* reached_at = nullptr;  // of /callbacks/NAME; null: nowhere
};

/// In the order of the configuration. Precondition: it was loaded without a fault.
[[nodiscard]] std::vector<channel_setup> make_channels(
    const std::vector<config::channel_config>& configured, const channel_surroundings& around);

[[nodiscard]] channel_terms channel_terms_of(const config::channel_config& c);
[[nodiscard]] channel_limits channel_limits_of(const config::channel_config& c);

}  // namespace suanpan
