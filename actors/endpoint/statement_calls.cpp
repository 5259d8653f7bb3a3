// A page token holds the watermark of the first page, so that pages are of one statement, and the
// place where the next page begins.
#include "actors/endpoint/statement_calls.hpp"

#include "actors/endpoint/read_refusals.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/wire/page_token.hpp"
#include "protocol/wire/statements.hpp"
#include "protocol/wire/text.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace suanpan::endpoint {
namespace {

using wire::request_error;

constexpr std::size_t statement_token_numbers = 3;  // watermark, ticket, index
constexpr std::size_t list_token_numbers = 4;       // and the shard

std::optional<request_error> fault_of_page_size(std::uint32_t size) {
  if (size <= page_size_max) return std::nullopt;
  return invalid("PAGE_SIZE_TOO_LARGE", "page_size", "A page holds at most 1,000 lines.");
}

std::optional<request_error> statement_range_fault(std::int64_t from, std::int64_t to) {
  if (from < 0) return invalid("RANGE_INVALID", "from_micros", "A time is not below 0.");
  if (to < 0) return invalid("RANGE_INVALID", "to_micros", "A time is not below 0.");
  if (to != 0 && to <= from)
    return invalid("RANGE_INVALID", "to_micros", "The range ends before it begins.");
  return std::nullopt;
}

bool possible(account_number number, const ledger_context& context) {
  return number.value > 0 && number.sequence() > 0 && number.shard().value < context.limits.shards;
}

line_position end_of(std::int64_t to_micros) {
  return to_micros == 0 ? line_position{{INT64_MAX}, 0} : first_of(ticket{to_micros});
}

bool is_place(std::int64_t at, std::int64_t index) {
  return at >= 0 && at < INT64_MAX && index >= 0 && index < INT32_MAX;
}

template <class Request>
std::string range_text(const Request& request) {
  return std::to_string(request.from_micros()) + '\n' + std::to_string(request.to_micros()) + '\n' +
         (request.newest_first() ? "newest" : "oldest");
}

std::optional<request_error> take_token(const std::string& token, const std::string& filter,
                                        statement_question& into) {
  if (token.empty()) return std::nullopt;
  const auto place = wire::read_page_token(token, statement_token_numbers, filter);
  if (!place || (*place)[0] <= 0 || !is_place((*place)[1], (*place)[2]))
    return page_token_invalid();
  into.as_of = {(*place)[0]};
  const line_position next{{(*place)[1]}, static_cast<std::int32_t>((*place)[2])};
  (into.newest_first ? into.to : into.from) = next;
  return std::nullopt;
}

std::optional<request_error> take_token(const std::string& token, const std::string& filter,
                                        transfer_question& into) {
  if (token.empty()) return std::nullopt;
  const auto place = wire::read_page_token(token, list_token_numbers, filter);
  if (!place || (*place)[0] <= 0 || !is_place((*place)[1], (*place)[2]) || (*place)[3] < 0 ||
      (*place)[3] > shards_max)
    return page_token_invalid();
  into.as_of = {(*place)[0]};
  const list_place next{{{(*place)[1]}, static_cast<std::int32_t>((*place)[2])},
                        {static_cast<std::uint16_t>((*place)[3])}};
  (into.newest_first ? into.to : into.from) = next;
  return std::nullopt;
}

}  // namespace

// --- GetStatement

void get_statement_call::begin() {
  v1::GetStatementRequest request;
  if (!parse(request)) return;
  if (const auto fault = fault_of_page_size(request.page_size())) return refuse_now(*fault);
  if (const auto fault = statement_range_fault(request.from_micros(), request.to_micros()))
    return refuse_now(*fault);
  asked.account = {request.number()};
  asked.from = first_of(ticket{request.from_micros()});
  asked.to = end_of(request.to_micros());
  asked.newest_first = request.newest_first();
  asked.limit = request.page_size() == 0 ? page_size_default : request.page_size();
  filter_ = "statement\n" + std::to_string(request.number()) + '\n' + range_text(request);
  if (const auto fault = take_token(request.page_token(), filter_, asked))
    return refuse_now(*fault);
  if (!possible(asked.account, context_)) return refuse_now(account_not_found());
  if (!enter_queue(context_.statements, statements_max, "statements")) return;
  const auto me = std::static_pointer_cast<get_statement_call>(shared_from_this());
  caf::anon_send(context_.actors.statements, read_statement{me});
}

void get_statement_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (statement_read::result == read_result::not_found) return refuse(account_not_found());
  if (statement_read::result != read_result::found) return refuse(read_unavailable());
  if (!may_read_accounts_of(page.account.key.owner)) return refuse(account_not_found());
  v1::Statement response;
  wire::fill(page, response);
  if (page.more && !page.lines.empty()) {
    const auto& last = page.lines.back().what;
    const std::array place{page.as_of.micros, last.at.micros,
                           std::int64_t{last.index} + (asked.newest_first ? 0 : 1)};
    response.set_next_page_token(wire::make_page_token(place, filter_));
  }
  respond_with(response);
}

// --- GetBalanceAt

void get_balance_at_call::begin() {
  v1::GetBalanceAtRequest request;
  if (!parse(request)) return;
  if (request.at_micros() <= 0)
    return refuse_now(invalid("RANGE_INVALID", "at_micros", "A time above 0 is required."));
  number = {request.number()};
  at = {request.at_micros()};
  if (!possible(number, context_)) return refuse_now(account_not_found());
  if (!enter_queue(context_.statements, statements_max, "statements")) return;
  const auto me = std::static_pointer_cast<get_balance_at_call>(shared_from_this());
  caf::anon_send(context_.actors.statements, read_past_balance{me});
}

void get_balance_at_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (past_balance_read::result == read_result::not_found) return refuse(account_not_found());
  if (past_balance_read::result != read_result::found) return refuse(read_unavailable());
  if (!may_read_accounts_of(found.account.key.owner)) return refuse(account_not_found());
  v1::BalanceAt response;
  wire::fill(found, response);
  respond_with(response);
}

// --- ListTransfers

void list_transfers_call::begin() {
  v1::ListTransfersRequest request;
  if (!parse(request)) return;
  if (const auto fault = fault_of_page_size(request.page_size())) return refuse_now(*fault);
  if (const auto fault = statement_range_fault(request.from_micros(), request.to_micros()))
    return refuse_now(*fault);
  if (request.reference().size() > reference_bytes_max || !wire::is_text(request.reference()))
    return refuse_now(invalid("REFERENCE_INVALID", "reference",
                              "A reference is at most 128 bytes of UTF-8 without NUL."));
  if (request.event_code() > static_cast<std::uint32_t>(event_code_max))
    return refuse_now(
        invalid("EVENT_CODE_INVALID", "event_code", "An event code is at most 65,535."));
  const auto& voucher = request.voucher_id();
  if (!voucher.empty() && voucher.size() != asked.voucher.bytes.size())
    return refuse_now(invalid("ID_INVALID", "voucher_id", "A voucher's id is 16 bytes."));
  std::copy(voucher.begin(), voucher.end(), asked.voucher.bytes.begin());
  asked.reference = request.reference();
  if (request.has_event_code()) asked.event_code = static_cast<std::int32_t>(request.event_code());
  asked.from = {first_of(ticket{request.from_micros()}), {}};
  asked.to = {end_of(request.to_micros()), {}};
  asked.newest_first = request.newest_first();
  asked.limit = request.page_size() == 0 ? page_size_default : request.page_size();
  filter_ = "transfers\n" + std::to_string(asked.event_code) + '\n' + range_text(request) + '\n' +
            to_string(asked.voucher) + '\n' + request.reference();
  if (const auto fault = take_token(request.page_token(), filter_, asked))
    return refuse_now(*fault);
  if (!enter_queue(context_.lists, lists_max, "lists")) return;
  const auto me = std::static_pointer_cast<list_transfers_call>(shared_from_this());
  caf::anon_send(context_.actors.lists, read_transfer_list{me});
}

void list_transfers_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (transfer_list_read::result != read_result::found) return refuse(read_unavailable());
  v1::ListTransfersResponse response;
  wire::fill(page, response);
  if (page.more) {
    const auto& next = asked.newest_first ? page.rest_to : page.rest_from;
    const std::array place{page.as_of.micros, next.at.at.micros, std::int64_t{next.at.index},
                           std::int64_t{next.shard.value}};
    response.set_next_page_token(wire::make_page_token(place, filter_));
  }
  respond_with(response);
}

}  // namespace suanpan::endpoint
