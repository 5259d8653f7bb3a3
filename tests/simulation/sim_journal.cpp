#include "tests/simulation/sim_journal.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan::simulation {
namespace {

constexpr std::chrono::milliseconds keepalive{400};
constexpr std::size_t checkpoint_rows_per_commit = 4;

}  // namespace

sim_journal::sim_journal(caf::actor_config& cfg, sim_world& world, simulated_database& database,
                         const sim_faults& faults, std::shared_ptr<session_id> seen)
    : event_based_actor(cfg),
      world_(world),
      database_(database),
      faults_(faults),
      seen_(std::move(seen)) {}

caf::behavior sim_journal::make_behavior() {
  make_quiet(this);
  delayed_send(this, keepalive, journal_tick{});
  caf::message_handler writing{
      [this](const commit_batch& m) { enqueue([this, b = m.decided] { take_batch(b); }); },
      [this](const fence_answers& m) { enqueue([this, m] { fence_posting(m); }); },
      [this](const fence_read& m) { enqueue([this, m] { fence_one(m); }); },
      [this](const write_checkpoint& m) { enqueue([this, m] { store_checkpoint(m); }); },
      [this](const append_watermark& m) {
        enqueue([this, m] {
          if (m.session != incarnation_ || session_ == 0) return finished();
          transact(
              [this, m, s = session_]() -> sim_outcome {
                database_.write_watermark(s, m.at);
                return sim_committed{};
              },
              [this](const sim_outcome&) { finished(); });
        });
      },
  };
  caf::message_handler ownership{
      [this](const take_shards& m) { enqueue([this, m] { take(m); }); },
      [this](const release_shards& m) { enqueue([this, m] { release(m); }); },
      [this](const journal_tick&) {
        delayed_send(this, keepalive, journal_tick{});
        enqueue([this] { keep_alive(); });
      },
      [this](const journal_peers& m) { peers_ = m; },
      [this](const sim_wake& m) {
        if (m.number != wake_ || !then_) return;
        std::exchange(then_, nullptr)();
      },
  };
  caf::message_handler payments{
      [this](const commit_steps& m) { enqueue([this, m] { take_steps(m); }); },
      [this](const commit_deliveries& m) { enqueue([this, m] { take_deliveries(m); }); },
      [this](const fence_payments& m) { enqueue([this, m] { fence_orders(m); }); },
  };
  return writing.or_else(payments).or_else(ownership);
}

void sim_journal::on_exit() {
  peers_ = {};
  queue_.clear();
  then_ = nullptr;
  gathered_.clear();
  group_.clear();
  parts_.clear();
  steps_.clear();
  step_group_.clear();
}

// --- one act after the other, each taking its time ---

void sim_journal::enqueue(std::function<void()> act) {
  queue_.push_back(std::move(act));
  next();
}

void sim_journal::next() {
  while (!busy_ && !queue_.empty()) {
    busy_ = true;
    const auto act = std::move(queue_.front());
    queue_.pop_front();
    act();
  }
}

void sim_journal::after(sim_time delay, std::function<void()> then) {
  then_ = std::move(then);
  delayed_send(this, std::chrono::microseconds{delay}, sim_wake{++wake_});
}

void sim_journal::finished() {
  busy_ = false;
  next();
}

bool sim_journal::happens(std::uint64_t one_in, std::string_view what) {
  if (one_in == 0 || !world_.chance.one_in(one_in)) return false;
  world_.count(what);
  return true;
}

sim_time sim_journal::round_trip() {
  return world_.chance.between(50, 600);
}

// --- ownership ---

void sim_journal::refuse_take(const std::string& why) {
  if (session_ != 0) lose(why, 0);
  send(peers_.keeper, shards_taken{incarnation_, 0, {}, why});
  finished();
}

void sim_journal::take(const take_shards& m) {
  if (session_ == 0) {
    const bool refused = happens(faults_.connect_fails, misfortune("no connection"));
    if (refused || !database_.available())
      return after(round_trip(), [this] { refuse_take("the database does not answer"); });
    session_ = database_.open_session();
    *seen_ = session_;
    incarnation_ = {++sessions_opened_};
    claims_.clear();
  }
  after(round_trip(), [this, wanted = m.wanted] {
    if (!database_.alive(session_)) return refuse_take("the connection was lost");
    std::vector<shard_id> got;
    for (const auto s : wanted) {
      const auto owner = database_.holder(s);
      if (owner && *owner == session_) continue;
      if (happens(faults_.lock_lingers, misfortune("a shard's lock lingers"))) continue;
      if (database_.try_lock(session_, s))
        got.push_back(s);
      else if (claims_.empty() && got.empty())
        break;
    }
    take_locked(got);
  });
}

void sim_journal::take_locked(const std::vector<shard_id>& got) {
  if (got.empty()) {
    send(peers_.keeper, shards_taken{incarnation_, static_cast<std::int64_t>(session_), {}, {}});
    return finished();
  }
  // Locks first, epochs later: between the two another session may not slip in, but ours may die.
  after(round_trip(), [this, got] {
    if (happens(faults_.session_dies, misfortune("session dies")))
      database_.end_session(session_, "died while taking shards");
    if (!database_.alive(session_)) return refuse_take("the connection was lost");
    const auto raised = database_.raise_epochs(session_, got);
    if (happens(faults_.takeover_in_doubt, misfortune("take-over in doubt")))
      return refuse_take("the take-over's commit is in doubt");
    after(round_trip(), [this, raised] {
      claims_.insert(claims_.end(), raised.begin(), raised.end());
      std::ranges::sort(claims_, {}, &shard_claim::shard);
      send(peers_.keeper,
           shards_taken{incarnation_, static_cast<std::int64_t>(session_), raised, {}});
      finished();
    });
  });
}

void sim_journal::release(const release_shards& m) {
  if (m.session != incarnation_ || session_ == 0) return finished();
  after(round_trip(), [this, m] {
    bool held = database_.alive(session_);
    for (const auto s : m.shards) held = held && database_.unlock(session_, s);
    if (!held) {
      lose("a lock was not held", 0);
      return finished();
    }
    std::erase_if(claims_, [&](const shard_claim& c) {
      return std::ranges::find(m.shards, c.shard) != m.shards.end();
    });
    send(peers_.keeper, shards_released{m.session, m.shards});
    finished();
  });
}

void sim_journal::lose(const std::string& why, sim_time locks_free_after) {
  if (session_ == 0) return;
  const auto old = std::exchange(session_, 0);
  world_.log("journal: lost session " + std::to_string(old) + ": " + why);
  world_.after(locks_free_after,
               [&database = database_, old] { database.end_session(old, "its client is gone"); });
  claims_.clear();
  gathered_.clear();
  group_.clear();
  parts_.clear();
  failed_.clear();
  steps_.clear();
  step_group_.clear();
  step_fates_.clear();
  unit_parts_.clear();
  send(peers_.teller, session_lost{incarnation_, why});
  send(peers_.keeper, session_lost{incarnation_, why});
  for (const auto& peer : peers_.payments) send(peer, session_lost{incarnation_, why});
}

// --- fences ---

void sim_journal::fence(std::function<void(bool)> then) {
  after(round_trip(), [this, then = std::move(then)] {
    if (session_ != 0 && happens(faults_.session_dies, misfortune("session dies")))
      database_.end_session(session_, "died at a round trip");
    const bool alive = session_ != 0 && database_.alive(session_);
    if (!alive) lose("no answer to a fence", 0);
    then(alive);
    finished();
  });
}

void sim_journal::fence_posting(const fence_answers& m) {
  const auto leave = [m](bool alive) {
    if (m.posting && !alive)
      for (auto& a : m.posting->answers)
        if (!may_leave_unfenced(a.result)) a = {item_result::unavailable, {}};
    if (m.opening && !alive)
      for (auto& a : m.opening->answers)
        if (!may_leave_unfenced(a.result)) a = {opening_result::unavailable, {}};
    if (m.change && !alive) m.change->result = change_result::unavailable;
    if (m.posting) m.posting->finish();
    if (m.opening) m.opening->finish();
    if (m.change) m.change->finish();
  };
  if (session_ != 0 && m.session == incarnation_) return fence(leave);
  leave(false);
  finished();
}

void sim_journal::fence_one(const fence_read& m) {
  const auto leave = [m](bool alive) {
    if (!alive) m.read->result = read_result::unavailable;
    m.read->finish();
  };
  if (session_ != 0 && m.session == incarnation_) return fence(leave);
  leave(false);
  finished();
}

void sim_journal::keep_alive() {
  if (session_ == 0) return finished();
  fence([](bool) {});
}

// --- checkpoints ---

void sim_journal::store_checkpoint(const write_checkpoint& m) {
  if (m.session != incarnation_ || session_ == 0) return finished();
  write_checkpoint rest = m;
  const auto is_owned = [this](shard_id s) {
    return std::ranges::find(claims_, s, &shard_claim::shard) != claims_.end();
  };
  std::erase_if(rest.balances, [&](const auto& b) { return !is_owned(b.number.shard()); });
  std::erase_if(rest.positions, [&](const auto& p) { return !is_owned(p.shard); });
  sim_checkpoint part{claims_, {}, {}};
  const auto taken = std::min(rest.balances.size(), checkpoint_rows_per_commit);
  const auto end = rest.balances.begin() + static_cast<std::ptrdiff_t>(taken);
  part.balances.assign(rest.balances.begin(), end);
  rest.balances.erase(rest.balances.begin(), end);
  const bool last = rest.balances.empty();
  if (last) part.positions = rest.positions;
  transact([this, part, s = session_] { return database_.write_checkpoint(s, part); },
           [this, rest, last](const sim_outcome&) {
             if (!last) return store_checkpoint(rest);
             send(peers_.teller, checkpoint_written{rest.session, rest.round});
             send(peers_.checkpointer, checkpoint_written{rest.session, rest.round});
             finished();
           });
}

}  // namespace suanpan::simulation
