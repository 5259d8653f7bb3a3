// What the actors that look outward are told of the configuration: banks' and merchants' HTTP, the
// notifier, the registrar, the door for callbacks.
#pragma once

#include "actors/channel/channel_supervisor.hpp"
#include "actors/endpoint/callback_door.hpp"
#include "actors/http/http_client.hpp"
#include "actors/notifier/notifier.hpp"
#include "actors/registry/registrar.hpp"
#include "config/node_config.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace suanpan {

[[nodiscard]] http_client_options bank_client_options_of(const config::node_config& c);
[[nodiscard]] http_client_options webhook_client_options_of(const config::node_config& c);
/// With chance of its own.
[[nodiscard]] notifier_options notifier_options_of(const config::node_config& c);
/// But for the channels that bind cards.
[[nodiscard]] registrar_options registrar_options_of(const config::node_config& c,
                                                     storage::reader_options session);

/// What a door for callbacks opens upon. All outlive it.
struct door_parts {
  const std::vector<channel_setup>* channels = nullptr;
  caf::actor desk;  // CALLBACK_DESK
  const wall_clock* clock = nullptr;
  std::function<bool(const callback_bytes&)> ask_others;  // may be empty
};
/// One thread of HTTP is left to operations.
[[nodiscard]] std::shared_ptr<endpoint::callback_door> make_callback_door(
    const config::node_config& c, door_parts parts, prometheus::Registry& registry);

}  // namespace suanpan
