#include "tests/payment/random_course.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace suanpan::told {
namespace {

constexpr int happenings = 60;

constexpr std::array late_events = {payment_event::requested,
                                    payment_event::attempt_began,
                                    payment_event::no_route_found,
                                    payment_event::funds_held,
                                    payment_event::funds_refused,
                                    payment_event::funds_moved,
                                    payment_event::funds_not_moved,
                                    payment_event::hold_released,
                                    payment_event::booked,
                                    payment_event::booking_redirected,
                                    payment_event::channel_succeeded,
                                    payment_event::channel_silent,
                                    payment_event::channel_not_found,
                                    payment_event::succeeded_again,
                                    payment_event::retry_requested,
                                    payment_event::close_requested,
                                    payment_event::expired,
                                    payment_event::unknown_too_long,
                                    payment_event::refund_reserved,
                                    payment_event::refund_released,
                                    payment_event::refund_settled,
                                    payment_event::reservation_made,
                                    payment_event::reservation_refused,
                                    payment_event::surplus_returned};

payment_order random_order(samples::random_source& chance) {
  auto order = order_of(payment_kinds[chance.below(payment_kinds.size())]);
  order.id.bytes[15] = static_cast<std::uint8_t>(chance.below(256));
  order.amount = {chance.one_in(10) ? 1 : chance.between(1, 100'000)};
  order.fee = fee_of(order.amount, static_cast<std::int32_t>(chance.between(0, 200)));
  order.returns_fee = chance.one_in(2);
  order.books_before_answer = chance.one_in(2);
  if (order.kind == payment_kind::refund) {
    if (chance.one_in(3)) order.payee = "user:42";
    if (order.payee.empty() && chance.one_in(3)) {
      order.surplus_attempt = 1;
      order.fee = {};
    }
  }
  return order;
}

const booking_intent* next_of(const payment_state& order) {
  const auto next = std::ranges::find_if(order.intents, [](const booking_intent& i) {
    return !i.booked && i.refusal == item_result::none;
  });
  return next == order.intents.end() ? nullptr : &*next;
}

payment_event answer_to(const booking_intent& intent, bool refused) {
  switch (intent.transition) {
    case payment_transition::held:
      return refused ? payment_event::funds_refused : payment_event::funds_held;
    case payment_transition::moved:
      return refused ? payment_event::funds_not_moved : payment_event::funds_moved;
    case payment_transition::released:
      return payment_event::hold_released;
    case payment_transition::received:
    case payment_transition::settled:
    case payment_transition::captured:
    case payment_transition::paid:
    case payment_transition::fee_returned:
    case payment_transition::surplus_received:
    case payment_transition::surplus_returned:
    case payment_transition::returned_by_bank:
    case payment_transition::paid_after_all:
      break;
  }
  return refused ? payment_event::booking_redirected : payment_event::booked;
}

}  // namespace

random_course::random_course(std::uint64_t seed, planted fault) : chance_(seed), fault_(fault) {
  traits_ = {chance_.one_in(2), chance_.one_in(2), chance_.between(0, 10) * second,
             !chance_.one_in(4)};
  mood_ = static_cast<int>(chance_.below(4));
  if (chance_.one_in(3)) patience_ = 200'000;
}

std::string random_course::run() {
  const auto order = random_order(chance_);
  const auto opened = open_order(order, {3}, {&policy_, &shipped_rules()});
  live_.order = order;
  if (!take(std::get<std::vector<payment_step>>(opened).front(), nullptr)) return broken_;
  for (int i = 0; i < happenings; ++i) {
    now_ += chance_.one_in(10) ? chance_.between(1, patience_) * second
                               : chance_.between(1, 15'000'000);
    auto what = chance_.one_in(3) ? anything() : likely();
    what.now_micros = now_;
    fill(what);
    const auto decision = decide(live_, what, {&policy_, &shipped_rules()});
    if (const auto* steps = std::get_if<std::vector<payment_step>>(&decision)) {
      for (const auto& step : *steps)
        if (!take(step, &what)) return broken_;
    } else if (fault_ == planted::expiry_ends_attempt && what.event == payment_event::expired &&
               !is_terminal(live_.head.stage)) {
      payment_step closes;
      closes.event = what.event;
      closes.head = live_.head;
      ++closes.head.version;
      closes.head.stage = payment_stage::closed;
      if (!take(closes, &what)) return broken_;
    }
  }
  return broken_;
}

// --- what happens
// -------------------------------------------------------------------------------------------------

payment_happening random_course::anything() {
  payment_happening what;
  what.event = late_events[chance_.below(late_events.size())];
  what.intent = static_cast<std::int16_t>(chance_.below(6));
  what.booking = chance_.one_in(2) ? item_result::posted : item_result::debit_insufficient_funds;
  what.trouble = chance_.one_in(2) ? "" : "some trouble";
  return what;
}

payment_happening random_course::likely() {
  payment_happening what;
  const auto* next = next_of(live_);
  const bool live = !live_.attempts.empty() && live_.attempts.back().open;
  if (next != nullptr && !live && !chance_.one_in(4)) {
    const bool refused = chance_.one_in(6);
    what.event = answer_to(*next, refused);
    what.intent = next->number;
    what.booking = refused ? item_result::debit_insufficient_funds : booked_as(next->kind);
    return what;
  }
  if (live || (is_terminal(live_.head.stage) && !live_.attempts.empty() && chance_.one_in(2))) {
    // Whatever the answer makes of it.
    what.event = chance_.one_in(8) ? payment_event::unknown_too_long : payment_event::channel_asked;
    return what;
  }
  const auto course = course_of(live_.order);
  const bool refund =
      course == payment_course::refunding || course == payment_course::refunding_inside;
  if (is_terminal(live_.head.stage)) {
    constexpr std::array later = {payment_event::refund_reserved, payment_event::refund_reserved,
                                  payment_event::refund_settled, payment_event::refund_released,
                                  payment_event::surplus_returned};
    what.event = later[chance_.below(later.size())];
  } else if (refund && live_.intents.empty()) {
    what.event =
        chance_.one_in(6) ? payment_event::reservation_refused : payment_event::reservation_made;
  } else if (!live_.head.failure.code.empty()) {
    what.event = chance_.one_in(4) ? payment_event::expired : payment_event::retry_requested;
  } else {
    what.event = chance_.one_in(12) ? payment_event::no_route_found : payment_event::attempt_began;
  }
  return what;
}

void random_course::fill(payment_happening& what) {
  auto traits = traits_;
  if (chance_.one_in(20)) traits.dedupes_by_reference = !traits.dedupes_by_reference;
  what.route = chosen_channel{{chance_.one_in(20) ? "abc" : "icbc"}, traits, ""};
  if (what.event == payment_event::retry_requested) what.card = card_id{"card_2"};
  refund_share share;
  share.refund.bytes[0] = static_cast<std::uint8_t>(chance_.below(5));
  share.amount = {chance_.between(0, live_.order.amount.value + 1)};
  if (what.event == payment_event::surplus_returned && !live_.attempts.empty())
    share.refund =
        surplus_refund_of(live_,
                          static_cast<std::int16_t>(1 + chance_.below(live_.attempts.size())), now_)
            .id;
  what.share = share;
  if (!live_.attempts.empty()) what.answer = some_answer();
}

channel_answer random_course::some_answer() {
  constexpr std::array outcomes = {channel_outcome::succeeded, channel_outcome::failed,
                                   channel_outcome::pending,   channel_outcome::not_found,
                                   channel_outcome::not_found, channel_outcome::unknown,
                                   channel_outcome::unknown};
  auto outcome = outcomes[chance_.below(outcomes.size())];
  const bool moody = chance_.one_in(2);
  if (moody && mood_ == 1) outcome = channel_outcome::not_found;
  if (moody && mood_ > 1) outcome = channel_outcome::unknown;
  auto door = outcome == channel_outcome::not_found
                  ? answer_door::query
                  : static_cast<answer_door>(1 + chance_.below(3));
  auto answer = answer_of(outcome, door);
  const auto& attempts = live_.attempts;
  answer.reference =
      (chance_.one_in(4) ? attempts[chance_.below(attempts.size())] : attempts.back()).reference;
  if (moody && mood_ > 1) answer.door = answer_door::reply;
  if (outcome == channel_outcome::unknown && (moody ? mood_ == 3 : chance_.one_in(3)))
    answer.doubt = channel_doubt::not_sent;
  if (chance_.one_in(12)) answer.amount = {live_.order.amount.value + 1};
  if (chance_.one_in(12)) answer.redirect_url = "https://bank/pay/1";
  answer.asked_micros = now_ - chance_.between(0, 2 * second);
  answer.came_micros = now_;
  return answer;
}

// --- what is wrong with the rules
// -------------------------------------------------------------------------------------------------

void random_course::spoil(payment_step& step) {
  const auto event = step.event;
  auto& head = step.head;
  switch (fault_) {
    case planted::nothing:
    case planted::step_not_applied:
    case planted::expiry_ends_attempt:
      return;
    case planted::version_skipped:
      head.version += event == payment_event::booked ? 1 : 0;
      return;
    case planted::end_reopened:
      if (event == payment_event::succeeded_again) head.stage = payment_stage::succeeded;
      return;
    case planted::attempt_left_open:
      if (event == payment_event::channel_unsent && step.attempt) step.attempt->open = true;
      return;
    case planted::evidence_forgotten:
      if (event == payment_event::attempt_began) step.attempt->allowed_by = 0;
      return;
    case planted::allowed_too_early:
      if (event == payment_event::channel_not_found) step.evidence->allows_new_number = true;
      return;
    case planted::silence_fails:
      if (event == payment_event::channel_silent) head.stage = payment_stage::failed;
      return;
    case planted::refund_not_reserved:
      if (event == payment_event::refund_reserved) head.refund_reserved = {};
      return;
    case planted::voucher_unbalanced:
      if (!step.intents.empty()) ++step.intents.front().legs.front().amount.value;
      return;
    case planted::paid_twice:
      if (event == payment_event::channel_succeeded) {
        step.intents.push_back(step.intents.back());
        ++step.intents.back().number;
      }
      return;
    case planted::hold_forgotten:
      std::erase_if(step.intents, [](const booking_intent& i) {
        return i.transition == payment_transition::released && !i.booked;
      });
      return;
  }
}

bool random_course::take(payment_step step, const payment_happening* what) {
  spoil(step);
  const auto before = live_;
  if (fault_ != planted::step_not_applied || step.event != payment_event::booked)
    apply(live_, step);
  steps_.push_back(step);
  const bool lawful = step_is_lawful(before, step) && attempt_is_lawful(before, step, what) &&
                      evidence_is_lawful(before, step, what) && state_is_lawful() &&
                      vouchers_are_lawful();
  retried_ = step.event == payment_event::retry_requested;
  if (step.event == payment_event::attempt_began) sent_at_ = now_;
  return lawful;
}

}  // namespace suanpan::told
