// What the journal writes of payments: steps of orders and deliveries of notifications that have
// gathered, in one transaction; one that the database refuses is hunted down by halves (R12).
#include "actors/fault_points.hpp"
#include "actors/journal/journal.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {

// Through the mailbox, as batches: what is already in it joins the transaction.
void journal::take_steps(const commit_steps& m) {
  if (m.session != incarnation_ || !session_) return;
  steps_.push_back(m);
  pump_soon();
}

void journal::take_deliveries(const commit_deliveries& m) {
  if (m.session != incarnation_ || !session_) return;
  deliveries_.push_back(m);
  pump_soon();
}

void journal::take_fence(const fence_payments& m) {
  if (m.session != incarnation_ || !session_)
    return send(m.answer_to, payments_fenced{m.session, m.round, false});
  fences_.push_back(m);
  made_round_trip_ = false;
  pump_soon();
}

// Steps of one order stand together: one unit, of which all is written or nothing.
std::vector<journal::payment_ref> journal::units_of(const commit_steps& m,
                                                    std::vector<step_fate>& fates) const {
  std::vector<payment_ref> units;
  const std::span<const payment_step> all = *m.steps;
  for (std::size_t first = 0; first < all.size();) {
    auto end = first + 1;
    while (end < all.size() && all[end].order == all[first].order) ++end;
    const auto size = end - first;
    const auto shard = all[first].shard;
    const auto claims = claims_of({&shard, 1});
    const auto own = std::span(fates).subspan(first, size);
    if (claims.empty() || (m.at_epoch.value != 0 && claims.front().at_epoch != m.at_epoch))
      std::ranges::fill(own, step_fate::not_owned);
    else
      units.push_back({.steps = all.subspan(first, size),
                       .deliveries = {},
                       .fates = own,
                       .recorded = nullptr,
                       .shard = shard});
    first = end;
  }
  return units;
}

void journal::commit_payments() {
  while (session_ && !(steps_.empty() && deliveries_.empty())) {
    std::vector<steps_settled> told;
    std::vector<commit_steps> steps;
    std::vector<commit_deliveries> deliveries;
    std::vector<payment_ref> units;
    while (!steps_.empty() && steps.size() < options_.payments_per_commit_max) {
      steps.push_back(std::move(steps_.front()));
      steps_.pop_front();
    }
    while (!deliveries_.empty() && deliveries.size() < options_.payments_per_commit_max) {
      deliveries.push_back(std::move(deliveries_.front()));
      deliveries_.pop_front();
    }
    for (const auto& m : steps)
      told.push_back({m.session, m.steps, std::vector(m.steps->size(), step_fate::recorded)});
    for (std::size_t i = 0; i < steps.size(); ++i)
      for (const auto& unit : units_of(steps[i], told[i].fates)) units.push_back(unit);
    const auto kept = std::make_unique<bool[]>(deliveries.size());
    for (std::size_t i = 0; i < deliveries.size(); ++i)
      for (const auto& one : *deliveries[i].deliveries) {
        kept[i] = !claims_of({&one.shard, 1}).empty();
        if (!kept[i]) break;
      }
    for (std::size_t i = 0; i < deliveries.size(); ++i)
      if (kept[i]) units.push_back({{}, *deliveries[i].deliveries, {}, &kept[i], {}});
    const auto began = std::chrono::steady_clock::now();
    SUANPAN_FAULT_POINT("journal.before_steps");
    if (!units.empty() && !write_payments(units)) return;
    SUANPAN_FAULT_POINT("journal.after_steps");
    last_round_trip_ = std::chrono::steady_clock::now();
    if (counters_ != nullptr && !units.empty())
      counters_->commit_seconds.Observe(
          std::chrono::duration<double>(last_round_trip_ - began).count());
    for (std::size_t i = 0; i < steps.size(); ++i) send(steps[i].answer_to, std::move(told[i]));
    for (std::size_t i = 0; i < deliveries.size(); ++i)
      send(deliveries[i].answer_to,
           deliveries_settled{deliveries[i].session, deliveries[i].deliveries, kept[i]});
  }
}

// False: the session is lost; who waits hears of that.
bool journal::write_payments(std::span<const payment_ref> part) {
  const auto result = write_once(part);
  if (std::holds_alternative<storage::committed>(result)) {
    made_round_trip_ = true;
    return true;
  }
  if (const auto* why = std::get_if<storage::rejected>(&result)) {
    if (part.size() == 1) {
      note_refused(part.front(), *why);
      return true;
    }
    const auto half = part.size() / 2;
    return write_payments(part.first(half)) && write_payments(part.subspan(half));
  }
  if (const auto* why = std::get_if<storage::failed>(&result)) {
    if (why->fenced && counters_ != nullptr) counters_->fencing_rejections.Increment();
    lose(why->reason);
  } else {
    lose(std::get<storage::in_doubt>(result).reason);
  }
  return false;
}

storage::write_outcome journal::write_once(std::span<const payment_ref> part) {
  std::vector<storage::payment_unit> units;
  std::vector<delivery_record> deliveries;
  std::vector<shard_id> shards;
  for (const auto& unit : part) {
    if (!unit.steps.empty()) {
      units.push_back(unit.steps);
      shards.push_back(unit.shard);
    }
    for (const auto& one : unit.deliveries) {
      deliveries.push_back(one);
      shards.push_back(one.shard);
    }
  }
  std::ranges::sort(shards);
  shards.erase(std::ranges::unique(shards).begin(), shards.end());
  return session_->write_payments({claims_of(shards), units, deliveries});
}

void journal::note_refused(const payment_ref& unit, const storage::rejected& why) {
  if (unit.recorded != nullptr) *unit.recorded = false;
  const bool taken = why.duplicate && !unit.steps.empty() && unit.steps.front().opens.has_value();
  std::ranges::fill(unit.fates, taken ? step_fate::duplicate : step_fate::refused);
  if (taken) return;
  spdlog::error("journal: the database refused {}: {} {}",
                unit.steps.empty() ? "deliveries of notifications"
                                   : "a step of " + to_string(unit.steps.front().order),
                why.sqlstate, why.message);
  if (counters_ != nullptr) counters_->poison_rows.Increment();
}

// One round trip for all that wait; a commit that began after they came is one (R8).
void journal::answer_fences() {
  if (fences_.empty() || !session_) return;
  SUANPAN_FAULT_POINT("journal.before_payment_fence");
  if (!made_round_trip_) {
    last_round_trip_ = std::chrono::steady_clock::now();
    if (!session_->fence()) return lose("no answer to a fence");
  }
  for (const auto& m : std::exchange(fences_, {}))
    send(m.answer_to, payments_fenced{m.session, m.round, true});
}

}  // namespace suanpan
