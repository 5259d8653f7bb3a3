#include "actors/channel/channel_metrics.hpp"

namespace suanpan {
namespace {

const prometheus::Histogram::BucketBoundaries seconds_bounds{.001, .002, .005, .01, .02, .05, .1,
                                                             .2,   .5,   1,    2,   5,   10,  30};
constexpr std::int64_t second = 1'000'000;

prometheus::Labels lane_labels(const channel_name& channel, channel_lane lane) {
  return {{"channel", channel.value}, {"lane", std::string(name_of(lane))}};
}

}  // namespace

std::string_view result_word(const channel_answer& answer) {
  return answer.outcome == channel_outcome::unknown ? name_of(answer.doubt)
                                                    : name_of(answer.outcome);
}

channel_metrics::channel_metrics(prometheus::Registry& r)
    : requests_(prometheus::BuildCounter()
                    .Name("suanpan_channel_requests_total")
                    .Help("Requests to bank channels, by how they ended.")
                    .Register(r)),
      seconds_(prometheus::BuildHistogram()
                   .Name("suanpan_channel_request_seconds")
                   .Help("From a request's arrival at its channel to its answer.")
                   .Register(r)),
      wait_seconds_(prometheus::BuildHistogram()
                        .Name("suanpan_channel_lane_wait_seconds")
                        .Help("How long requests waited in their lane before the bank was asked.")
                        .Register(r)),
      breakers_(prometheus::BuildGauge()
                    .Name("suanpan_channel_breaker_state")
                    .Help("Circuit breaker of a lane: 0 closed, 1 half open, 2 open.")
                    .Register(r)),
      waiting_(prometheus::BuildGauge()
                   .Name("suanpan_channel_lane_depth")
                   .Help("Requests that wait in a lane.")
                   .Register(r)),
      in_flight_(prometheus::BuildGauge()
                     .Name("suanpan_channel_in_flight_requests")
                     .Help("Requests of a lane that are at the bank.")
                     .Register(r)),
      restarts_(prometheus::BuildCounter()
                    .Name("suanpan_channel_restarts_total")
                    .Help("Restarts of a channel's actor.")
                    .Register(r)),
      given_up_(prometheus::BuildGauge()
                    .Name("suanpan_channel_given_up")
                    .Help("1: the channel's actor failed too often and is not restarted any more.")
                    .Register(r)) {}

void channel_metrics::count(const channel_name& channel, const ended& what) {
  requests_
      .Add({{"channel", channel.value},
            {"operation", std::string(name_of(what.operation))},
            {"result", std::string(what.result)}})
      .Increment();
  seconds_.Add(lane_labels(channel, what.lane), seconds_bounds)
      .Observe(static_cast<double>(what.took_micros) / second);
}

void channel_metrics::waited(const channel_name& channel, channel_lane lane, std::int64_t micros) {
  wait_seconds_.Add(lane_labels(channel, lane), seconds_bounds)
      .Observe(static_cast<double>(micros) / second);
}

void channel_metrics::stands(const channel_name& channel, const standing& how) {
  const auto labels = lane_labels(channel, how.lane);
  const int state = how.breaker == breaker_stage::closed      ? 0
                    : how.breaker == breaker_stage::half_open ? 1
                                                              : 2;
  breakers_.Add(labels).Set(state);
  waiting_.Add(labels).Set(static_cast<double>(how.waiting));
  in_flight_.Add(labels).Set(static_cast<double>(how.in_flight));
}

void channel_metrics::restarted(const channel_name& channel) {
  restarts_.Add({{"channel", channel.value}}).Increment();
}

void channel_metrics::gave_up(const channel_name& channel) {
  given_up_.Add({{"channel", channel.value}}).Set(1);
}

}  // namespace suanpan
