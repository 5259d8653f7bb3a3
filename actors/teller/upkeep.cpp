// What happens by the clock: checkpoint rounds, passivation, watermarks of an idle node, metrics.
#include "actors/fault_points.hpp"
#include "actors/teller/teller.hpp"

#include <caf/send.hpp>

namespace suanpan {

void teller::tick() {
  delayed_send(this, options_.tick, teller_tick{});
  give_up_in_doubt();
  if (session_ != incarnation{}) {
    passivate();
    append_idle_watermark();
    pump_soon();
  }
  publish_metrics();
}

void teller::publish_metrics() {
  if (counters_ == nullptr) return;
  for (std::size_t r = 0; r < answered_.size(); ++r) {
    if (answered_[r] == 0) continue;
    counters_->answered(static_cast<item_result>(r), answered_[r]);
    answered_[r] = 0;
  }
  counters_->in_flight_items.Set(static_cast<double>(items_in_flight_));
  counters_->deferred_items.Set(static_cast<double>(room_.size()));
  counters_->teller_mailbox.Set(static_cast<double>(mailbox().size()));
  counters_->account_mailbox.Set(
      static_cast<double>(counters_->deepest_account_mailbox.exchange(0)));
  counters_->shards_owned.Set(
      static_cast<double>(std::ranges::count(shards_, shard_stage::serving)));
  const auto oldest = directory_.oldest_first_dirty();
  counters_->checkpoint_lag_seconds.Set(
      oldest == ticket{} ? 0 : std::max<double>(0, now_micros() - oldest.micros) / 1e6);
}

// R13. The reports carry the watermark that this message gives; positions hold once their rows are
// stored.
void teller::begin_round(const begin_checkpoint& m) {
  checkpoint_begun reply{session_, m.round, 0, settled_, {}};
  mark_unstored();
  round_begun_ = m.round;
  if (session_ != incarnation{}) {
    store_mark();
    for (auto* e : directory_.oldest_dirty(m.rows_max, settled_)) {
      if (e->at != stage::active) break;  // recovered, its actor is on the way: next round
      send(e->actor, report_balance{settled_, m.round});
      unstored_.emplace_back(e->number, e->first_dirty);
      e->reported_in = m.round;
      directory_.set_dirty(*e, e->last_touched > settled_ ? ticket{settled_.micros + 1} : ticket{});
      ++reply.reports;
    }
    for (std::uint16_t s = 0; s < shards_.size(); ++s)
      if (shards_[s] == shard_stage::serving)
        reply.positions.push_back({{s}, directory_.position_of({s}, settled_)});
  }
  SUANPAN_FAULT_POINT("teller.before_round");
  send(peers_.checkpointer, std::move(reply));
}

// A batch without rows settles, too, and what a balance or a read says that it covers reaches up to
// its ticket: the next owner must hear of it, or it might issue tickets below, which recovery
// passes over (R3, R13), and which whoever read was told are complete (R8).
void teller::store_mark() {
  if (settled_ <= stored_mark_) return;
  stored_mark_ = settled_;
  send(peers_.journal, append_watermark{session_, settled_});
}

void teller::take_stored(const checkpoint_written& m) {
  if (m.session != session_) return;
  checkpoint_round_ = m.round;
  if (m.round == round_begun_) unstored_.clear();
}

// A round that was given up has stored nothing: what it took for clean is as dirty as before, or
// the next position would pass rows that no balance covers.
void teller::mark_unstored() {
  for (const auto& [number, since] : unstored_) {
    auto* e = directory_.find(number);
    if (e != nullptr && (e->first_dirty == ticket{} || since < e->first_dirty))
      directory_.set_dirty(*e, since);
  }
  unstored_.clear();
}

// Nothing in flight, nothing deferred, and a stored checkpoint that covers the last leg (R11).
void teller::passivate() {
  const auto now = now_micros();
  const auto age = std::chrono::microseconds(options_.passivate_after).count();
  if (now - last_sweep_micros_ < age / 2) return;
  last_sweep_micros_ = now;
  std::vector<std::vector<account_number>> idle(shards_.size());
  for (auto* e : directory_.select([this, now, age](const auto& x) {
         return x.at == stage::active && x.first_dirty == ticket{} && !room_.has_line(x.number) &&
                x.last_touched <= settled_ && x.reported_in <= checkpoint_round_ &&
                x.last_touched.micros + age < now;
       })) {
    idle[e->number.shard().value].push_back(e->number);
    directory_.erase(*e);
  }
  for (std::size_t s = 0; s < idle.size(); ++s)
    if (!idle[s].empty()) {
      SUANPAN_FAULT_POINT("teller.before_passivate");
      send(peers_.supervisors[s], passivate_accounts{std::move(idle[s])});
    }
}

// R14: an idle node still says how far its rows are complete.
void teller::append_idle_watermark() {
  const auto now = now_micros();
  if (!flights_.empty() ||
      now - last_watermark_micros_ < std::chrono::microseconds(options_.idle_watermark).count())
    return;
  if (std::ranges::find(shards_, shard_stage::serving) == shards_.end()) return;
  last_watermark_micros_ = now;
  last_ticket_ = ticket{std::max(now, last_ticket_.micros + 1)};
  settled_ = last_ticket_;
  store_mark();
}

}  // namespace suanpan
