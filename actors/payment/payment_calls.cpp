// Callers of an order: who waits for it, and what they are told.
#include "actors/fault_points.hpp"
#include "actors/payment/payment.hpp"
#include "protocol/model/payment_content.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {

void payment::take(const take_call& m) {
  if (m.call->verb == payment_verb::create) return replay(m.call);
  const auto drop = [this, call = m.call] { answer_with(call, payment_refusal::overloaded); };
  take_in({[this, call = m.call] { retry_or_close(call); }, drop});
}

// R4. The order number comes before anything else; nothing of the order's state is judged.
void payment::replay(const payment_call_ptr& call) {
  const auto& known = exists_ ? state_.order : birth_.order;
  call->field = first_different_field(known, call->asked);
  if (!call->field.empty()) {
    call->refusal = payment_refusal::order_number_reused;
    return answer_fenced(call);
  }
  if (!exists_) return answer_with(call, payment_refusal::request_in_progress);
  call->replayed = true;
  answer_fenced(call);
}

void payment::retry_or_close(const payment_call_ptr& call) {
  payment_happening what;
  what.now_micros = now();
  what.event = payment_event::close_requested;
  if (call->verb == payment_verb::retry) {
    what.event = payment_event::retry_requested;
    what.card = call->card;
    const auto next = routed({state_, call->card, {}});
    if (next && next->event == payment_event::attempt_began) what.route = next->route;
  }
  judge(std::move(what), {call, nullptr, std::nullopt});
}

// Directly after a commit, which is a round trip that began after the decision (R8).
void payment::answer_callers() {
  if (callers_.empty() || !is_answerable(state_)) return;
  SUANPAN_FAULT_POINT("payment.before_answer");
  for (const auto& call : std::exchange(callers_, {})) {
    call->state = state_;
    answer_with(call, payment_refusal::none);
  }
}

// A deadline that passes is an answer, too: how it stands (DESIGN 5).
void payment::answer_due_callers(const callers_due& m) {
  std::vector<payment_call_ptr> later;
  for (const auto& call : std::exchange(callers_, {})) {
    if (call->answer_by_micros == 0 || call->answer_by_micros > m.now_micros)
      later.push_back(call);
    else if (exists_)
      answer_fenced(call);
    else
      answer_with(call, payment_refusal::unavailable);
  }
  callers_ = std::move(later);
  told_.reset();
}

void payment::answer_with(const payment_call_ptr& call, payment_refusal refusal) {
  if (call->answered) return;
  call->answered = true;
  call->refusal = refusal;
  call->finish();
}

// What memory says leaves after a round trip that began after this (R8).
void payment::answer_fenced(const payment_call_ptr& call) {
  if (call->refusal == payment_refusal::none) call->state = state_;
  send(links_->supervisor, fence_call{call});
}

void payment::refuse_all(payment_refusal refusal) {
  for (const auto& call : std::exchange(callers_, {})) answer_with(call, refusal);
  release(std::exchange(recording_about_, {}), refusal);
  for (const auto& w : std::exchange(waiting_, {})) w.drop();
  if (birth_.call) answer_with(std::exchange(birth_.call, nullptr), refusal);
}

// Judged once more, durably, when the refund asks for its reservation: here it is only a caller
// who is told at once.
void payment::judge_refundable(const check_refund& m) {
  refund_checked answer{m.call, payment_refusal::none, {}, std::make_shared<payment_state>(state_)};
  const auto is = refundability_of(state_, m.call->asked.amount);
  answer.refusal = is.refusal;
  answer.refundable = is.refundable;
  const auto& ccy = m.call->asked.ccy;
  if (ccy != currency{} && ccy != state_.order.ccy)
    answer.refusal = payment_refusal::not_refundable;
  send(links_->supervisor, std::move(answer));
}

}  // namespace suanpan
