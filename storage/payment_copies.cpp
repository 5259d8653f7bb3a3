#include "storage/payment_copies.hpp"

#include "storage/payment_text.hpp"

namespace suanpan::storage {
namespace {

template <class Enum>
std::int16_t small(Enum value) {
  return static_cast<std::int16_t>(value);
}
std::int16_t shard_of(const payment_step& step) {
  return static_cast<std::int16_t>(step.shard.value);
}

}  // namespace

table_copy order_keys(const payment_changes& of) {
  table_copy table{"suanpan.payment_order_key(merchant,number,content_hash,payment)", {}};
  for (const auto& [id, order] : of.orders) {
    if (!order.first->opens) continue;
    const auto& o = *order.first->opens;
    table.rows.row(o.merchant.value, o.number.value, o.content_hash, o.id);
  }
  return table;
}

table_copy new_orders(const payment_changes& of) {
  table_copy table{
      "suanpan.payment(id,original,merchant,number,content_hash,payer,payee,card,description,"
      "return_url,created_at,expires_at,amount,fee,shard,kind,currency,attempts_max,"
      "surplus_attempt,returns_fee,books_before_answer,version,stage,paid_by,failure_code,"
      "failure_channel_code,failure_advice,refunded,refund_reserved,finished_at,due_at,open)",
      {}};
  for (const auto& [id, order] : of.orders) {
    if (!order.first->opens) continue;
    const auto& o = *order.first->opens;
    const auto& head = order.last->head;
    table.rows.row(o.id, o.original, o.merchant.value, o.number.value, o.content_hash, o.payer,
                   o.payee, o.card.value, o.description, o.return_url, o.created_micros,
                   o.expires_micros, o.amount.value, o.fee.value, shard_of(*order.first),
                   small(o.kind), o.ccy.code, o.attempts_max, o.surplus_attempt, o.returns_fee,
                   o.books_before_answer, head.version, small(head.stage), head.paid_by,
                   head.failure.code, head.failure.channel_code, small(head.failure.advice),
                   head.refunded.value, head.refund_reserved.value, head.finished_micros,
                   head.due_micros, order.leaves_open());
  }
  return table;
}

table_copy new_attempts(const payment_changes& of) {
  table_copy table{
      "suanpan.payment_attempt(payment,number,channel,operation,reference,card,began_at,sends,"
      "sent_after,allowed_by,outcome,doubt,open,failure_code,failure_channel_code,"
      "failure_advice,bank_number,redirect_url,ended_at,queries,next_query_at,route_reasons)",
      {}};
  for (const auto& [step, a] : of.all(&order_changes::attempts, true))
    table.rows.row(step->order, a->number, a->channel.value, small(a->operation),
                   a->reference.value, a->card.value, a->began_micros, a->sends, a->sent_after,
                   a->allowed_by, small(a->outcome), small(a->doubt), a->open, a->failure.code,
                   a->failure.channel_code, small(a->failure.advice), a->bank_number,
                   a->redirect_url, a->ended_micros, a->queries, a->next_query_micros,
                   a->route_reasons);
  return table;
}

table_copy new_evidence(const payment_changes& of) {
  table_copy table{
      "suanpan.payment_evidence(payment,number,attempt,door,outcome,doubt,allows_new_number,"
      "asked_at,came_at,code,bank_number,excerpt)",
      {}};
  for (const auto& [step, e] : of.evidence)
    table.rows.row(step->order, e->number, e->attempt, small(e->door), small(e->outcome),
                   small(e->doubt), e->allows_new_number, e->asked_micros, e->came_micros, e->code,
                   e->bank_number, e->excerpt);
  return table;
}

table_copy new_intents(const payment_changes& of) {
  table_copy table{
      "suanpan.booking_intent(payment,number,transition,kind,legs,ends_hold_of,event_code,"
      "caused_at,may_be_refused,booked,redirected,refusal)",
      {}};
  for (const auto& [step, i] : of.all(&order_changes::intents, true)) {
    const auto legs = legs_text(step->order, *i);
    table.rows.row(step->order, i->number, small(i->transition), small(i->kind), json_text{legs},
                   i->ends_hold_of, i->event_code, i->caused_micros, i->may_be_refused, i->booked,
                   i->redirected, small(i->refusal));
  }
  return table;
}

table_copy new_notifications(const payment_changes& of) {
  table_copy table{
      "suanpan.notification(payment,sequence,shard,merchant,type,body,caused_at,next_at)", {}};
  for (const auto& [step, n] : of.notifications)
    table.rows.row(step->order, n->sequence, shard_of(*step), step->merchant.value, n->type,
                   n->body, n->caused_micros, n->caused_micros);
  return table;
}

table_copy new_cases(const payment_changes& of) {
  table_copy table{"suanpan.payment_case(payment,number,shard,reason,evidence,summary,opened_at)",
                   {}};
  for (const auto& [step, c] : of.cases)
    table.rows.row(step->order, c->number, shard_of(*step), small(c->reason), c->evidence,
                   c->summary, c->opened_micros);
  return table;
}

table_copy new_steps(const payment_changes& of) {
  table_copy table{
      "suanpan.payment_step(payment,version,event,stage,attempt,evidence,paid_by,refunded,"
      "refund_reserved,at,rule,note)",
      {}};
  for (const auto* s : of.steps)
    table.rows.row(s->order, s->head.version, small(s->event), small(s->head.stage),
                   s->attempt ? s->attempt->number : std::int16_t{0},
                   s->evidence ? s->evidence->number : std::int16_t{0}, s->head.paid_by,
                   s->head.refunded.value, s->head.refund_reserved.value, s->at_micros, s->rule,
                   s->note);
  return table;
}

table_copy new_deliveries(std::span<const delivery_record> deliveries) {
  table_copy table{
      "suanpan.notification_attempt(payment,sequence,attempt,at,http_status,trouble,"
      "acknowledged)",
      {}};
  for (const auto& d : deliveries)
    table.rows.row(d.order, d.sequence, d.attempt, d.at_micros, d.http_status, d.trouble,
                   d.acknowledged);
  return table;
}

}  // namespace suanpan::storage
