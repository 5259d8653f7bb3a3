#include "actors/endpoint/payment_read_calls.hpp"

#include "actors/endpoint/payment_pages.hpp"
#include "actors/endpoint/read_refusals.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "protocol/model/clock.hpp"
#include "protocol/wire/payment_answers.hpp"
#include "protocol/wire/payments.hpp"
#include "suanpan/v1/payments.pb.h"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace suanpan::endpoint {
namespace {

using wire::request_error;

std::int64_t now_micros() {
  return system_wall_clock().unix_micros();
}

}  // namespace

// --- GetPayment, ExplainPayment

template <class Request>
void one_payment_call::look_up(const Request& request) {
  auto whose = wire::merchants_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<request_error>(&whose)) return refuse_now(*error);
  merchant = std::get<std::optional<merchant_id>>(std::move(whose));
  if (request.order_number().empty()) {
    const auto which = wire::payment_id_of(request.payment_id());
    if (const auto* error = std::get_if<request_error>(&which)) return refuse_now(*error);
    id = std::get<payment_id>(which);
  } else {
    auto which = wire::number_of(request.order_number());
    if (const auto* error = std::get_if<request_error>(&which)) return refuse_now(*error);
    if (!request.payment_id().empty())
      return refuse_now(wire::field_error("PAYMENT_ID_INVALID", "payment_id",
                                          "Name the payment by its id or its order number."));
    if (!merchant)
      return refuse_now(wire::field_error("MERCHANT_INVALID", "merchant",
                                          "An order number is a merchant's: name the merchant."));
    number = std::get<order_number>(std::move(which));
  }
  if (!context_.actors.payments.reader) return refuse_now(read_unavailable());
  if (!enter_queue(context_.look_ups, look_ups_max, "look_ups")) return;
  limit = 1;
  const auto me = std::static_pointer_cast<one_payment_call>(shared_from_this());
  caf::anon_send(context_.actors.payments.reader, read_payments{me});
}

void one_payment_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  const bool there = payment_read::result == read_result::found && !found.empty();
  if (payment_read::result == read_result::unavailable) return refuse(read_unavailable());
  // Another merchant's payment reads as none, whatever the reader says.
  if (!there || (merchant && found.front().state.order.merchant != *merchant))
    return refuse(not_found("PAYMENT_NOT_FOUND", "There is no such payment."));
  tell(found.front());
}

void get_payment_call::begin() {
  v1::GetPaymentRequest request;
  if (parse(request)) look_up(request);
}

void get_payment_call::tell(const payment_life& life) {
  v1::Payment payment;
  wire::fill(life.state, now_micros(), payment);
  respond_with(payment);
}

void explain_payment_call::begin() {
  v1::ExplainPaymentRequest request;
  with_life = true;
  if (parse(request)) look_up(request);
}

void explain_payment_call::tell(const payment_life& life) {
  v1::PaymentLife answer;
  wire::fill(life, now_micros(), answer);
  respond_with(answer);
}

// --- ListPayments

void list_payments_call::begin() {
  v1::ListPaymentsRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchants_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<request_error>(&whose)) return refuse_now(*error);
  merchant = std::get<std::optional<merchant_id>>(std::move(whose));
  if (!v1::PaymentKind_IsValid(request.kind()))
    return refuse_now(wire::field_error("KIND_UNKNOWN", "kind", "There is no such kind."));
  if (!v1::PaymentState_IsValid(request.state()))
    return refuse_now(wire::field_error("STATE_UNKNOWN", "state", "There is no such state."));
  if (const auto fault = fault_of_range(request.from_micros(), request.to_micros()))
    return refuse_now(*fault);
  if (request.page_size() > page_size_max) return refuse_now(page_too_large());
  if (request.kind() != 0) kind = static_cast<payment_kind>(request.kind());
  if (request.state() != 0) stage = static_cast<payment_stage>(request.state());
  from_micros = request.from_micros();
  to_micros = request.to_micros();
  page_size_ = request.page_size() == 0 ? page_size_default : request.page_size();
  limit = page_size_ + 1;  // one more than shown: is there another page?
  filter_ = "payments\n" + (merchant ? merchant->value : "") + '\n' +
            std::to_string(request.kind()) + '\n' + std::to_string(request.state()) + '\n' +
            std::to_string(from_micros) + '\n' + std::to_string(to_micros);
  const auto place = read_order_token(request.page_token(), filter_);
  if (!place) return refuse_now(page_token_invalid());
  before = place->order;
  if (!context_.actors.payments.reader) return refuse_now(read_unavailable());
  if (!enter_queue(context_.statements, statements_max, "statements")) return;
  const auto me = std::static_pointer_cast<list_payments_call>(shared_from_this());
  caf::anon_send(context_.actors.payments.reader, read_payments{me});
}

void list_payments_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (payment_read::result != read_result::found) return refuse(read_unavailable());
  v1::ListPaymentsResponse response;
  const auto now = now_micros();
  const auto shown = std::min<std::size_t>(found.size(), page_size_);
  for (std::size_t i = 0; i < shown; ++i) wire::fill(found[i].state, now, *response.add_payments());
  if (found.size() > shown)
    response.set_next_page_token(make_order_token({found[shown - 1].state.order.id, 0}, filter_));
  respond_with(response);
}

}  // namespace suanpan::endpoint
