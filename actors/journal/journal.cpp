#include "actors/journal/journal.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {

journal::journal(caf::actor_config& cfg, journal_options options, metrics* counters)
    : event_based_actor(cfg), options_(std::move(options)), counters_(counters) {}

caf::behavior journal::make_behavior() {
  make_quiet(this);
  delayed_send(this, options_.keepalive, journal_tick{});
  caf::message_handler writing{
      [this](const commit_batch& m) { take_batch(m); },
      [this](const pump_batches&) { commit_gathered(); },
      [this](const fence_answers& m) { fence(m); },
      [this](const fence_read& m) { fence_one(m); },
      [this](const write_checkpoint& m) { store_checkpoint(m); },
      [this](const append_watermark& m) {
        if (m.session != incarnation_ || !session_) return;
        const auto result = session_->write_watermark(m.at);
        if (!std::holds_alternative<storage::committed>(result))
          lose("the watermark was not stored");
      },
  };
  caf::message_handler ownership{
      [this](const take_shards& m) { take(m); },
      [this](const release_shards& m) { release(m); },
      [this](const journal_tick&) { keep_alive(); },
      [this](const journal_peers& m) { peers_ = m; },
  };
  caf::message_handler payments{
      [this](const commit_steps& m) { take_steps(m); },
      [this](const commit_deliveries& m) { take_deliveries(m); },
      [this](const fence_payments& m) { take_fence(m); },
  };
  return writing.or_else(payments).or_else(ownership);
}

void journal::on_exit() {
  session_.reset();
  peers_ = {};
  gathered_.clear();
  steps_.clear();
  deliveries_.clear();
  fences_.clear();
}

// --- ownership
// ------------------------------------------------------------------------------------

void journal::take(const take_shards& m) {
  const auto refuse = [this](const std::string& why) {
    if (session_) lose(why);
    send(peers_.keeper, shards_taken{incarnation_, 0, {}, why});
  };
  if (!session_) {
    auto opened = storage::journal_session::open(options_.session);
    if (!opened) return refuse(opened.reason());
    session_ = std::move(*opened);
    incarnation_ = {++sessions_opened_};
    claims_.clear();
    last_round_trip_ = std::chrono::steady_clock::now();
  }
  const auto locked = session_->try_lock(m.wanted);
  if (!locked) return refuse(locked.reason());
  shards_taken reply{incarnation_, session_->backend_pid(), {}, {}};
  if (!locked->empty()) {
    SUANPAN_FAULT_POINT("journal.after_locks");
    auto raised = session_->raise_epochs(*locked);
    if (!raised) return refuse(raised.reason());
    reply.claims = *raised;
    claims_.insert(claims_.end(), raised->begin(), raised->end());
    std::ranges::sort(claims_, {}, &shard_claim::shard);
  }
  last_round_trip_ = std::chrono::steady_clock::now();
  send(peers_.keeper, std::move(reply));
}

void journal::release(const release_shards& m) {
  if (m.session != incarnation_ || !session_) return;
  SUANPAN_FAULT_POINT("journal.before_release");
  const auto released = session_->release(m.shards);
  if (!released) return lose(released.reason());
  std::erase_if(claims_, [&m](const shard_claim& c) {
    return std::ranges::find(m.shards, c.shard) != m.shards.end();
  });
  send(peers_.keeper, shards_released{m.session, m.shards});
}

std::vector<shard_claim> journal::claims_of(std::span<const shard_id> shards) const {
  std::vector<shard_claim> found;
  for (const auto s : shards) {
    const auto it = std::ranges::lower_bound(claims_, s, {}, &shard_claim::shard);
    if (it != claims_.end() && it->shard == s) found.push_back(*it);
  }
  return found;
}

void journal::lose(const std::string& reason) {
  if (!session_) return;
  spdlog::error("journal: session lost: {}", reason);
  session_.reset();
  claims_.clear();
  gathered_.clear();
  failed_.clear();
  steps_.clear();
  deliveries_.clear();
  fences_.clear();
  if (counters_ != nullptr) counters_->sessions_lost.Increment();
  send(peers_.teller, session_lost{incarnation_, reason});
  send(peers_.keeper, session_lost{incarnation_, reason});
  for (const auto& peer : peers_.payments) send(peer, session_lost{incarnation_, reason});
}

// --- fences
// ---------------------------------------------------------------------------------------

void journal::fence(const fence_answers& m) {
  SUANPAN_FAULT_POINT("journal.before_fence");
  const bool alive = session_ && m.session == incarnation_ && session_->fence();
  last_round_trip_ = std::chrono::steady_clock::now();
  if (!alive) {
    if (m.session == incarnation_) lose("no answer to a fence");
    if (m.posting)
      for (auto& a : m.posting->answers)
        if (!may_leave_unfenced(a.result)) a = {item_result::unavailable, {}};
    if (m.opening)
      for (auto& a : m.opening->answers)
        if (!may_leave_unfenced(a.result)) a = {opening_result::unavailable, {}};
    if (m.change) m.change->result = change_result::unavailable;
  }
  if (m.posting) m.posting->finish();
  if (m.opening) m.opening->finish();
  if (m.change) m.change->finish();
}

void journal::fence_one(const fence_read& m) {
  const bool alive = session_ && m.session == incarnation_ && session_->fence();
  last_round_trip_ = std::chrono::steady_clock::now();
  if (!alive) {
    if (m.session == incarnation_) lose("no answer to a fence");
    m.read->result = read_result::unavailable;
  }
  m.read->finish();
}

void journal::keep_alive() {
  delayed_send(this, options_.keepalive, journal_tick{});
  if (!session_ || std::chrono::steady_clock::now() - last_round_trip_ < options_.keepalive) return;
  last_round_trip_ = std::chrono::steady_clock::now();
  if (!session_->fence()) lose("no answer to a keep-alive");
}

// --- checkpoints
// ----------------------------------------------------------------------------------

// In bounded transactions, so that batches are not held up; positions with the last one (R13).
void journal::store_checkpoint(const write_checkpoint& m) {
  if (m.session != incarnation_ || !session_) return;
  // A shard released since the round began may have another owner by now: not ours to write.
  const auto is_owned = [this](shard_id s) { return !claims_of({&s, 1}).empty(); };
  auto balances = m.balances;
  auto positions = m.positions;
  std::erase_if(balances, [&is_owned](const auto& b) { return !is_owned(b.number.shard()); });
  std::erase_if(positions, [&is_owned](const auto& p) { return !is_owned(p.shard); });
  std::span<const balance_checkpoint> rest = balances;
  SUANPAN_FAULT_POINT("journal.before_checkpoint");
  do {
    const auto part = rest.first(std::min(rest.size(), options_.checkpoint_rows_per_commit));
    rest = rest.subspan(part.size());
    const bool last = rest.empty();
    const auto result = session_->write_checkpoint(
        claims_, part,
        last ? std::span<const shard_position>(positions) : std::span<const shard_position>{});
    if (!std::holds_alternative<storage::committed>(result))
      return lose("a checkpoint was not stored");
    last_round_trip_ = std::chrono::steady_clock::now();
    if (counters_ != nullptr)
      counters_->checkpoint_rows.Increment(static_cast<double>(part.size()));
    if (!last) SUANPAN_FAULT_POINT("journal.between_checkpoint_parts");
  } while (!rest.empty());
  send(peers_.teller, checkpoint_written{m.session, m.round});
  send(peers_.checkpointer, checkpoint_written{m.session, m.round});
}

}  // namespace suanpan
