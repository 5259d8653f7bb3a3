// What operations see of channels. Objects of prometheus-cpp are thread-safe; actors hold a pointer
// to this.
#pragma once

#include "actors/channel/breaker_rules.hpp"
#include "actors/channel/routing_rules.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace suanpan {

/// The word for an answer in labels: succeeded, failed, pending, not_found, not_sent, no_answer,
/// unreadable.
[[nodiscard]] std::string_view result_word(const channel_answer& answer);

class channel_metrics {
 public:
  explicit channel_metrics(prometheus::Registry& registry);

  /// One request ended: it was `waited` in its lane and `took` in all, microseconds.
  struct ended {
    channel_operation operation = channel_operation::charge;
    channel_lane lane = channel_lane::fast;
    std::string_view result;
    std::int64_t took_micros = 0;
  };
  void count(const channel_name& channel, const ended& what);
  /// One left its lane for the bank after so long.
  void waited(const channel_name& channel, channel_lane lane, std::int64_t micros);
  /// How a lane stands.
  struct standing {
    channel_lane lane = channel_lane::fast;
    breaker_stage breaker = breaker_stage::closed;
    std::size_t waiting = 0;
    std::size_t in_flight = 0;
  };
  void stands(const channel_name& channel, const standing& how);
  void restarted(const channel_name& channel);
  void gave_up(const channel_name& channel);

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Family<prometheus::Histogram>& wait_seconds_;
  prometheus::Family<prometheus::Gauge>& breakers_;
  prometheus::Family<prometheus::Gauge>& waiting_;
  prometheus::Family<prometheus::Gauge>& in_flight_;
  prometheus::Family<prometheus::Counter>& restarts_;
  prometheus::Family<prometheus::Gauge>& given_up_;
};

}  // namespace suanpan
