#include "actors/node/payment_options.hpp"

#include <random>

namespace suanpan {
namespace {

constexpr std::int64_t micros_per_milli = 1'000;
constexpr std::int64_t micros_per_second = 1'000'000;

}  // namespace

payment_policy payment_policy_of(const config::node_config& c, std::int64_t lane_patience_micros) {
  const auto& p = c.payments;
  payment_policy policy;
  policy.query_first = p.query_first_ms * micros_per_milli;
  policy.query_most = p.query_most_s * micros_per_second;
  policy.pending_query_first = p.pending_query_first_ms * micros_per_milli;
  policy.unknown_manual_after = p.unknown_manual_after_s * micros_per_second;
  policy.unsent_retry = p.unsent_retry_ms * micros_per_milli;
  policy.unsent_attempts_max = static_cast<std::int16_t>(p.unsent_attempts_max);
  policy.system_retry_first = p.system_retry_first_ms * micros_per_milli;
  policy.act_deadline = p.act_deadline_ms * micros_per_milli;
  policy.lane_patience = lane_patience_micros;
  policy.events_waiting_max = static_cast<std::int16_t>(p.waiting_events_max);
  return policy;
}

payment_supervisor_options payment_supervisor_options_of(const config::node_config& c,
                                                         shard_id shard) {
  payment_supervisor_options o;
  o.shard = shard;
  std::random_device source;
  o.id_seed = static_cast<std::uint64_t>(source()) << 32U | source();
  o.orders_max = static_cast<std::size_t>(c.payments.open_orders_max);
  o.order_expiry = std::chrono::seconds(c.payments.order_expiry_s);
  o.restart_intensity = static_cast<std::uint32_t>(c.payments.restart_intensity);
  o.restart_window = std::chrono::seconds(c.payments.restart_window_s);
  return o;
}

storage::reader_options payment_reader_options_of(const config::node_config& c,
                                                  std::string purpose) {
  storage::reader_options o;
  o.dsn = c.database.dsn;
  o.node_name = c.node.name;
  o.purpose = std::move(purpose);
  o.statement_timeout_ms = c.database.statement_timeout_ms;
  return o;
}

}  // namespace suanpan
