#include "actors/endpoint/payment_calls.hpp"

#include "protocol/messages/payment_messages.hpp"
#include "protocol/model/account.hpp"
#include "protocol/model/clock.hpp"
#include "protocol/model/payment_content.hpp"
#include "protocol/wire/payment_answers.hpp"

#include <caf/send.hpp>

#include <utility>

namespace suanpan::endpoint {
void payment_act_call::take(wire::judged<payment_order> order) {
  if (const auto* error = std::get_if<wire::request_error>(&order)) return refuse_now(*error);
  verb = payment_verb::create;
  asked = std::get<payment_order>(std::move(order));
  merchant = asked.merchant;
  ask();
}

void payment_act_call::ask() {
  forget_request();
  if (!enter_queue(context_.payments, payments_max, "payments")) return;
  const auto& supervisors = context_.actors.payments.supervisors;
  const auto shard = shard_of_owner(owner_of(merchant), context_.limits.shards);
  const bool served = shard.value < supervisors.size() && supervisors[shard.value];
  if (!served) return refuse_now(wire::error_of({payment_refusal::unavailable, {}, {}}));
  answer_by_micros = answer_by();
  const auto me = std::static_pointer_cast<payment_act_call>(shared_from_this());
  caf::anon_send(supervisors[shard.value], handle_payment{me});
}

void payment_act_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (refusal != payment_refusal::none) return refuse(wire::error_of({refusal, field, refundable}));
  v1::Payment payment;
  wire::fill(payment_call::state, system_wall_clock().unix_micros(), payment);
  payment.set_replayed(replayed);
  if (replayed) grpc_.AddTrailingMetadata("idempotent-replayed", "true");
  respond_with(payment);
}

void payment_act_call::answer_late() noexcept {
  refuse_now({grpc::StatusCode::DEADLINE_EXCEEDED, "ANSWER_LATE",
              "It can't be said here whether the order was accepted: ask GetPayment by its order "
              "number, or send the same request again."});
}

void retry_payment_call::begin() {
  v1::RetryPaymentRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchant_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<wire::request_error>(&whose)) return refuse_now(*error);
  const auto which = wire::payment_id_of(request.payment_id());
  if (const auto* error = std::get_if<wire::request_error>(&which)) return refuse_now(*error);
  auto with = wire::card_of(request.card());
  if (const auto* error = std::get_if<wire::request_error>(&with)) return refuse_now(*error);
  verb = payment_verb::retry;
  merchant = std::get<merchant_id>(std::move(whose));
  id = std::get<payment_id>(which);
  card = std::get<card_id>(std::move(with));
  ask();
}

void close_payment_call::begin() {
  v1::ClosePaymentRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchant_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<wire::request_error>(&whose)) return refuse_now(*error);
  const auto which = wire::payment_id_of(request.payment_id());
  if (const auto* error = std::get_if<wire::request_error>(&which)) return refuse_now(*error);
  verb = payment_verb::close;
  merchant = std::get<merchant_id>(std::move(whose));
  id = std::get<payment_id>(which);
  ask();
}

}  // namespace suanpan::endpoint
