// Decide, record, apply: the only way an order ever changes.
#include "actors/fault_points.hpp"
#include "actors/payment/payment.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {
namespace {

// A step that the database refused: an operator knows, and it is tried again.
constexpr std::int64_t try_again = 30'000'000;

bool chooses_channel(const std::vector<payment_act>& acts) {
  return std::ranges::any_of(
      acts, [](const payment_act& a) { return std::holds_alternative<choose_channel>(a); });
}

// After which the next attempt may be decided before the first of the two is recorded.
bool may_be_followed(payment_event event) {
  return event == payment_event::requested || event == payment_event::funds_held;
}

// What follows in the same commit is the answer to it.
bool is_answered_by_next(const payment_act& what) {
  return std::holds_alternative<choose_channel>(what) || std::holds_alternative<book_next>(what);
}

}  // namespace

payment_setting payment::setting() const {
  return {&links_->means.policy, links_->means.rules};
}

// Precondition: nothing is being recorded.
void payment::judge(payment_happening what, concern about) {
  SUANPAN_FAULT_POINT("payment.decide");
  take_decision(decide(state_, what, setting()), std::move(about));
}

void payment::take_decision(payment_decision decision, concern about) {
  auto* steps = std::get_if<std::vector<payment_step>>(&decision);
  if (steps == nullptr || steps->empty()) {
    return exists_ ? conclude(about, &decision) : not_opened(decision);
  }
  route_at_once(*steps);
  record(std::move(*steps), std::move(about));
}

// The rules refuse a new order: nothing of it is recorded.
void payment::not_opened(const payment_decision& why) {
  const auto* refusal = std::get_if<payment_refusal>(&why);
  failed_ = true;
  refuse_all(refusal == nullptr ? payment_refusal::internal : *refusal);
  send(links_->supervisor, order_taken{state_.order.id, {}});
}

// An order and its first attempt in one commit, where a channel is at hand.
void payment::route_at_once(std::vector<payment_step>& steps) {
  if (!may_be_followed(steps.back().event)) return;
  payment_state trial = state_;
  std::vector<payment_act> acts;
  for (const auto& step : steps) {
    apply(trial, step);
    acts = acts_of(trial, step);
  }
  if (!chooses_channel(acts)) return;
  const auto next = routed({trial, next_card_of(trial), {}});
  if (!next) return;
  auto more = decide(trial, *next, setting());
  if (auto* second = std::get_if<std::vector<payment_step>>(&more))
    for (auto& step : *second) steps.push_back(std::move(step));
}

void payment::record(std::vector<payment_step> steps, concern about) {
  recording_ = std::make_shared<const std::vector<payment_step>>(std::move(steps));
  recording_about_ = std::move(about);
  recording_since_ = links_->means.boot->micros();
  SUANPAN_FAULT_POINT("payment.before_commit");
  send(links_->journal, commit_steps{birth_.hold.session, recording_, this, birth_.hold.at_epoch});
}

void payment::settled(const steps_settled& m) {
  if (m.session != birth_.hold.session || m.steps != recording_) return;
  const auto steps = std::exchange(recording_, nullptr);
  const auto about = std::exchange(recording_about_, {});
  const auto wrong =
      std::ranges::find_if(m.fates, [](step_fate f) { return f != step_fate::recorded; });
  if (wrong != m.fates.end()) {
    release(about, payment_refusal::internal);
    return not_recorded(*wrong);
  }
  try {
    recorded(*steps);
  } catch (...) {
    release(about, payment_refusal::unavailable);
    throw;
  }
  conclude(about, nullptr);
  answer_callers();
  begin_waiting();
}

void payment::release(const concern& about, payment_refusal refusal) {
  if (about.call) answer_with(about.call, refusal);
  if (about.acknowledge) about.acknowledge->finish();
}

void payment::recorded(const std::vector<payment_step>& steps) {
  exists_ = true;
  SUANPAN_FAULT_POINT("payment.after_record");
  for (const auto& step : steps) {
    const auto before = state_.head.stage;
    apply(state_, step);
    count(step, before);
    const bool last = &step == &steps.back();
    for (const auto& what : acts_of(state_, step)) {
      if (!last && is_answered_by_next(what)) continue;
      act(what, &step);
    }
  }
}

void payment::count(const payment_step& step, payment_stage before) {
  auto* counters = links_->means.counters;
  if (counters == nullptr) return;
  if (!is_terminal(before) && is_terminal(state_.head.stage))
    counters->ended(state_.order.kind, state_.head.stage);
  for (const auto& intent : step.intents)
    if (intent.booked) counters->booked_after(step.at_micros - intent.caused_micros);
}

// Of a new order nothing is left. Of another the state is as it was; time brings it up again.
void payment::not_recorded(step_fate fate) {
  if (fate == step_fate::not_owned) {
    failed_ = true;  // somebody else's, or a later life's: this one is void
    return refuse_all(payment_refusal::unavailable);
  }
  if (exists_) {
    again_micros_ = now() + try_again;
    return begin_waiting();
  }
  failed_ = true;
  order_taken told{state_.order.id, {}};
  if (fate == step_fate::duplicate) told.calls = std::exchange(callers_, {});
  send(links_->supervisor, std::move(told));
  refuse_all(payment_refusal::internal);
}

// `unrecorded`: what was decided, where there was nothing to record.
void payment::conclude(const concern& about, const payment_decision* unrecorded) {
  if (about.acknowledge) {
    about.acknowledge->accepted = true;
    about.acknowledge->finish();
  }
  if (about.about_refund && unrecorded != nullptr)
    answer_reservation(*about.about_refund, *unrecorded);
  if (!about.call) return;
  const auto* refusal = unrecorded == nullptr ? nullptr : std::get_if<payment_refusal>(unrecorded);
  if (refusal != nullptr) {
    about.call->refusal = *refusal;
    return answer_fenced(about.call);
  }
  if (unrecorded != nullptr) return answer_fenced(about.call);
  callers_.push_back(about.call);
}

// Asked again, perhaps after a crash: the refund must hear the same.
void payment::answer_reservation(const hear_refund& asked, const payment_decision& unrecorded) {
  if (asked.event != payment_event::refund_reserved) return;
  const auto known = std::ranges::find(state_.refunds, asked.share.refund, &refund_share::refund);
  const bool is_known = known != state_.refunds.end();
  if (is_known && !is_at_rest(state_)) return;  // it hears once what comes before is booked (R22)
  hear_refund answer{payment_event::reservation_made, is_known ? *known : asked.share, {}};
  if (!is_known) {
    const auto* refusal = std::get_if<payment_refusal>(&unrecorded);
    const auto* passed = std::get_if<passed_over>(&unrecorded);
    answer.event = payment_event::reservation_refused;
    if (refusal != nullptr) answer.trouble = name_of(*refusal);
    if (passed != nullptr) answer.trouble = passed->why;
  }
  send(links_->supervisor, tell_order{asked.share.refund, answer});
}

}  // namespace suanpan
