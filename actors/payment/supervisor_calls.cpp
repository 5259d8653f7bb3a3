// What callers ask: the order number first (R4), then the merchant's terms, then the order itself.
#include "actors/payment/payment.hpp"
#include "actors/payment/payment_ids.hpp"
#include "actors/payment/payment_supervisor.hpp"
#include "actors/payment/supervisor_tell.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {
namespace {

bool has_card(payment_kind kind) {
  return kind != payment_kind::transfer && kind != payment_kind::refund &&
         kind != payment_kind::online_bank_pay;
}

}  // namespace

void payment_supervisor::refuse(const payment_call_ptr& call, payment_refusal why) {
  if (call->answered) return;
  call->answered = true;
  call->refusal = why;
  call->finish();
}

void payment_supervisor::take_call_of(const payment_call_ptr& call) {
  if (!serves()) return refuse(call, payment_refusal::unavailable);
  if (searches_.size() >= options_.finds_max || mailbox().size() > options_.finds_max)
    return refuse(call, payment_refusal::overloaded);
  if (call->verb == payment_verb::create) return create(call);
  change(call);
}

void payment_supervisor::create(const payment_call_ptr& call) {
  find_by_key({call->asked.merchant, call->asked.number}, [this, call](finding is, child* order) {
    if (is == finding::unavailable) return refuse(call, payment_refusal::unavailable);
    if (order != nullptr) return tell(*order, suanpan::take_call{call});
    create_absent(call);
  });
}

// Nobody has the number. From here to add() nothing waits but for the book and a refund's original,
// and then the number is looked at again.
void payment_supervisor::create_absent(const payment_call_ptr& call) {
  if (orders_.size() >= options_.orders_max) return refuse(call, payment_refusal::overloaded);
  const auto merchant = links_->means.book->find(call->asked.merchant);
  if (!merchant) {
    if (!call->book_read) return read_book(call, nullptr);
    return refuse(call, payment_refusal::product_not_allowed);
  }
  const auto kind = call->asked.kind;
  const auto* terms = merchant->terms_of(kind);
  if (kind != payment_kind::refund && terms == nullptr)
    return refuse(call, payment_refusal::product_not_allowed);
  if (merchant->closed && kind != payment_kind::refund)
    return refuse(call, payment_refusal::merchant_closed);
  // Whoever set a time does not want to pay after it, however long the request was on its way.
  const auto end = call->asked.expires_micros;
  if (end > 0 && end <= links_->means.clock->unix_micros())
    return refuse(call, payment_refusal::expired);
  if (kind == payment_kind::refund) return create_refund(call);
  if (has_card(kind)) {
    const auto card = call->asked.card;
    if (!card_is_known(call, card)) return;
    const auto why = judge_card(call, card, kind == payment_kind::withholding);
    if (why != payment_refusal::none) return refuse(call, why);
  }
  if (kind != payment_kind::transfer && !is_routable(call->asked))
    return refuse(call, payment_refusal::no_channel);
  add({.hold = hold_,
       .stored = nullptr,
       .order = completed(call->asked, terms_now(), *terms),
       .call = call,
       .original = nullptr});
}

order_terms payment_supervisor::terms_now() {
  const auto now = links_->means.clock->unix_micros();
  return {.id = next_payment_id(now, options_.shard, ids_),
          .now_micros = now,
          .expiry_micros = options_.order_expiry.count()};
}

// Some channel could take it if it were well; for a card the one that has it.
bool payment_supervisor::is_routable(const payment_order& order) {
  if (!links_->means.channels) return false;
  const auto card = order.card.value.empty() ? nullptr : links_->means.book->card(order.card);
  return std::ranges::any_of(links_->means.channels->channels(), [&order, &card](const auto& c) {
    const bool amount = order.amount >= c.amount_least && order.amount <= c.amount_most;
    const bool ccy = std::ranges::find(c.currencies, order.ccy) != c.currencies.end();
    if (!amount || !ccy) return false;
    if (card) return c.name == card->channel;
    return std::ranges::find(c.products, order.kind) != c.products.end();
  });
}

// --- cards
// -------------------------------------------------------------------------------------------------

// Asks the registrar to read it, and judges the call again.
void payment_supervisor::read_book(const payment_call_ptr& call, const card_id* card) {
  const auto then = [self = caf::actor_cast<caf::actor>(this), call](bool read) {
    caf::anon_send(self, call_again{call, read});
  };
  auto& book = *links_->means.book;
  const bool parked =
      card != nullptr ? book.wait_for(*card, then) : book.wait_for(call->asked.merchant, then);
  if (!parked) refuse(call, payment_refusal::overloaded);
}

// False: it is being read, and the call judged again.
bool payment_supervisor::card_is_known(const payment_call_ptr& call, const card_id& card) {
  if (call->card_read || links_->means.book->card(card)) return true;
  call->card_read = true;
  read_book(call, &card);
  return false;
}

payment_refusal payment_supervisor::judge_card(const payment_call_ptr& call, const card_id& id,
                                               bool needs_mandate) {
  const auto card = links_->means.book->card(id);
  const auto& merchant = call->verb == payment_verb::create ? call->asked.merchant : call->merchant;
  const bool usable = card && card->active && card->owner == merchant;
  if (!usable || (needs_mandate && !card->mandate)) return payment_refusal::card_not_found;
  return payment_refusal::none;
}

// --- retry and close
// -------------------------------------------------------------------------------------------------

void payment_supervisor::change(const payment_call_ptr& call) {
  if (call->verb == payment_verb::retry && !card_is_known(call, call->card)) return;
  find_by_id(call->id, [this, call](finding is, child* order) {
    if (is == finding::unavailable) return refuse(call, payment_refusal::unavailable);
    if (order == nullptr || order->key.first != call->merchant)
      return refuse(call, payment_refusal::payment_not_found);
    if (call->verb == payment_verb::retry) {
      const auto why = judge_card(call, call->card, false);
      if (why != payment_refusal::none) return refuse(call, why);
    }
    tell(*order, suanpan::take_call{call});
  });
}

// --- refunds
// -------------------------------------------------------------------------------------------------

// The original says whether so much is left; durably it says so when the refund reserves it.
void payment_supervisor::create_refund(const payment_call_ptr& call) {
  if (!call->asked.original) return refuse(call, payment_refusal::payment_not_found);
  find_by_id(*call->asked.original, [this, call](finding is, child* order) {
    if (is == finding::unavailable) return refuse(call, payment_refusal::unavailable);
    if (order == nullptr || order->key.first != call->asked.merchant)
      return refuse(call, payment_refusal::payment_not_found);
    tell(*order, check_refund{call});
  });
}

void payment_supervisor::take_checked(const refund_checked& m) {
  if (!serves()) return refuse(m.call, payment_refusal::unavailable);
  if (m.refusal != payment_refusal::none) {
    m.call->refusal = m.refusal;
    m.call->refundable = m.refundable;
    return fence(fence_call{m.call});
  }
  // Somebody may have taken the number meanwhile.
  const auto known = by_key_.find(order_key{m.call->asked.merchant, m.call->asked.number});
  if (known != by_key_.end()) return tell(orders_.at(known->second), suanpan::take_call{m.call});
  add({.hold = hold_,
       .stored = nullptr,
       .order = completed_refund(m.call->asked, terms_now(), *m.original),
       .call = m.call,
       .original = m.original});
}

// The same every time, so that it is there once whatever crashes in between.
void payment_supervisor::start_surplus(const start_surplus_refund& m) {
  find_by_id(m.order.id, [this, m](finding is, child* order) {
    if (is == finding::unavailable) return say_again(m);
    if (order != nullptr) return tell(*order, resume_order{});
    add({.hold = hold_,
         .stored = nullptr,
         .order = m.order,
         .call = nullptr,
         .original = m.original});
  });
}

// A new order came to nothing: its number is another's, or the database refused it.
void payment_supervisor::take_taken(const order_taken& m) {
  const auto it = orders_.find(m.order);
  if (it != orders_.end() && current_sender() == it->second.actor) remove(m.order);
  for (const auto& call : m.calls) take_call_of(call);
}

}  // namespace suanpan
