#include "actors/endpoint/operations_calls.hpp"

#include "actors/endpoint/payment_pages.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "protocol/model/clock.hpp"
#include "protocol/wire/payment_answers.hpp"
#include "suanpan/v1/operations.pb.h"

#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace suanpan::endpoint {
namespace {

using wire::request_error;

request_error no_payment() {
  return not_found("PAYMENT_NOT_FOUND", "There is no such payment.");
}

/// An order that may be left out.
wire::judged<std::optional<payment_id>> order_of(const std::string& text) {
  if (text.empty()) return std::optional<payment_id>{};
  const auto id = wire::payment_id_of(text);
  if (const auto* error = std::get_if<request_error>(&id)) return *error;
  return std::optional(std::get<payment_id>(id));
}

std::string name_text(const std::optional<merchant_id>& merchant,
                      const std::optional<payment_id>& order) {
  return (merchant ? merchant->value : "") + '\n' + (order ? to_string(*order) : "");
}

constexpr std::array<case_reason, 7> case_reasons = {
    case_reason::unknown_too_long,      case_reason::success_after_end,
    case_reason::failure_after_success, case_reason::answer_mismatched,
    case_reason::booking_redirected,    case_reason::refund_stuck,
    case_reason::paid_after_all};

}  // namespace

// --- ListNotifications

void list_notifications_call::begin() {
  v1::ListNotificationsRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchants_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<request_error>(&whose)) return refuse_now(*error);
  const auto which = order_of(request.payment_id());
  if (const auto* error = std::get_if<request_error>(&which)) return refuse_now(*error);
  if (request.page_size() > page_size_max) return refuse_now(page_too_large());
  merchant = std::get<std::optional<merchant_id>>(std::move(whose));
  order = std::get<std::optional<payment_id>>(which);
  waiting_only = request.waiting_only();
  page_size_ = request.page_size() == 0 ? page_size_default : request.page_size();
  limit = page_size_ + 1;  // one more than shown: is there another page?
  filter_ = "notifications\n" + name_text(merchant, order) + (waiting_only ? "\nwaiting" : "");
  const auto place = read_order_token(request.page_token(), filter_);
  if (!place) return refuse_now(page_token_invalid());
  from_order = place->order;
  after_sequence = static_cast<std::int32_t>(place->number);
  if (!context_.actors.payments.reader) return refuse_now(read_unavailable());
  if (!enter_queue(context_.statements, statements_max, "statements")) return;
  const auto me = std::static_pointer_cast<list_notifications_call>(shared_from_this());
  caf::anon_send(context_.actors.payments.reader, read_notifications{me});
}

void list_notifications_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (notification_list_read::result != read_result::found) return refuse(read_unavailable());
  v1::ListNotificationsResponse response;
  const auto shown = std::min<std::size_t>(found.size(), page_size_);
  for (std::size_t i = 0; i < shown; ++i) {
    auto& told = *response.add_notifications();
    told.set_payment_id(to_string(found[i].order));
    told.set_merchant(found[i].merchant.value);
    told.set_order_number(found[i].number.value);
    wire::fill(found[i].notification, *told.mutable_notification());
  }
  if (found.size() > shown) {
    const auto& last = found[shown - 1];
    response.set_next_page_token(
        make_order_token({last.order, last.notification.what.sequence}, filter_));
  }
  respond_with(response);
}

// --- ResendNotifications

void resend_notifications_call::begin() {
  v1::ResendNotificationsRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchant_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<request_error>(&whose)) return refuse_now(*error);
  const auto which = order_of(request.payment_id());
  if (const auto* error = std::get_if<request_error>(&which)) return refuse_now(*error);
  if (request.sequence() > INT32_MAX || (request.sequence() != 0 && request.payment_id().empty()))
    return refuse_now(wire::field_error("SEQUENCE_INVALID", "sequence",
                                        "It is an event's number, of the order that is named."));
  if (const auto fault = fault_of_range(request.from_micros(), request.to_micros()))
    return refuse_now(*fault);
  if (request.limit() > resend_most)
    return refuse_now(
        wire::field_error("LIMIT_INVALID", "limit", "At most 10,000 are sent again at once."));
  merchant = std::get<merchant_id>(std::move(whose));
  order = std::get<std::optional<payment_id>>(which);
  sequence = static_cast<std::int32_t>(request.sequence());
  from_micros = request.from_micros();
  to_micros = request.to_micros();
  if (request.limit() != 0) limit = request.limit();
  if (!context_.actors.payments.notifier) return refuse_now(read_unavailable());
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<resend_notifications_call>(shared_from_this());
  caf::anon_send(context_.actors.payments.notifier, resend_notifications{me});
}

void resend_notifications_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (notification_resend::result == read_result::not_found) return refuse(no_payment());
  if (notification_resend::result != read_result::found) return refuse(read_unavailable());
  v1::ResendNotificationsResponse response;
  response.set_taken(taken);
  response.set_more(more);
  response.set_last_caused_at_micros(last_micros);
  respond_with(response);
}

// --- ListCases

void list_cases_call::begin() {
  v1::ListCasesRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchants_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<request_error>(&whose)) return refuse_now(*error);
  const auto which = order_of(request.payment_id());
  if (const auto* error = std::get_if<request_error>(&which)) return refuse_now(*error);
  const auto* known = std::ranges::find_if(
      case_reasons, [&request](case_reason each) { return name_of(each) == request.reason(); });
  if (!request.reason().empty() && known == case_reasons.end())
    return refuse_now(
        wire::field_error("CASE_REASON_UNKNOWN", "reason", "There is no such reason."));
  if (request.page_size() > page_size_max) return refuse_now(page_too_large());
  merchant = std::get<std::optional<merchant_id>>(std::move(whose));
  order = std::get<std::optional<payment_id>>(which);
  if (!request.reason().empty()) reason = *known;
  page_size_ = request.page_size() == 0 ? page_size_default : request.page_size();
  limit = page_size_ + 1;  // one more than shown: is there another page?
  filter_ = "cases\n" + name_text(merchant, order) + '\n' + request.reason();
  if (!request.page_token().empty()) {
    const auto place = wire::read_page_token(request.page_token(), 1, filter_);
    if (!place) return refuse_now(page_token_invalid());
    before_micros = place->front();
  }
  if (!context_.actors.payments.reader) return refuse_now(read_unavailable());
  if (!enter_queue(context_.statements, statements_max, "statements")) return;
  const auto me = std::static_pointer_cast<list_cases_call>(shared_from_this());
  caf::anon_send(context_.actors.payments.reader, read_cases{me});
}

void list_cases_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (case_list_read::result != read_result::found) return refuse(read_unavailable());
  v1::ListCasesResponse response;
  auto shown = std::min<std::size_t>(found.size(), page_size_);
  const bool more = found.size() > shown;
  // A page never ends between cases of one moment: the next begins before it. Where a whole page
  // is of one moment, it is told whole, and what the limit cut off of it is lost to the list.
  const auto at = [this](std::size_t i) { return found[i].what.opened_micros; };
  if (more)
    for (auto end = shown; end > 0; --end)
      if (at(end - 1) != at(shown)) {
        shown = end;
        break;
      }
  for (std::size_t i = 0; i < shown; ++i) {
    auto& told = *response.add_cases();
    told.set_payment_id(to_string(found[i].order));
    told.set_merchant(found[i].merchant.value);
    told.set_order_number(found[i].number.value);
    wire::fill(found[i].what, *told.mutable_case_());
  }
  const std::array place{shown == 0 ? std::int64_t{0} : at(shown - 1)};
  if (more) response.set_next_page_token(wire::make_page_token(place, filter_));
  respond_with(response);
}

// --- GetCase

void get_case_call::begin() {
  v1::GetCaseRequest request;
  if (!parse(request)) return;
  auto whose = wire::merchants_of(own_merchant(*who_), request.merchant());
  if (const auto* error = std::get_if<request_error>(&whose)) return refuse_now(*error);
  const auto order = wire::payment_id_of(request.payment_id());
  if (const auto* error = std::get_if<request_error>(&order)) return refuse_now(*error);
  merchant = std::get<std::optional<merchant_id>>(std::move(whose));
  id = std::get<payment_id>(order);
  with_life = true;
  limit = 1;
  which_ = request.number();
  if (!context_.actors.payments.reader) return refuse_now(read_unavailable());
  if (!enter_queue(context_.look_ups, look_ups_max, "look_ups")) return;
  const auto me = std::static_pointer_cast<get_case_call>(shared_from_this());
  caf::anon_send(context_.actors.payments.reader, read_payments{me});
}

void get_case_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (payment_read::result == read_result::unavailable) return refuse(read_unavailable());
  const bool there = payment_read::result == read_result::found && !found.empty() &&
                     (!merchant || found.front().state.order.merchant == *merchant);
  if (!there) return refuse(no_payment());
  const auto& cases = found.front().cases;
  const auto known = which_ == 0 ? cases.end() - (cases.empty() ? 0 : 1)
                                 : std::ranges::find_if(cases, [this](const payment_case& each) {
                                     return static_cast<std::uint32_t>(each.number) == which_;
                                   });
  if (known == cases.end())
    return refuse(not_found("CASE_NOT_FOUND", "The payment has no such case."));
  v1::GetCaseResponse response;
  wire::fill(*known, *response.mutable_case_());
  wire::fill(found.front(), system_wall_clock().unix_micros(), *response.mutable_life());
  respond_with(response);
}

}  // namespace suanpan::endpoint
