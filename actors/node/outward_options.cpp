#include "actors/node/outward_options.hpp"

#include <algorithm>
#include <random>

namespace suanpan {
namespace {

constexpr std::int64_t second = 1'000'000;

}  // namespace

http_client_options bank_client_options_of(const config::node_config& c) {
  http_client_options o;
  o.in_flight_max = c.payments.http_in_flight_max;
  o.waiting_max = c.payments.http_waiting_max;
  o.bytes_max = c.payments.http_waiting_bytes_max;
  o.response_bytes_max = c.payments.http_response_bytes_max;
  return o;
}

// What the notifier lets out at a time is all that there is: nothing waits here.
http_client_options webhook_client_options_of(const config::node_config& c) {
  http_client_options o;
  o.in_flight_max = c.notifier.in_flight_max;
  o.waiting_max = c.notifier.in_flight_max;
  o.response_bytes_max = c.notifier.response_bytes_max;
  o.public_addresses_only = !c.notifier.allow_private_addresses;
  return o;
}

notifier_options notifier_options_of(const config::node_config& c) {
  const auto& n = c.notifier;
  notifier_options o;
  o.policy.pauses =
      growing_pauses(n.retry_first_ms * 1'000, n.retry_most_s * second, n.give_up_days);
  o.bounds.in_flight_max = static_cast<std::size_t>(n.in_flight_max);
  o.bounds.per_merchant_in_flight_max = static_cast<std::size_t>(n.merchant_in_flight_max);
  o.bounds.held_per_merchant_max = static_cast<std::size_t>(n.merchant_rows_max);
  o.bounds.load_limit_per_merchant =
      std::min(o.bounds.load_limit_per_merchant, static_cast<std::uint32_t>(n.merchant_rows_max));
  o.former_secret_micros = n.former_secret_s * second;
  std::random_device source;
  o.jitter_seed = static_cast<std::uint64_t>(source()) << 32U | source();
  return o;
}

registrar_options registrar_options_of(const config::node_config& c,
                                       storage::reader_options session) {
  registrar_options o;
  o.session = std::move(session);
  o.plain_http = c.node.dev;
  o.former_secret_micros = c.notifier.former_secret_s * second;
  return o;
}

std::shared_ptr<endpoint::callback_door> make_callback_door(const config::node_config& c,
                                                            door_parts parts,
                                                            prometheus::Registry& registry) {
  endpoint::callback_door_options o;
  for (const auto& setup : *parts.channels) o.channels[setup.terms.name.value] = setup.adapter;
  o.desk = std::move(parts.desk);
  o.clock = parts.clock;
  o.ask_others = std::move(parts.ask_others);
  const auto waiting = std::min(c.payments.callbacks_in_flight_max, c.http.threads - 1);
  o.waiting_max = static_cast<std::size_t>(std::max<std::int64_t>(waiting, 1));
  o.bytes_max = static_cast<std::size_t>(c.payments.callback_bytes_max);
  return std::make_shared<endpoint::callback_door>(std::move(o), registry);
}

}  // namespace suanpan
