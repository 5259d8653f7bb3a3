// What is counted of notifications. Registered once a node.
#pragma once

#include "actors/notifier/delivery_rules.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace suanpan {

class notifier_metrics {
 public:
  explicit notifier_metrics(prometheus::Registry& registry);

  void tried(delivery_verdict verdict);

  prometheus::Gauge& lag_seconds;
  prometheus::Gauge& held;
  prometheus::Gauge& in_flight;
  prometheus::Gauge& resting_receivers;
  prometheus::Histogram& first_try_seconds;

 private:
  prometheus::Counter& acknowledged_;
  prometheus::Counter& failed_;
  prometheus::Counter& given_up_;
};

}  // namespace suanpan
