#include "actors/account/account_supervisor.hpp"

#include "actors/account/expiry_voids.hpp"
#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {

account_supervisor::account_supervisor(caf::actor_config& cfg, supervisor_options options,
                                       account_links_ptr links, caf::actor keeper,
                                       const wall_clock* clock, metrics* counters)
    : event_based_actor(cfg),
      options_(options),
      links_(std::move(links)),
      keeper_(std::move(keeper)),
      clock_(clock),
      counters_(counters) {}

caf::behavior account_supervisor::make_behavior() {
  make_quiet(this);
  set_exit_handler([this](caf::exit_msg& m) {
    forget_all();
    quit(m.reason);
  });
  return {
      [this](const activate_accounts& m) { activate(m); },
      [this](const passivate_accounts& m) {
        for (const auto number : m.numbers) {
          const auto it = children_.find(number);
          if (it == children_.end()) continue;
          send_exit(it->second, caf::exit_reason::user_shutdown);
          children_.erase(it);
        }
        if (counters_ != nullptr) counters_->active_accounts.Decrement(m.numbers.size());
      },
      [this](const forget_accounts&) {
        forget_all();
        expiries_.clear();
        failing_ = false;
      },
      [this](const watch_holds& m) { watch(m); },
      [this](const voids_answered& m) { take_voids(m); },
      [this](const expiry_tick&) {
        ticking_ = false;
        void_due();
      },
      [this](const account_failed& m) { escalate(m); },
  };
}

void account_supervisor::on_exit() {
  links_ = nullptr;
  keeper_ = nullptr;
  children_.clear();
  expiries_.clear();
}

void account_supervisor::activate(const activate_accounts& m) {
  SUANPAN_FAULT_POINT("supervisor.before_activate");
  accounts_active reply{m.session, {}, m.generation};
  reply.actors.reserve(m.rows.size());
  for (const auto& row : m.rows) {
    auto child = spawn<account>(links_, caf::actor_cast<caf::actor>(this), row);
    children_[row.number] = child;
    reply.actors.emplace_back(row.number, std::move(child));
  }
  if (counters_ != nullptr) {
    counters_->active_accounts.Increment(static_cast<double>(m.rows.size()));
    counters_->activations.Increment(static_cast<double>(m.rows.size()));
  }
  send(links_->teller, std::move(reply));
}

void account_supervisor::forget_all() {
  if (counters_ != nullptr)
    counters_->active_accounts.Decrement(static_cast<double>(children_.size()));
  std::vector<std::pair<account_number, caf::actor>> all(children_.begin(), children_.end());
  children_.clear();
  std::ranges::sort(all, {},
                    &std::pair<account_number, caf::actor>::first);  // replays need an order
  for (auto& [number, child] : all) send_exit(child, caf::exit_reason::user_shutdown);
}

void account_supervisor::escalate(const account_failed& m) {
  const auto child = children_.find(m.number);
  const bool is_ours = child != children_.end() && current_sender() == child->second;
  if (failing_ || !is_ours) return;  // an account of before the last recovery is nobody's any more
  failing_ = true;
  SUANPAN_FAULT_POINT("supervisor.before_escalate");
  const auto now = clock().now();
  restarts_.push_back(now);
  while (now - restarts_.front() > options_.restart_window) restarts_.pop_front();
  if (counters_ != nullptr) counters_->actor_restarted("account");
  send(keeper_,
       shard_failed{options_.shard, m.what, restarts_.size() > options_.restart_intensity});
}

// --- expiry (R23)
// ---------------------------------------------------------------------------------

void account_supervisor::watch(const watch_holds& m) {
  for (const auto& hold : m.made) expiries_.watch(hold);
  for (const auto& id : m.ended) expiries_.forget(id);
  tick_soon();
}

void account_supervisor::tick_soon() {
  if (ticking_ || expiries_.empty()) return;
  ticking_ = true;
  delayed_send(this, options_.expiry_tick, expiry_tick{});
}

void account_supervisor::void_due() {
  const auto due = expiries_.take_due(clock_->unix_micros(), options_.voids_max);
  if (!due.empty()) {
    SUANPAN_FAULT_POINT("supervisor.before_voids");
    send(links_->teller,
         post_transfers{std::make_shared<expiry_voids>(caf::actor_cast<caf::actor>(this), due)});
  }
  tick_soon();
}

// A hold leaves the watch when its end is durable: watch_holds says so, or the answer.
void account_supervisor::take_voids(const voids_answered& m) {
  const auto again = clock_->unix_micros() + std::chrono::microseconds(options_.void_again).count();
  for (std::size_t i = 0; i < m.request->items.size(); ++i) {
    const auto& hold = m.request->items[i].related;
    if (m.request->is_ended(i))
      expiries_.forget(hold);
    else
      expiries_.retry(hold, again);
  }
  tick_soon();
}

}  // namespace suanpan
