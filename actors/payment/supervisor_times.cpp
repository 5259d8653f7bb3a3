// Time and round trips: what is due, who is quiet, what may leave.
#include "actors/fault_points.hpp"
#include "actors/payment/payment_supervisor.hpp"
#include "actors/payment/supervisor_tell.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::size_t due_at_once = 1'000;
constexpr std::int64_t publish_every = 1'000'000;

}  // namespace

void payment_supervisor::note(const order_stands& m) {
  const auto it = orders_.find(m.order);
  if (it == orders_.end() || current_sender() != it->second.actor) return;
  auto& order = it->second;
  count(order, m);
  order.stands = m;
  due_.set(m.order, m.due ? std::optional(m.due->at_micros) : std::nullopt);
  callers_due_.set(m.order, m.callers_due_micros);
  if (m.unknown_since_micros == 0)
    unknown_.erase(m.order);
  else
    unknown_[m.order] = {m.unknown_at, m.unknown_since_micros};
  if (m.quiet) {
    order.quiet_since = clock().now();
    quiet_.emplace_back(order.quiet_since, m.order);
  }
  arm();
}

void payment_supervisor::count(child& of, const order_stands& now) {
  auto* counters = links_->means.counters;
  const bool counts = now.exists && !is_terminal(now.stage);
  if (counters != nullptr && of.counted) counters->open_changed(of.stands.stage, -1);
  if (counters != nullptr && counts) counters->open_changed(now.stage, 1);
  of.counted = counts;
}

// --- due times
// -------------------------------------------------------------------------------------------------

// One timer; never longer than a tick, since the wall clock may step.
void payment_supervisor::arm() {
  if (!serving_ || (due_.size() == 0 && callers_due_.size() == 0 && quiet_.empty())) return;
  const auto now = links_->means.clock->unix_micros();
  const std::int64_t longest = std::chrono::microseconds(options_.tick).count();
  std::int64_t nap = longest;
  for (const auto& next : {due_.next(), callers_due_.next()})
    if (next) nap = std::min(nap, std::max<std::int64_t>(*next - now, 0));
  nap = std::max<std::int64_t>(nap, 1'000);
  if (armed_for_ != 0 && armed_for_ <= now + nap) return;
  armed_for_ = now + nap;
  delayed_send(this, std::chrono::microseconds(nap), payments_tick{++armed_});
}

void payment_supervisor::come_due() {
  if (!serving_) return;
  const auto now = links_->means.clock->unix_micros();
  const auto again = now + std::chrono::microseconds(options_.due_again).count();
  for (const auto& id : due_.take_due(now, due_at_once)) {
    auto& order = orders_.at(id);
    // Where it changes nothing, a query that is not answered say, it is due again.
    due_.set(id, again);
    tell(order, order_due{});
  }
  for (const auto& id : callers_due_.take_due(now, due_at_once))
    tell(orders_.at(id), callers_due{now});
  passivate();
  publish();
  arm();
}

// Done, told, and asked by nobody for a while: the rows have it.
void payment_supervisor::passivate() {
  const auto now = clock().now();
  while (!quiet_.empty() &&
         (now - quiet_.front().first >= options_.quiet_for || quiet_.size() > options_.quiet_max)) {
    const auto [since, id] = quiet_.front();
    quiet_.pop_front();
    const auto it = orders_.find(id);
    if (it == orders_.end()) continue;
    const auto& order = it->second;
    if (!order.stands.quiet || order.quiet_since != since || order.sent != order.stands.seen)
      continue;
    SUANPAN_FAULT_POINT("payments.before_passivate");
    remove(id);
  }
}

void payment_supervisor::publish() {
  auto* counters = links_->means.counters;
  const auto now = links_->means.clock->unix_micros();
  if (counters == nullptr || std::abs(now - published_) < publish_every) return;
  published_ = now;
  std::map<channel_name, std::int64_t> oldest;
  for (const auto& [id, since] : unknown_) {
    const auto [at, fresh] = oldest.insert(since);
    if (!fresh) at->second = std::min(at->second, since.second);
  }
  counters->unknown_since(options_.shard, oldest, now);
  counters->supervisor_mailbox(mailbox().size());
}

// --- round trips (R8, R19)
// -------------------------------------------------------------------------------------------------

void payment_supervisor::fence(const fence_call& m) {
  if (!serving_) return refuse(m.call, payment_refusal::unavailable);
  fence_calls_.push_back(m.call);
  fence_next();
}

void payment_supervisor::fence(const fence_act& m) {
  if (!serving_) return;
  fence_acts_.push_back(m);
  fence_next();
}

// All that wait share one; what comes while it is under way shares the next.
void payment_supervisor::fence_next() {
  if (fencing_ || (fence_calls_.empty() && fence_acts_.empty())) return;
  fencing_ = true;
  fenced_calls_ = std::exchange(fence_calls_, {});
  fenced_acts_ = std::exchange(fence_acts_, {});
  send(links_->journal, fence_payments{hold_.session, ++fence_round_, this});
}

void payment_supervisor::take_fenced(const payments_fenced& m) {
  if (!fencing_ || m.round != fence_round_ || m.session != hold_.session) return;
  fencing_ = false;
  for (const auto& call : std::exchange(fenced_calls_, {})) {
    if (!m.held) {
      refuse(call, payment_refusal::unavailable);
      continue;
    }
    call->answered = true;
    call->finish();
  }
  for (const auto& a : std::exchange(fenced_acts_, {})) {
    const auto order = orders_.find(a.order);
    if (m.held && order != orders_.end()) tell(order->second, act_fenced{a.serial});
  }
  fence_next();
}

}  // namespace suanpan
