#include "actors/shard/shard_keeper.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {

shard_keeper::shard_keeper(caf::actor_config& cfg, shard_keeper_options options,
                           node_status* status, metrics* counters)
    : event_based_actor(cfg), options_(options), status_(status), counters_(counters) {}

caf::behavior shard_keeper::make_behavior() {
  make_quiet(this);
  return {
      [this](const keeper_tick&) { tick(); },
      [this](const shards_taken& m) { taken(m); },
      [this](const recovered_shards& m) { recovered(m); },
      [this](const session_lost& m) { lost(m); },
      [this](const shard_failed& m) { failed(m); },
      [this](const shard_drained& m) { drained(m); },
      [this](const shards_released& m) { released(m); },
      [this](const shard_keeper_peers& m) {
        peers_ = m;
        tick();
      },
  };
}

void shard_keeper::on_exit() {
  peers_ = {};
}

void shard_keeper::tick() {
  delayed_send(this, options_.retry, keeper_tick{});
  ask();
}

void shard_keeper::ask() {
  if (asking_ || clock().now() < ask_after_) return;
  take_shards wanted;
  for (std::uint16_t s = 0; s < options_.shards; ++s) {
    const shard_id shard{s};
    if (!serving_.contains(shard) && !busy_.contains(shard) && !given_up_.contains(shard))
      wanted.wanted.push_back(shard);
  }
  if (wanted.wanted.empty()) return;
  asking_ = true;
  took_at_ = clock().now();
  send(peers_.journal, std::move(wanted));
}

void shard_keeper::taken(const shards_taken& m) {
  asking_ = false;
  if (!m.unavailable.empty()) {
    if (trouble_ != m.unavailable) spdlog::warn("database unavailable: {}", m.unavailable);
    trouble_ = m.unavailable;
    wait_before_retry();
    return publish();
  }
  if (m.claims.empty()) {
    trouble_.clear();
    backoff_ = {};
  }
  if (m.session != session_) {
    session_ = m.session;
    for (const auto s : serving_) forget_payments_of(s);
    serving_.clear();
    busy_.clear();
  }
  send(peers_.watch, journal_backend{m.backend_pid});
  if (!m.claims.empty()) {
    for (const auto& c : m.claims) busy_.insert(c.shard);
    SUANPAN_FAULT_POINT("keeper.after_epochs");
    send(peers_.recoverer, recover_shards{m.session, m.claims});
  }
  publish();
}

void shard_keeper::recovered(const recovered_shards& m) {
  if (m.session != session_) return;
  if (!m.unavailable.empty()) {
    // The claims are ours but can't be served yet: give them back, and take them again.
    spdlog::warn("recovery failed: {}", m.unavailable);
    release_shards back{session_, {}};
    for (const auto& c : m.claims) back.shards.push_back(c.shard);
    wait_before_retry();
    return send(peers_.journal, std::move(back));
  }
  for (const auto& c : m.claims) {
    busy_.erase(c.shard);
    serving_.insert(c.shard);
  }
  trouble_.clear();
  served_at_ = clock().now();
  const auto took = served_at_ - took_at_;
  if (counters_ != nullptr) counters_->took_over(took);
  spdlog::info("serving {} shards more, {} accounts from the tail, {} recent ids, {} ms",
               m.claims.size(), m.touched.size(), m.recent.size(),
               std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  SUANPAN_FAULT_POINT("keeper.before_serve");
  send(peers_.teller, serve_shards{std::make_shared<const recovered_shards>(m)});
  for (const auto& c : m.claims) serve_payments_of(c);
  publish();
}

// Of a shard that is served from now on; its orders are read anew.
void shard_keeper::serve_payments_of(const shard_claim& claim) {
  const serve_payments m{session_, claim.shard, claim.at_epoch};
  if (claim.shard.value < peers_.payments.size()) send(peers_.payments[claim.shard.value], m);
  if (peers_.notifier) send(peers_.notifier, m);
}

void shard_keeper::forget_payments_of(shard_id shard) {
  if (shard.value < peers_.payments.size())
    send(peers_.payments[shard.value], forget_payments{shard});
  if (peers_.notifier) send(peers_.notifier, forget_payments{shard});
}

void shard_keeper::lost(const session_lost& m) {
  if (m.session != session_) return;
  SUANPAN_FAULT_POINT("keeper.session_lost");
  trouble_ = m.reason;
  // A full disk gives us the locks and refuses the rows: don't recover at full speed, in vain.
  if (clock().now() - served_at_ < options_.steady)
    wait_before_retry();
  else
    backoff_ = {};
  session_ = {};
  for (const auto s : serving_) forget_payments_of(s);
  serving_.clear();
  busy_.clear();
  send(peers_.watch, journal_backend{0});
  publish();
  ask();
}

// R11: no lone restart. Drain, release, take again, recover.
void shard_keeper::failed(const shard_failed& m) {
  spdlog::error("an actor of shard {} failed: {}", m.shard.value, m.what);
  if (m.exhausted) given_up_[m.shard] = m.what;
  if (!serving_.contains(m.shard)) return;
  serving_.erase(m.shard);
  busy_.insert(m.shard);
  SUANPAN_FAULT_POINT("keeper.before_drain");
  forget_payments_of(m.shard);
  send(peers_.teller, drain_shard{m.shard});
  publish();
}

void shard_keeper::drained(const shard_drained& m) {
  if (m.session != session_) return;
  SUANPAN_FAULT_POINT("keeper.before_release");
  send(peers_.journal, release_shards{session_, {m.shard}});
}

void shard_keeper::released(const shards_released& m) {
  if (m.session != session_) return;
  for (const auto s : m.shards) busy_.erase(s);
  ask();
}

void shard_keeper::wait_before_retry() {
  backoff_ = std::min(std::max(backoff_ * 2, options_.retry), options_.backoff_max);
  ask_after_ = clock().now() + backoff_;
}

void shard_keeper::publish() {
  if (status_ == nullptr) return;
  if (!given_up_.empty()) {  // first: it stays so, whatever becomes of the database
    const auto& [shard, why] = *given_up_.begin();
    return status_->refuse("shard_failed: shard " + std::to_string(shard.value) + ": " + why);
  }
  if (!trouble_.empty() && serving_.empty())
    return status_->refuse("database_unavailable: " + trouble_);
  if (serving_.empty()) return status_->refuse(busy_.empty() ? "owns_no_shard" : "recovering");
  status_->serve();
}

}  // namespace suanpan
