#include "actors/endpoint/day_calls.hpp"

#include "protocol/messages/messages.hpp"
#include "protocol/wire/day_answers.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace suanpan::endpoint {
namespace {

using grpc::StatusCode;
using wire::request_error;

constexpr std::int32_t days_max = 400;  // in one list

request_error unavailable(std::string reason, std::string message) {
  return {.code = StatusCode::UNAVAILABLE,
          .reason = std::move(reason),
          .message = std::move(message),
          .retry_after = std::chrono::milliseconds(500)};
}

request_error days_unavailable() {
  return unavailable("READ_UNAVAILABLE", "The answer can't be had now: database trouble.");
}

request_error day_invalid(std::string reason, std::string field, std::string message) {
  request_error error{StatusCode::INVALID_ARGUMENT, std::move(reason), std::move(message)};
  error.field = std::move(field);
  return error;
}

/// Reads a date that may be left out; the refusal if it is none.
std::optional<request_error> read_date(const std::string& text, const char* field,
                                       std::optional<accounting_date>& into) {
  if (text.empty()) return std::nullopt;
  into = parse_accounting_date(text);
  if (into) return std::nullopt;
  return day_invalid("DATE_INVALID", field, "A date reads \"2026-11-23\".");
}

template <class Request>
std::optional<request_error> read_range(const Request& request,
                                        std::optional<accounting_date>& from,
                                        std::optional<accounting_date>& to) {
  if (auto error = read_date(request.from_date(), "from_date", from)) return error;
  if (auto error = read_date(request.to_date(), "to_date", to)) return error;
  if (from && to && *from > *to)
    return day_invalid("DATES_OUT_OF_ORDER", "from_date", "from_date lies after to_date.");
  return std::nullopt;
}

std::string names_of(const std::vector<unsettled_shard>& shards, std::int64_t total) {
  constexpr std::size_t named_max = 3;
  std::string text;
  for (std::size_t i = 0; i < shards.size() && i < named_max; ++i) {
    const auto& s = shards[i];
    text += (i == 0 ? "shard " : ", shard ") + std::to_string(s.shard.value);
    text += s.owned ? " of " + s.node + " lags" : " is owned by nobody";
  }
  const auto more = total - static_cast<std::int64_t>(std::min(shards.size(), named_max));
  return more > 0 ? text + ", and " + std::to_string(more) + " more" : text;
}

std::string why_not_over(const day_turn& turn) {
  const auto date = date_text(turn.date);
  if (turn.date == turn.calendar.today)
    return date + " is not over: it ends at " + begin_text(turn.calendar.shift) + '.';
  return "Rows of " + date + " may still come: " + names_of(turn.unsettled, turn.unsettled_total) +
         '.';
}

request_error not_over(const day_turn& turn) {
  const auto& first = turn.unsettled.front();
  return {.code = StatusCode::FAILED_PRECONDITION,
          .reason = "DAY_NOT_OVER",
          .message = why_not_over(turn),
          .metadata = {{"shard", std::to_string(first.shard.value)},
                       {"node", first.node},
                       {"settled", std::to_string(first.settled.micros)},
                       {"unsettled_shards", std::to_string(turn.unsettled_total)}}};
}

request_error refusal_of(const day_turn& turn) {
  const auto& calendar = turn.calendar;
  const auto date = date_text(turn.date);
  switch (turn.result) {
    case day_turn::answer::unknown_day:
      if (!calendar.known)
        return {StatusCode::NOT_FOUND, "ACCOUNTING_DAY_NOT_FOUND", "No accounting day has begun."};
      return {.code = StatusCode::NOT_FOUND,
              .reason = "ACCOUNTING_DAY_NOT_FOUND",
              .message = "The ledger's days are " + date_text(calendar.first) + " to " +
                         date_text(calendar.today) + " so far, " + date + " is none of them.",
              .metadata = {{"first_date", date_text(calendar.first)},
                           {"today", date_text(calendar.today)}}};
    case day_turn::answer::out_of_order:
      return {.code = StatusCode::FAILED_PRECONDITION,
              .reason = "DAYS_CLOSE_IN_ORDER",
              .message = "Close " + date_text(calendar.first_open) + " before " + date + ".",
              .metadata = {{"first_open_date", date_text(calendar.first_open)}}};
    case day_turn::answer::unsettled:
      return not_over(turn);
    case day_turn::answer::misdated:
      return {StatusCode::FAILED_PRECONDITION, "DAY_MISDATED",
              "Rows booked on " + date + " carry another date: run suanpan verify."};
    default:
      break;
  }
  if (!turn.closes) return days_unavailable();
  return unavailable("CLOSE_UNAVAILABLE",
                     "The day may or may not have been closed: database trouble. Ask again.");
}

}  // namespace

// --- one day -------------------------------------------------------------------------------------

void day_turn_call::begin_with(const std::string& asked) {
  std::optional<accounting_date> wanted;
  if (const auto error = read_date(asked, "date", wanted)) return refuse_now(*error);
  if (!wanted) return refuse_now(day_invalid("DATE_INVALID", "date", "A date is required."));
  date = *wanted;
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<day_turn_call>(shared_from_this());
  caf::anon_send(context_.actors.bookkeeper, turn_day{me});
}

void get_day_call::begin() {
  v1::GetAccountingDayRequest request;
  if (parse(request)) begin_with(request.date());
}

void close_day_call::begin() {
  v1::CloseAccountingDayRequest request;
  if (!parse(request)) return;
  closes = true;
  closed_by = who_->key_id;
  begin_with(request.date());
}

void day_turn_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (result != answer::told) return refuse(refusal_of(*this));
  v1::AccountingDay response;
  wire::fill(day, response);
  for (const auto& shard : unsettled) wire::fill(shard, *response.add_unsettled());
  response.set_unsettled_shards(unsettled_total);
  respond_with(response);
}

// --- ListAccountingDays --------------------------------------------------------------------------

void list_days_call::begin() {
  v1::ListAccountingDaysRequest request;
  if (!parse(request)) return;
  if (const auto error = read_range(request, from, to)) return refuse_now(*error);
  if (from && to && to->days - from->days >= days_max)
    return refuse_now(
        day_invalid("RANGE_TOO_LONG", "from_date", "A list holds at most 400 accounting days."));
  if (from && !to) to = accounting_date{from->days + days_max - 1};
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<list_days_call>(shared_from_this());
  caf::anon_send(context_.actors.bookkeeper, read_days{me});
}

void list_days_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (day_list_read::result != read_result::found) return refuse(days_unavailable());
  v1::ListAccountingDaysResponse response;
  for (const auto& day : days) wire::fill(day, *response.add_days());
  if (calendar.known) {
    response.set_today(date_text(calendar.today));
    response.set_first_open_date(date_text(calendar.first_open));
    response.set_shift_minutes(calendar.shift.minutes);
  }
  respond_with(response);
}

// --- GetGeneralLedger ----------------------------------------------------------------------------

void general_ledger_call::begin() {
  v1::GetGeneralLedgerRequest request;
  if (!parse(request)) return;
  if (const auto error = read_range(request, from, to)) return refuse_now(*error);
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<general_ledger_call>(shared_from_this());
  caf::anon_send(context_.actors.bookkeeper, read_general_ledger{me});
}

void general_ledger_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (ledger_read::result != read_result::found) return refuse(days_unavailable());
  v1::GeneralLedger response;
  response.set_from_date(date_text(*from));
  response.set_to_date(date_text(*to));
  std::map<currency, wire::earnings> earned;
  for (const auto& line : lines) {
    auto& to_line = *response.add_lines();
    const auto* known = context_.chart.find(line.subject);
    // A subject that has left the chart still has its books; debit side, so that nothing is hidden.
    wire::fill(line, known == nullptr ? normal_side::debit : known->side, to_line);
    if (known == nullptr) continue;
    to_line.set_subject_name(known->name);
    to_line.set_subject_name_zh(known->name_zh);
    to_line.set_subject_class(static_cast<v1::SubjectClass>(known->cls));
    // Contra subjects stand on the other side of their class, and lessen it.
    if (known->cls == subject_class::income)
      earned[line.ccy].income += balance_of(line.movement, normal_side::credit);
    if (known->cls == subject_class::expense)
      earned[line.ccy].expense += balance_of(line.movement, normal_side::debit);
  }
  wire::fill(earned, response);
  response.set_final(calendar.known && *to < calendar.first_open);
  response.set_as_of_ticket(as_of.micros);
  respond_with(response);
}

}  // namespace suanpan::endpoint
