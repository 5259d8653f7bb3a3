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
    tell_lag(lag_ + options_.interval);  // at least
    return delayed_send(this, options_.interval, keeper_tick{});
  }
  if (!std::exchange(works_, true)) spdlog::info("statements are kept again");
  tell_lag(std::chrono::microseconds(did->lag_micros));
  spdlog::debug("statements: {} rows{}{}{}, {} us behind", did->rows,
                did->fed ? " from memory" : "", did->lost ? ", another was first" : "",
                did->merged ? ", runs merged" : "", did->lag_micros);
  if (did->more) return send(this, keeper_tick{});
  delayed_send(this, options_.interval, keeper_tick{});
}

void statement_keeper::tell_lag(std::chrono::microseconds lag) {
  lag_ = lag;
  if (counters_ == nullptr) return;
  counters_->statement_lag_seconds.Set(std::chrono::duration<double>(lag).count());
}

}  // namespace suanpan
