#include "actors/notifier/notifier_metrics.hpp"

namespace suanpan {
namespace {

const prometheus::Histogram::BucketBoundaries first_try_bounds{.001, .002, .005, .01, .02, .05,
                                                               .1,   .2,   .5,   1,   5,   30};

prometheus::Gauge& notifier_gauge(prometheus::Registry& r, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(r).Add({});
}

prometheus::Counter& tries(prometheus::Registry& r, const char* result) {
  return prometheus::BuildCounter()
      .Name("suanpan_notification_deliveries_total")
      .Help("Tries to deliver an event to a merchant, and events that have no receiver.")
      .Register(r)
      .Add({{"result", result}});
}

}  // namespace

notifier_metrics::notifier_metrics(prometheus::Registry& r)
    : lag_seconds(
          notifier_gauge(r, "suanpan_notification_lag_seconds",
                         "How long the event that is due longest has been waiting for its turn, of "
                         "merchants that answer.")),
      held(notifier_gauge(r, "suanpan_notifications_held",
                          "Events in memory that no merchant has acknowledged yet.")),
      in_flight(notifier_gauge(r, "suanpan_notifications_in_flight", "Tries under way.")),
      resting_receivers(notifier_gauge(r, "suanpan_notification_receivers_resting",
                                       "Merchants whose receivers failed several times in a row.")),
      first_try_seconds(prometheus::BuildHistogram()
                            .Name("suanpan_notification_first_try_seconds")
                            .Help("From the event to the beginning of its first try.")
                            .Register(r)
                            .Add({}, first_try_bounds)),
      acknowledged_(tries(r, "acknowledged")),
      failed_(tries(r, "failed")),
      given_up_(tries(r, "given_up")),
      no_receiver_(tries(r, "no_receiver")) {}

void notifier_metrics::unsent() {
  no_receiver_.Increment();
}

void notifier_metrics::tried(delivery_verdict verdict) {
  switch (verdict) {
    case delivery_verdict::acknowledged:
      return acknowledged_.Increment();
    case delivery_verdict::again:
      return failed_.Increment();
    case delivery_verdict::given_up:
      return given_up_.Increment();
  }
}

}  // namespace suanpan
