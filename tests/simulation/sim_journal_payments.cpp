// Steps of orders: what has gathered is one transaction, split where the content is refused; with
// the same misfortunes as any other commit.
#include "tests/simulation/sim_journal.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan::simulation {

void sim_journal::take_steps(const commit_steps& m) {
  if (m.session == incarnation_ && session_ != 0) {
    steps_.push_back(m);
    if (!steps_pending_) {
      steps_pending_ = true;
      queue_.emplace_back([this] { commit_gathered_steps(); });
    }
  }
  finished();
}

void sim_journal::commit_gathered_steps() {
  steps_pending_ = false;
  if (steps_.empty() || session_ == 0) return finished();
  step_group_ = std::exchange(steps_, {});
  step_fates_.clear();
  units all;
  for (std::size_t i = 0; i < step_group_.size(); ++i) {
    const auto& m = step_group_[i];
    step_fates_.push_back({m.session, m.steps, std::vector(m.steps->size(), step_fate::recorded)});
    for (std::size_t first = 0; first < m.steps->size();) {
      auto end = first + 1;
      while (end < m.steps->size() && (*m.steps)[end].order == (*m.steps)[first].order) ++end;
      const auto claim = std::ranges::find(claims_, (*m.steps)[first].shard, &shard_claim::shard);
      const bool owned =
          claim != claims_.end() && (m.at_epoch.value == 0 || claim->at_epoch == m.at_epoch);
      if (owned)
        all.push_back({i, first, end - first});
      else
        for (auto s = first; s < end; ++s) step_fates_[i].fates[s] = step_fate::not_owned;
      first = end;
    }
  }
  unit_parts_ = {std::move(all)};
  write_next_units();
}

sim_payment_write sim_journal::write_of(const units& part) const {
  sim_payment_write what;
  for (const auto& u : part) {
    const auto begin = step_group_[u.message].steps->begin() + static_cast<std::ptrdiff_t>(u.first);
    what.units.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(u.size));
    const auto shard = begin->shard;
    for (const auto& c : claims_)
      if (c.shard == shard &&
          std::ranges::find(what.claims, shard, &shard_claim::shard) == what.claims.end())
        what.claims.push_back(c);
  }
  return what;
}

void sim_journal::write_next_units() {
  if (unit_parts_.empty()) return answer_steps();
  auto part = std::move(unit_parts_.back());
  unit_parts_.pop_back();
  if (part.empty()) return write_next_units();
  auto what = write_of(part);  // before `part` moves away
  transact(
      [this, what = std::move(what), s = session_] { return database_.write_payments(s, what); },
      [this, part = std::move(part)](const sim_outcome& o) { units_answered(part, o); });
}

void sim_journal::units_answered(const units& part, const sim_outcome& outcome) {
  const auto* why = std::get_if<sim_rejected>(&outcome);
  if (why != nullptr && part.size() > 1) {
    const auto half = part.begin() + static_cast<std::ptrdiff_t>(part.size() / 2);
    unit_parts_.emplace_back(half, part.end());
    unit_parts_.emplace_back(part.begin(), half);
  } else if (why != nullptr) {
    const auto& u = part.front();
    const bool taken = why->duplicate && (*step_group_[u.message].steps)[u.first].opens;
    for (auto s = u.first; s < u.first + u.size; ++s)
      step_fates_[u.message].fates[s] = taken ? step_fate::duplicate : step_fate::refused;
  }
  write_next_units();
}

void sim_journal::answer_steps() {
  for (std::size_t i = 0; i < step_group_.size(); ++i)
    send(step_group_[i].answer_to, std::move(step_fates_[i]));
  step_group_.clear();
  step_fates_.clear();
  finished();
}

void sim_journal::take_deliveries(const commit_deliveries& m) {
  if (m.session != incarnation_ || session_ == 0) return finished();
  sim_payment_write what;
  what.claims = claims_;
  what.deliveries = *m.deliveries;
  transact([this, what, s = session_] { return database_.write_payments(s, what); },
           [this, m](const sim_outcome& o) {
             const bool recorded = std::holds_alternative<sim_committed>(o);
             send(m.answer_to, deliveries_settled{m.session, m.deliveries, recorded});
             finished();
           });
}

void sim_journal::fence_orders(const fence_payments& m) {
  if (m.session != incarnation_ || session_ == 0) {
    send(m.answer_to, payments_fenced{m.session, m.round, false});
    return finished();
  }
  fence([this, m](bool alive) { send(m.answer_to, payments_fenced{m.session, m.round, alive}); });
}

}  // namespace suanpan::simulation
