#include "actors/payment/payment_supervisor.hpp"

#include "actors/fault_points.hpp"
#include "actors/payment/payment.hpp"
#include "actors/payment/supervisor_tell.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {

payment_supervisor::payment_supervisor(caf::actor_config& cfg, payment_supervisor_options options,
                                       payment_links links, payment_supervisor_peers peers,
                                       metrics* counters)
    : event_based_actor(cfg),
      options_(options),
      links_(std::make_shared<payment_links>(std::move(links))),
      peers_(std::move(peers)),
      counters_(counters),
      ids_(options.id_seed) {
  hold_.shard = options_.shard;
}

caf::behavior payment_supervisor::make_behavior() {
  make_quiet(this);
  set_exit_handler([this](caf::exit_msg& m) {
    forget();
    quit(m.reason);
  });
  links_->supervisor = this;
  return from_outside().or_else(from_orders());
}

caf::message_handler payment_supervisor::from_outside() {
  return {
      [this](const handle_payment& m) { take_call_of(m.call); },
      [this](const call_again& m) {
        if (!m.read) return refuse(m.call, payment_refusal::unavailable);
        m.call->book_read = true;
        take_call_of(m.call);
      },
      [this](const channel_answered& m) {
        find_by_id(m.order, [this, m](finding, child* order) {
          if (order != nullptr) tell(*order, hear_answer{m.answer, nullptr});
        });
      },
      [this](const hear_callback& m) {
        find_by_id(m.order, [this, m](finding, child* order) {
          if (order != nullptr) return tell(*order, m.what);
          if (m.what.acknowledge) m.what.acknowledge->finish();
        });
      },
      [this](const serve_payments& m) { serve(m); },
      [this](const forget_payments&) { forget(); },
      [this](const session_lost& m) {
        lost_ = std::max(lost_, m.session);
        if (m.session == hold_.session) forget();
      },
      [this](const open_payments_loaded& m) { take_loaded(m); },
      [this](const payments_found& m) { take_found(m); },
      [this](const payments_fenced& m) { take_fenced(m); },
      [this](const payments_load_again&) { load(); },
      [this](const payments_tick& m) {
        if (m.serial != armed_) return;  // a nearer one was set since
        armed_for_ = 0;
        come_due();
      },
  };
}

caf::message_handler payment_supervisor::from_orders() {
  return {
      [this](const order_stands& m) { note(m); },
      [this](const order_taken& m) { take_taken(m); },
      [this](const order_failed& m) { escalate(m); },
      [this](const fence_call& m) { fence(m); },
      [this](const fence_act& m) { fence(m); },
      [this](const refund_checked& m) { take_checked(m); },
      [this](const start_surplus_refund& m) { start_surplus(m); },
      [this](const tell_order& m) {
        find_by_id(m.to, [this, m](finding is, child* order) {
          if (order != nullptr) return tell(*order, m.what);
          if (is == finding::unavailable) say_again(m);
        });
      },
      [this](const ask_original& m) {
        const auto refund = orders_.find(m.refund);
        if (refund == orders_.end()) return;
        find_by_id(m.original, [this, m, asker = refund->second.actor](finding is, child* order) {
          if (order != nullptr) return tell(*order, tell_original_to{asker});
          if (is == finding::unavailable) say_again(m);
        });
      },
  };
}

void payment_supervisor::on_exit() {
  links_->supervisor = nullptr;
  links_ = nullptr;
  peers_ = {};
}

// --- the shard
// -------------------------------------------------------------------------------------------------

void payment_supervisor::serve(const serve_payments& m) {
  if (m.session <= lost_) return;  // gone while the keeper was on its way to us
  forget();
  hold_ = {m.session, options_.shard, m.at_epoch};
  loading_ = true;
  load();
}

void payment_supervisor::load() {
  if (!loading_) return;
  send(peers_.reader, load_open_payments{hold_.session, hold_.shard, this});
}

void payment_supervisor::take_loaded(const open_payments_loaded& m) {
  if (!loading_ || m.session != hold_.session) return;
  if (m.unavailable) return delayed_send(this, options_.load_again, payments_load_again{});
  SUANPAN_FAULT_POINT("payments.before_serve");
  loading_ = false;
  serving_ = true;
  failing_ = false;
  for (const auto& state : m.open) {
    auto* order = add({.hold = hold_,
                       .stored = std::make_shared<payment_state>(state),
                       .order = {},
                       .call = nullptr,
                       .original = nullptr});
    tell(*order, resume_order{});
  }
  arm();
}

// Everything in memory is void (R9, R11). Who waits is told that nothing is known.
void payment_supervisor::forget() {
  SUANPAN_FAULT_POINT("payments.before_forget");
  serving_ = false;
  loading_ = false;
  hold_.session = {};
  while (!orders_.empty()) remove(payment_id{orders_.begin()->first});
  by_key_.clear();
  due_.clear();
  callers_due_.clear();
  quiet_.clear();
  unknown_.clear();
  give_up_searches();
  fencing_ = false;
  ++fence_round_;
  for (auto* calls : {&fence_calls_, &fenced_calls_})
    for (const auto& call : std::exchange(*calls, {})) refuse(call, payment_refusal::unavailable);
  fence_acts_.clear();
  fenced_acts_.clear();
  if (links_->booker) send(links_->booker, forget_payments{options_.shard});
}

// R11: no lone restart.
void payment_supervisor::escalate(const order_failed& m) {
  const auto it = orders_.find(m.order);
  const bool is_ours = it != orders_.end() && current_sender() == it->second.actor;
  if (failing_ || !is_ours) return;
  failing_ = true;
  SUANPAN_FAULT_POINT("payments.before_escalate");
  const auto now = clock().now();
  restarts_.push_back(now);
  while (now - restarts_.front() > options_.restart_window) restarts_.pop_front();
  if (counters_ != nullptr) counters_->actor_restarted("payment");
  spdlog::error("{} failed: {}", to_string(m.order), m.what);
  send(peers_.keeper,
       shard_failed{options_.shard, m.what, restarts_.size() > options_.restart_intensity});
  forget();
}

// --- orders
// -------------------------------------------------------------------------------------------------

payment_supervisor::child* payment_supervisor::add(payment_birth birth) {
  const auto& order = birth.stored ? birth.stored->order : birth.order;
  const auto id = order.id;
  if (const auto known = orders_.find(id); known != orders_.end()) return &known->second;
  child fresh;
  fresh.key = {order.merchant, order.number};
  by_key_[fresh.key] = id;
  fresh.actor = spawn<payment>(links_, std::move(birth));
  if (links_->means.counters != nullptr) links_->means.counters->orders_active_changed(1);
  return &orders_.emplace(id, std::move(fresh)).first->second;
}

void payment_supervisor::remove(const payment_id& order) {
  const auto it = orders_.find(order);
  if (it == orders_.end()) return;
  count(it->second, {});
  send_exit(it->second.actor, caf::exit_reason::user_shutdown);
  const auto key = by_key_.find(it->second.key);
  if (key != by_key_.end() && key->second == order) by_key_.erase(key);
  due_.set(order, std::nullopt);
  callers_due_.set(order, std::nullopt);
  unknown_.erase(order);
  orders_.erase(it);
  if (links_->means.counters != nullptr) links_->means.counters->orders_active_changed(-1);
}

}  // namespace suanpan
