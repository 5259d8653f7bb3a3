#include "actors/channel/make_channels.hpp"

#include "actors/channel/bank_http_adapter.hpp"

#include <chrono>
#include <utility>

namespace suanpan {
namespace {

constexpr std::int64_t micros = 1'000;  // in a millisecond

lane_limits lane_limits_of(const config::lane_config& c) {
  return {c.concurrency, c.queue, c.timeout_ms * micros};
}

channel_adapter_ptr bank_http_of(const config::channel_config& c,
                                 const channel_surroundings& around) {
  bank_http_options options;
  options.name = c.name;
  options.url = c.url;
  options.merchant_at_bank = c.merchant_at_bank;
  options.secret = c.secret;
  options.callback_url = [at = around.reached_at, name = c.name.value, wanted = c.callbacks] {
    const std::string base = at == nullptr || !wanted ? std::string() : at->get();
    return base.empty() ? base : base + "/callbacks/" + name;
  };
  options.traits = channel_terms_of(c).traits;
  options.connect_timeout = std::chrono::milliseconds(c.connect_timeout_ms);
  options.unbind_timeout = std::chrono::milliseconds(
      channel_terms_of(c).lane_of(channel_operation::unbind) == channel_lane::slow
          ? c.slow.timeout_ms
          : c.fast.timeout_ms);
  options.skew_s = c.skew_s;
  return std::make_shared<bank_http_adapter>(std::move(options), *around.client, around.clock);
}

}  // namespace

channel_terms channel_terms_of(const config::channel_config& c) {
  channel_terms terms;
  terms.name = c.name;
  terms.traits = {c.dedupes, c.not_found_final, c.settling_ms * micros, c.refunds};
  terms.products = c.products;
  terms.currencies = c.currencies;
  terms.amount_least = c.amount_least;
  terms.amount_most = c.amount_most;
  terms.priority = c.priority;
  terms.slow_operations = c.slow_operations;
  terms.binds = c.binds;
  return terms;
}

channel_limits channel_limits_of(const config::channel_config& c) {
  channel_limits limits;
  limits.lanes = {lane_limits_of(c.fast), lane_limits_of(c.slow)};
  limits.breaker = {c.breaker.failures, c.breaker.window_ms * micros, c.breaker.open_ms * micros};
  limits.rate = {c.rate_per_second, c.burst};
  return limits;
}

std::vector<channel_setup> make_channels(const std::vector<config::channel_config>& configured,
                                         const channel_surroundings& around) {
  std::vector<channel_setup> made;
  made.reserve(configured.size());
  // There is one adapter so far; the configuration accepts no other name.
  for (const auto& c : configured) {
    made.push_back({channel_terms_of(c), bank_http_of(c, around), channel_limits_of(c)});
  }
  return made;
}

}  // namespace suanpan
