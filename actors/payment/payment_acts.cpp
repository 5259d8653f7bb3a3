// What is done once a step is durable. Every act may be done twice but one: an attempt is sent only
// directly after its own step, by the process that recorded it (R19, R20).
#include "actors/fault_points.hpp"
#include "actors/payment/payment.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {
namespace {

template <class... Handlers>
struct on_act : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
on_act(Handlers...) -> on_act<Handlers...>;

}  // namespace

// `step`: whose act it is; null: taken up again, or by time.
void payment::act(const payment_act& what, const payment_step* step) {
  std::visit(
      on_act{
          [this](const choose_channel& a) {
            routing_ = a;
            route();
          },
          [this, step](const submit_attempt& a) {
            if (step != nullptr) submit(a.attempt);
          },
          [this](const query_attempt& a) { send_attempt(a.attempt, true); },
          [this](const book_next& a) { book(a.intent); },
          [this, step](const tell_merchant&) {
            if (step == nullptr || !links_->notifier) return;  // the notifier reads its own rows
            SUANPAN_FAULT_POINT("payment.before_notify");
            send(links_->notifier,
                 notify_merchant{birth_.hold.session, birth_.hold.shard, state_.order.id,
                                 state_.order.merchant, step->notifications});
          },
          [](const suanpan::answer_callers&) {},  // looked at after every step
          [this](const tell_original& a) {
            if (!state_.order.original) return;
            const refund_share share{state_.order.id, state_.order.amount, false};
            send(links_->supervisor, tell_order{*state_.order.original, {a.event, share, {}}});
          },
          [this](const tell_refund& a) {
            const auto event =
                a.reserved ? payment_event::reservation_made : payment_event::reservation_refused;
            const auto known = std::ranges::find(state_.refunds, a.refund, &refund_share::refund);
            refund_share share{a.refund, {}, false};
            if (known != state_.refunds.end()) share = *known;
            send(links_->supervisor, tell_order{a.refund, {event, share, {}}});
          },
          [this](const refund_surplus& a) {
            send(links_->supervisor,
                 start_surplus_refund{surplus_refund_of(state_, a.attempt, now()),
                                      std::make_shared<payment_state>(state_)});
          },
      },
      what);
}

// --- routing
// -------------------------------------------------------------------------------------------------

// False: it was asked for, and routing goes on when it is there.
bool payment::has_what_routing_needs(const payment_state& order) {
  if (order.order.kind == payment_kind::refund && !original_) {
    if (!original_asked_)
      send(links_->supervisor, ask_original{order.order.id, *order.order.original});
    original_asked_ = true;
    return false;
  }
  const auto card = next_card_of(order);
  auto& book = *links_->means.book;
  if (card.value.empty() || card_asked_ || book.card(card)) return true;
  card_asked_ = true;
  return !book.wait_for(card, [self = caf::actor_cast<caf::actor>(this)](bool read) {
    caf::anon_send(self, card_read{read});
  });
}

void payment::route() {
  if (recording_) return take_in({[this] { route(); }, [] {}}, true);
  if (!routing_ || !has_what_routing_needs(state_)) return;
  const auto only = std::exchange(routing_, std::nullopt)->only;
  const auto next = routed({state_, next_card_of(state_), only});
  card_asked_ = false;
  if (next) judge(*next, {});
}

// attempt_began or no_route_found; nothing: something that it needs is not at hand.
std::optional<payment_happening> payment::routed(const next_attempt& next) {
  const auto& o = next.order.order;
  payment_happening what;
  what.now_micros = now();
  route_question ask{.product = o.kind,
                     .operation = operation_of(o),
                     .ccy = o.ccy,
                     .amount = o.amount,
                     .only = std::nullopt,
                     .unsent_at = {}};
  if (!next.only.value.empty()) {
    ask.only = next.only;
  } else if (o.kind == payment_kind::refund) {
    const auto* paid = original_ ? refunded_attempt(*original_, o) : nullptr;
    if (paid == nullptr) return std::nullopt;
    ask.only = paid->channel;
  } else if (!next.card.value.empty()) {
    const auto bound = links_->means.book->card(next.card);
    if (!bound && !card_asked_) return std::nullopt;
    if (bound) ask.only = bound->channel;
  }
  for (const auto& a : next.order.attempts)
    if (a.doubt == channel_doubt::not_sent) ask.unsent_at.push_back(a.channel);
  route_choice choice;
  if (links_->means.channels) choice = links_->means.channels->choose(ask);
  what.event = choice.chosen ? payment_event::attempt_began : payment_event::no_route_found;
  what.route = choice.chosen ? choice.chosen : chosen_channel{{}, {}, choice.reasons};
  return what;
}

// --- the channel
// -------------------------------------------------------------------------------------------------

const payment_attempt* payment::attempt_of(std::int16_t number) const {
  const auto it = std::ranges::find(state_.attempts, number, &payment_attempt::number);
  return it == state_.attempts.end() ? nullptr : &*it;
}

// R19: between commit and act the process may have been stopped, and the shard be another's.
void payment::submit(std::int16_t attempt) {
  SUANPAN_FAULT_POINT("payment.before_submit");
  const auto age = links_->means.boot->micros() - recording_since_;
  if (age <= links_->means.policy.act_deadline) return send_attempt(attempt, false);
  submitting_ = attempt;
  send(links_->supervisor, fence_act{state_.order.id, ++fences_});
}

void payment::fenced(const act_fenced& m) {
  if (m.serial != fences_ || submitting_ == 0) return;
  send_attempt(std::exchange(submitting_, 0), false);
}

void payment::send_attempt(std::int16_t number, bool as_query) {
  const auto* attempt = attempt_of(number);
  if (attempt == nullptr || !attempt->open || !links_->channels) return;
  if (as_query) SUANPAN_FAULT_POINT("payment.before_ask");
  ask_channel ask{attempt->channel, state_.order.id, request_of(state_, *attempt, as_query),
                  links_->supervisor};
  // A caller who stops waiting stops nothing: the lane alone bounds what is asked.
  ask.request.deadline_micros = now() + links_->means.policy.lane_patience;
  if (const auto card = links_->means.book->card(attempt->card)) ask.request.token = card->token;
  if (state_.order.kind == payment_kind::refund && original_)
    if (const auto* paid = refunded_attempt(*original_, state_.order))
      ask.request.original_reference = paid->reference;
  send(links_->channels, std::move(ask));
}

// --- the ledger
// -------------------------------------------------------------------------------------------------

// It and what may follow it: an intent that may be refused is the last, for the answer decides what
// comes after it.
void payment::book(std::int16_t number) {
  book_intents ask{birth_.hold.session,
                   birth_.hold.shard,
                   state_.order.id,
                   state_.order.merchant,
                   state_.order.number,
                   state_.order.ccy,
                   {},
                   this};
  auto it = std::ranges::find(state_.intents, number, &booking_intent::number);
  for (; it != state_.intents.end(); ++it) {
    ask.intents.push_back({*it, hold_ended_by(*it)});
    if (it->may_be_refused) break;
  }
  send(links_->booker, std::move(ask));
}

transfer_id payment::hold_ended_by(const booking_intent& intent) const {
  const auto hold = std::ranges::find(state_.intents, intent.ends_hold_of, &booking_intent::number);
  if (intent.ends_hold_of == 0 || hold == state_.intents.end()) return {};
  return voucher_leg_id(state_.order.id, *hold, 0);
}

}  // namespace suanpan
