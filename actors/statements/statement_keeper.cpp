#include "actors/statements/statement_keeper.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace suanpan {

statement_keeper::statement_keeper(caf::actor_config& cfg, statement_keeper_options options,
                                   statement_feed* feed, metrics* counters)
    : event_based_actor(cfg),
      options_(std::move(options)),
      feed_(feed),
      counters_(counters),
      builder_(options_.builder) {}

caf::behavior statement_keeper::make_behavior() {
  make_quiet(this);
  send(this, keeper_tick{});
  return {[this](const keeper_tick&) { round(); }};
}

void statement_keeper::round() {
  if (feed_ != nullptr) builder_.feed(feed_->take());
  const auto did = builder_.round(options_.rows_least, options_.lag_most.count());
  if (!did) {
    if (std::exchange(works_, false)) spdlog::warn("statements fall behind: {}", did.reason());
    return delayed_send(this, options_.interval, keeper_tick{});
  }
  if (!std::exchange(works_, true)) spdlog::info("statements are kept again");
  if (counters_ != nullptr)
    counters_->statement_lag_seconds.Set(static_cast<double>(did->lag_micros) / 1e6);
  spdlog::debug("statements: {} rows{}{}{}, {} us behind", did->rows,
                did->fed ? " from memory" : "", did->lost ? ", another was first" : "",
                did->merged ? ", runs merged" : "", did->lag_micros);
  if (did->more) return send(this, keeper_tick{});
  delayed_send(this, options_.interval, keeper_tick{});
}

}  // namespace suanpan
