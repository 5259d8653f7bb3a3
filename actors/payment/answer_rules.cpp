// What a channel's answer is to an order: an event about the live attempt, or a contradiction. By
// whichever door it came, it is judged the same (R21).
#include "actors/payment/payment_views.hpp"

namespace suanpan {
namespace {

using namespace views;

// When the last send of the attempt was certainly committed, by what is recorded; 0: that is not
// known. What is numbered after it was judged after its commit, also where a crash swallowed the
// answer.
std::int64_t sent_by(const payment_state& order, const payment_attempt& attempt) {
  const auto heard = std::ranges::find_if(order.evidence, [&attempt](const payment_evidence& e) {
    return e.attempt == attempt.number && e.number > attempt.sent_after;
  });
  return heard == order.evidence.end() ? 0 : std::max(heard->came_micros, attempt.began_micros);
}

// R20: asked after commit + act deadline + lane timeout + settling time, of a channel that declares
// such an answer final.
bool is_final_not_found(const payment_state& order, const payment_attempt& attempt,
                        const channel_answer& answer, const channel_traits& traits,
                        const payment_policy& policy) {
  if (!traits.not_found_is_final) return false;
  const auto since = sent_by(order, attempt);
  if (since == 0) return false;
  return answer.asked_micros >=
         since + policy.act_deadline + policy.lane_patience + traits.settling_micros;
}

payment_event of_ended(const payment_state& order, const payment_attempt& attempt,
                       const channel_answer& answer) {
  const auto before = last_word(order, attempt.number);
  switch (answer.outcome) {
    case channel_outcome::succeeded:
      // Nothing is paid and nothing is under way: it is simply the payment.
      if (before != channel_outcome::succeeded && order.head.stage == payment_stage::created)
        return payment_event::channel_succeeded;
      return attempt.number == order.head.paid_by && before == channel_outcome::succeeded
                 ? payment_event::channel_succeeded
                 : payment_event::succeeded_again;
    case channel_outcome::failed:
      return before == channel_outcome::succeeded ? payment_event::failed_after_success
                                                  : payment_event::channel_failed;
    case channel_outcome::pending:
      return payment_event::channel_pending;
    case channel_outcome::not_found:
      return payment_event::channel_not_found;
    case channel_outcome::unknown:
      return payment_event::channel_asked;
  }
  return payment_event::channel_asked;
}

bool has_mismatch(const payment_state& order, const payment_attempt& attempt) {
  return std::ranges::any_of(order.evidence, [&attempt](const payment_evidence& e) {
    return e.attempt == attempt.number && e.code == mismatch_code;
  });
}

}  // namespace

payment_event event_of(const payment_state& order, const channel_answer& answer,
                       const channel_traits& traits, const payment_policy& policy) {
  const auto* attempt = attempt_of(order, answer.reference);
  if (attempt == nullptr) return payment_event::channel_asked;
  const bool asked = answer.door == answer_door::query;
  if (is_mismatched(order, answer)) {
    // Told once; what is asked about goes on being asked about.
    return attempt->open && asked && has_mismatch(order, *attempt)
               ? payment_event::channel_asked
               : payment_event::answer_mismatched;
  }
  if (!attempt->open) return of_ended(order, *attempt, answer);
  switch (answer.outcome) {
    case channel_outcome::succeeded:
      return payment_event::channel_succeeded;
    case channel_outcome::failed:
      return payment_event::channel_failed;
    case channel_outcome::pending:
      return asked && attempt->outcome == channel_outcome::pending ? payment_event::channel_asked
                                                                   : payment_event::channel_pending;
    case channel_outcome::not_found:
      if (!asked) return payment_event::channel_silent;  // it was not asked for that
      return is_final_not_found(order, *attempt, answer, traits, policy)
                 ? payment_event::channel_never_had_it
                 : payment_event::channel_not_found;
    case channel_outcome::unknown:
      if (answer.door != answer_door::reply) return payment_event::channel_asked;
      return answer.doubt == channel_doubt::not_sent ? payment_event::channel_unsent
                                                     : payment_event::channel_silent;
  }
  return payment_event::channel_asked;
}

payment_happening answered(const payment_state& order, const channel_answer& answer,
                           chosen_channel by, const answer_heard& with) {
  payment_happening what;
  what.event = event_of(order, answer, by.traits, with.policy);
  what.now_micros = with.now_micros;
  what.route = std::move(by);
  what.answer = answer;
  return what;
}

bool is_old_news(const payment_state& order, const payment_happening& what,
                 const payment_setting& with) {
  return is_terminal(order.head.stage) &&
         std::holds_alternative<passed_over>(decide(order, what, with));
}

}  // namespace suanpan
