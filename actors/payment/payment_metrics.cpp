#include "actors/payment/payment_metrics.hpp"

#include <algorithm>

namespace suanpan {
namespace {

auto& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
auto& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
auto& histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

prometheus::Histogram::BucketBoundaries lag_seconds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
}

}  // namespace

payment_metrics::payment_metrics(prometheus::Registry& registry)
    : totals_(counters(registry, "suanpan_payments_total",
                       "Orders that came to their end, by product and by how they ended.")),
      open_(gauges(registry, "suanpan_payments_open", "Orders that are open, by state.")),
      oldest_unknown_(
          gauges(registry, "suanpan_oldest_unknown_seconds",
                 "Age of the oldest attempt of which the channel does not say what became of it.")),
      booking_lag_(
          histograms(registry, "suanpan_booking_lag_seconds",
                     "From the moment at which a booking was intended to its being durable.")
              .Add({}, lag_seconds())),
      mailbox_(gauges(registry, "suanpan_payment_supervisor_mailbox",
                      "Messages that wait for a supervisor of payments.")
                   .Add({})),
      active_(gauges(registry, "suanpan_payments_active", "Orders that have an actor.").Add({})) {}

void payment_metrics::ended(payment_kind product, payment_stage as) {
  totals_.Add({{"product", std::string(name_of(product))}, {"result", std::string(name_of(as))}})
      .Increment();
}

void payment_metrics::open_changed(payment_stage stage, int by) {
  open_.Add({{"state", std::string(name_of(stage))}}).Increment(by);
}

void payment_metrics::booked_after(std::int64_t micros) {
  booking_lag_.Observe(static_cast<double>(std::max<std::int64_t>(micros, 0)) / 1e6);
}

void payment_metrics::unknown_since(shard_id shard,
                                    const std::map<channel_name, std::int64_t>& micros,
                                    std::int64_t now_micros) {
  const std::scoped_lock lock(guard_);
  if (micros.empty())
    unknown_.erase(shard);
  else
    unknown_[shard] = micros;
  std::map<channel_name, std::int64_t> oldest;
  for (const auto& channel : told_) oldest.emplace(channel, now_micros);
  for (const auto& [where, by_channel] : unknown_)
    for (const auto& [channel, since] : by_channel) {
      const auto [at, fresh] = oldest.emplace(channel, since);
      if (!fresh) at->second = std::min(at->second, since);
    }
  for (const auto& [channel, since] : oldest) {
    told_.insert(channel);
    const auto age = std::max<std::int64_t>(0, now_micros - since);
    oldest_unknown_.Add({{"channel", channel.value}}).Set(static_cast<double>(age) / 1e6);
  }
}

void payment_metrics::supervisor_mailbox(std::size_t depth) {
  mailbox_.Set(static_cast<double>(depth));
}

void payment_metrics::orders_active_changed(int by) {
  active_.Increment(by);
}

}  // namespace suanpan
