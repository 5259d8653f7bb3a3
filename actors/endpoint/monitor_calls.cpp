#include "actors/endpoint/monitor_calls.hpp"

#include "actors/endpoint/read_refusals.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/wire/text.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <caf/send.hpp>

#include <utility>

namespace suanpan::endpoint {
namespace {

using grpc::StatusCode;
using wire::request_error;

request_error monitor_invalid(std::string field, std::string message) {
  return invalid("MONITOR_INVALID", std::move(field), std::move(message));
}

request_error page_size_too_large() {
  return invalid("PAGE_SIZE_TOO_LARGE", "page_size", "A page holds at most 1,000 of them.");
}

request_error no_monitor() {
  return not_found("MONITOR_NOT_FOUND", "There is no monitor of this id.");
}

request_error refusal_of(const monitor_change& change) {
  switch (change.result) {
    case monitor_change::answer::not_found:
      if (change.removes) return no_monitor();
      return account_not_found();
    case monitor_change::answer::too_many: {
      const auto most = std::to_string(monitors_of_account_max);
      return {.code = StatusCode::FAILED_PRECONDITION,
              .reason = "MONITORS_EXHAUSTED",
              .message = "An account has at most " + most + " monitors: remove one.",
              .metadata = {{"monitors_max", most}}};
    }
    default:
      return {.code = StatusCode::UNAVAILABLE,
              .reason = "CHANGE_UNAVAILABLE",
              .message = "It can't be said now whether the monitor was changed: ask again.",
              .retry_after = std::chrono::milliseconds(500)};
  }
}

void fill(const balance_monitor& from, v1::BalanceMonitor& to) {
  to.set_id(from.id);
  to.set_account(from.account.value);
  to.set_bound(static_cast<v1::MonitorBound>(from.bound));
  to.set_amount(from.amount);
  to.set_note(from.note);
  to.set_currency(std::string(letters(from.ccy)));
  to.set_met(from.met);
  to.set_events(static_cast<std::uint32_t>(from.events));
  to.set_removed(from.removed);
}

}  // namespace

void change_monitor_call::ask() {
  by = who_->key_id;
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<change_monitor_call>(shared_from_this());
  caf::anon_send(context_.actors.bookkeeper, change_monitor{me});
}

void add_monitor_call::begin() {
  v1::AddBalanceMonitorRequest request;
  if (!parse(request)) return;
  if (request.bound() != v1::MONITOR_BOUND_BELOW && request.bound() != v1::MONITOR_BOUND_ABOVE)
    return refuse_now(monitor_invalid("bound", "A monitor's bound is BELOW or ABOVE."));
  if (request.note().size() > monitor_note_bytes_max || !wire::is_text(request.note()))
    return refuse_now(monitor_invalid("note", "A note is text of at most 256 bytes."));
  monitor.account = {request.account()};
  monitor.bound = static_cast<monitor_bound>(request.bound());
  monitor.amount = request.amount();
  monitor.note = request.note();
  ask();
}

void remove_monitor_call::begin() {
  v1::RemoveBalanceMonitorRequest request;
  if (!parse(request)) return;
  removes = true;
  monitor.id = request.id();
  ask();
}

void change_monitor_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (result != answer::done) return refuse(refusal_of(*this));
  v1::BalanceMonitor response;
  fill(monitor, response);
  respond_with(response);
}

void list_monitors_call::begin() {
  v1::ListBalanceMonitorsRequest request;
  if (!parse(request)) return;
  if (request.page_size() > page_size_max) return refuse_now(page_size_too_large());
  if (request.page_size() > 0) limit = request.page_size();
  account = {request.account()};
  after = request.after_id();
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<list_monitors_call>(shared_from_this());
  caf::anon_send(context_.actors.bookkeeper, read_monitors{me});
}

void list_monitors_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (result != read_result::found) return refuse(read_unavailable());
  v1::ListBalanceMonitorsResponse response;
  for (const auto& one : monitors) fill(one, *response.add_monitors());
  respond_with(response);
}

void list_monitor_events_call::begin() {
  v1::ListMonitorEventsRequest request;
  if (!parse(request)) return;
  if (request.page_size() > page_size_max) return refuse_now(page_size_too_large());
  if (request.page_size() > 0) limit = request.page_size();
  monitor = request.monitor_id();
  after = static_cast<std::int32_t>(request.after_number() & 0x7fffffffU);
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<list_monitor_events_call>(shared_from_this());
  caf::anon_send(context_.actors.bookkeeper, read_monitor_events{me});
}

void list_monitor_events_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (result == read_result::not_found) return refuse(no_monitor());
  if (result != read_result::found) return refuse(read_unavailable());
  v1::ListMonitorEventsResponse response;
  fill(of, *response.mutable_monitor());
  for (const auto& event : events) {
    auto& told = *response.add_events();
    told.set_number(static_cast<std::uint32_t>(event.number));
    told.set_met(event.met);
    told.set_ticket(event.at.micros);
    told.set_balance(to_string(event.balance));
    told.set_recorded_at_micros(event.recorded_micros);
  }
  respond_with(response);
}

}  // namespace suanpan::endpoint
