#include "actors/payment/payment.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace suanpan {
namespace {

// Nothing: the order has no such intent.
std::optional<payment_happening> booking_event(const payment_state& order,
                                               const booking_result& said, std::int64_t now) {
  const auto it = std::ranges::find(order.intents, said.intent, &booking_intent::number);
  if (it == order.intents.end()) return std::nullopt;
  const bool done = is_done(said.result);
  payment_happening what;
  what.now_micros = now;
  what.intent = said.intent;
  what.booking = said.result;
  what.trouble = said.trouble;
  what.event = said.redirected ? payment_event::booking_redirected : payment_event::booked;
  if (it->transition == payment_transition::held)
    what.event = done ? payment_event::funds_held : payment_event::funds_refused;
  if (it->transition == payment_transition::moved && it->may_be_refused)
    what.event = done ? payment_event::funds_moved : payment_event::funds_not_moved;
  if (it->transition == payment_transition::released && !said.redirected)
    what.event = payment_event::hold_released;
  return what;
}

}  // namespace

payment::payment(caf::actor_config& cfg, payment_links_ptr links, payment_birth birth)
    : event_based_actor(cfg), links_(std::move(links)), birth_(std::move(birth)) {
  original_ = birth_.original;
  if (birth_.stored) {
    state_ = *birth_.stored;
    exists_ = true;
    birth_.stored = nullptr;
  }
}

// An order that met an exception does nothing any more: the shard is recovered, and it with it
// (R11).
void payment::guard(const std::function<void()>& work) {
  if (failed_) return;
  try {
    work();
    if (!failed_) tell_how_it_stands();
  } catch (const std::exception& e) {
    fail(e.what());
  }
}

template <class Message>
auto payment::on(void (payment::*handle)(const Message&)) {
  return [this, handle](const Message& m) { guard([this, handle, &m] { (this->*handle)(m); }); };
}

template <class Message>
auto payment::on_supervisors(void (payment::*handle)(const Message&)) {
  return [this, handle](const Message& m) {
    ++seen_;
    guard([this, handle, &m] { (this->*handle)(m); });
    if (failed_) turn_away(m);
  };
}

caf::behavior payment::make_behavior() {
  make_quiet(this);
  if (!exists_) guard([this] { begin(); });
  caf::message_handler supervised{
      on_supervisors(&payment::take),
      on_supervisors(&payment::hear),
      on_supervisors(&payment::hear_of_refund),
      on_supervisors(&payment::judge_refundable),
      on_supervisors(&payment::tell_refund_what),
      on_supervisors(&payment::come_due),
      on_supervisors(&payment::answer_due_callers),
      on_supervisors(&payment::take_up),
      on_supervisors(&payment::fenced),
  };
  caf::message_handler others{
      on(&payment::learn_original),
      on(&payment::learn_card),
      on(&payment::settled),
      on(&payment::hear_bookings),
  };
  return supervised.or_else(others);
}

// Whoever waits is told that nothing is known: the shard is given up, or the node ends.
void payment::on_exit() {
  refuse_all(payment_refusal::unavailable);
  links_ = nullptr;
  original_ = nullptr;
  recording_ = nullptr;
  birth_ = {};
}

void payment::fail(const std::string& what) {
  failed_ = true;
  refuse_all(payment_refusal::unavailable);
  send(links_->supervisor, order_failed{state_.order.id, what});
}

void payment::turn_away(const take_call& m) {
  answer_with(m.call, payment_refusal::unavailable);
}

void payment::turn_away(const hear_answer& m) {
  if (m.acknowledge) m.acknowledge->finish();  // not accepted: the bank says it again
}

void payment::begin() {
  state_.order = birth_.order;
  state_.shard = birth_.hold.shard;
  if (birth_.call) callers_.push_back(std::exchange(birth_.call, nullptr));
  take_decision(open_order(birth_.order, birth_.hold.shard, setting()), {});
}

// --- one thing after the other
// -------------------------------------------------------------------------------------------------

// What must not be lost waits beyond the bound; there is little of it at a time.
void payment::take_in(waiting what, bool must_wait) {
  if (!recording_) return what.begin();
  const auto most = static_cast<std::size_t>(links_->means.policy.events_waiting_max);
  if (must_wait || waiting_.size() < most) return waiting_.push_back(std::move(what));
  what.drop();
}

void payment::begin_waiting() {
  while (!recording_ && !waiting_.empty() && !failed_) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    try {
      next.begin();
    } catch (...) {
      next.drop();  // whoever asked is told, before the order fails
      throw;
    }
  }
}

// --- what is heard
// -------------------------------------------------------------------------------------------------

void payment::hear(const hear_answer& m) {
  const auto drop = [ack = m.acknowledge] {
    if (ack) ack->finish();  // not accepted: the bank says it again
  };
  take_in({[this, m] { judge_answer(m); }, drop});
}

void payment::hear_of_refund(const hear_refund& m) {
  take_in({[this, m] { judge_refund(m); }, [] {}}, true);
}

void payment::hear_bookings(const intents_settled& m) {
  take_in({[this, m] { judge_bookings(m); }, [] {}}, true);
}

void payment::take_up(const resume_order&) {
  for (const auto& what : suanpan::resume(state_)) act(what, nullptr);
}

void payment::tell_refund_what(const tell_original_to& m) {
  send(m.refund, original_told{std::make_shared<payment_state>(state_)});
}

void payment::learn_original(const original_told& m) {
  original_asked_ = false;
  if (m.original) original_ = m.original;
  if (routing_ && original_) take_in({[this] { route(); }, [] {}}, true);
}

void payment::learn_card(const card_read&) {
  if (routing_) take_in({[this] { route(); }, [] {}}, true);
}

void payment::judge_answer(const hear_answer& m) {
  const auto of =
      std::ranges::find(state_.attempts, m.answer.reference, &payment_attempt::reference);
  const auto* terms = of == state_.attempts.end() || !links_->means.channels
                          ? nullptr
                          : links_->means.channels->find(of->channel);
  if (terms == nullptr) {
    if (m.acknowledge) m.acknowledge->finish();
    return;
  }
  judge(answered(state_, m.answer, {terms->name, terms->traits, {}}, {links_->means.policy, now()}),
        {nullptr, m.acknowledge, std::nullopt});
}

void payment::judge_refund(const hear_refund& m) {
  payment_happening what;
  what.event = m.event;
  what.now_micros = now();
  what.share = m.share;
  what.trouble = m.trouble;
  judge(std::move(what), {nullptr, nullptr, m});
}

// All of it in one commit.
void payment::judge_bookings(const intents_settled& m) {
  SUANPAN_FAULT_POINT("payment.decide");
  auto after = state_;
  std::vector<payment_step> steps;
  for (const auto& one : m.intents) {
    const auto what = booking_event(after, one, now());
    if (!what) continue;
    auto decision = decide(after, *what, setting());
    auto* decided = std::get_if<std::vector<payment_step>>(&decision);
    if (decided == nullptr) continue;  // known already
    for (auto& step : *decided) {
      apply(after, step);
      steps.push_back(std::move(step));
    }
  }
  if (!steps.empty()) take_decision(std::move(steps), {});
}

// The time may have passed by what came meanwhile: the rules are asked what is due now.
void payment::come_due(const order_due&) {
  take_in({[this] { do_what_is_due(); }, [] {}}, true);
}

void payment::do_what_is_due() {
  if (again_micros_ != 0 && again_micros_ <= now()) {
    again_micros_ = 0;
    return take_up({});
  }
  const auto due = due_of(state_, links_->means.policy);
  if (!due || due->at_micros > now()) return;
  const auto what = on_due(due->what, state_);
  if (const auto* to_do = std::get_if<payment_act>(&what)) return act(*to_do, nullptr);
  payment_happening happened;
  happened.event = std::get<payment_event>(what);
  happened.now_micros = now();
  judge(std::move(happened), {});
}

// --- how it stands
// -------------------------------------------------------------------------------------------------

bool payment::is_quiet() const {
  return exists_ && is_terminal(state_.head.stage) && !recording_ && waiting_.empty() &&
         callers_.empty() && !routing_ && is_at_rest(state_);
}

void payment::tell_how_it_stands() {
  order_stands now_is;
  now_is.order = state_.order.id;
  now_is.seen = seen_;
  now_is.stage = state_.head.stage;
  now_is.exists = exists_;
  if (exists_ && !recording_) now_is.due = due_of(state_, links_->means.policy);
  if (again_micros_ != 0 && (!now_is.due || now_is.due->at_micros > again_micros_))
    now_is.due = payment_due{again_micros_, payment_timer::query};
  for (const auto& call : callers_)
    if (call->answer_by_micros > 0)
      now_is.callers_due_micros = std::min(
          now_is.callers_due_micros.value_or(call->answer_by_micros), call->answer_by_micros);
  const bool silent =
      now_is.stage == payment_stage::unknown || now_is.stage == payment_stage::manual;
  if (silent && !state_.attempts.empty() && state_.attempts.back().open) {
    now_is.unknown_at = state_.attempts.back().channel;
    now_is.unknown_since_micros = state_.attempts.back().began_micros;
  }
  now_is.quiet = is_quiet();
  const auto same_time = [](const auto& a, const auto& b) {
    return a.has_value() == b.has_value() && (!a || a->at_micros == b->at_micros);
  };
  const bool known = told_ && told_->stage == now_is.stage && told_->exists == now_is.exists &&
                     told_->quiet == now_is.quiet && same_time(told_->due, now_is.due) &&
                     told_->callers_due_micros == now_is.callers_due_micros &&
                     (!now_is.quiet || told_->seen == now_is.seen);
  if (known) return;
  told_ = now_is;
  send(links_->supervisor, now_is);
}

}  // namespace suanpan
