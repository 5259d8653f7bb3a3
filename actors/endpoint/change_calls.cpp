#include "actors/endpoint/change_calls.hpp"

#include "protocol/messages/messages.hpp"
#include "protocol/wire/text.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <caf/send.hpp>

#include <utility>

namespace suanpan::endpoint {
namespace {

using grpc::StatusCode;
using wire::request_error;

request_error refused(StatusCode code, std::string reason, std::string message) {
  return {code, std::move(reason), std::move(message)};
}

request_error no_account() {
  return refused(StatusCode::NOT_FOUND, "ACCOUNT_NOT_FOUND", "There is no account of this number.");
}

request_error change_invalid(std::string reason, std::string field, std::string message) {
  auto error = refused(StatusCode::INVALID_ARGUMENT, std::move(reason), std::move(message));
  error.field = std::move(field);
  return error;
}

request_error flags_invalid(std::string field, std::string message) {
  return change_invalid("FLAGS_INVALID", std::move(field), std::move(message));
}

request_error limits_invalid(std::string field, std::string message) {
  return change_invalid("LIMITS_INVALID", std::move(field), std::move(message));
}

request_error error_of(const account_change_request& change) {
  constexpr auto precondition = StatusCode::FAILED_PRECONDITION;
  switch (change.result) {
    case change_result::not_found:
      return no_account();
    case change_result::closed:
      return refused(precondition, "ACCOUNT_CLOSED", "The account is closed for ever.");
    case change_result::balance_not_zero: {
      auto error = refused(precondition, "BALANCE_NOT_ZERO",
                           "Only an account without a balance can be closed.");
      error.metadata = {{"balance", to_string(change.balance)}};
      return error;
    }
    case change_result::holds_open:
      return refused(precondition, "HOLDS_OPEN",
                     "The account has open holds: capture or void them first.");
    case change_result::transfers_in_flight:
      return refused(precondition, "TRANSFERS_IN_FLIGHT",
                     "Transfers of the account are being decided: wait for their answers.");
    case change_result::overdraft_allowed:
      return refused(precondition, "OVERDRAFT_ALLOWED",
                     "Only an account with NO_OVERDRAFT has a credit limit.");
    default:
      return {.code = StatusCode::UNAVAILABLE,
              .reason = "CHANGE_UNAVAILABLE",
              .message = "It can't be said now whether the account was changed: ask again.",
              .retry_after = std::chrono::milliseconds(500)};
  }
}

}  // namespace

void change_account_call::ask(std::int64_t which) {
  if (!admit(1)) return;
  number = {which};
  const bool possible =
      number.value > 0 && number.sequence() > 0 && number.shard().value < context_.limits.shards;
  if (!possible) return refuse_now(no_account());
  const auto me = std::static_pointer_cast<change_account_call>(shared_from_this());
  caf::anon_send(context_.actors.teller, change_account{me});
}

void change_account_call::finish() noexcept {
  permit_.leave();
  if (!claim()) return;
  if (result != change_result::changed) return refuse(error_of(*this));
  tell();
}

void change_account_call::tell() {
  v1::AccountFlags answer;
  answer.set_number(number.value);
  answer.set_flags(static_cast<std::uint32_t>(terms.flags));
  answer.set_ticket(at.micros);
  respond_with(answer);
}

void set_account_flags_call::begin() {
  v1::SetAccountFlagsRequest request;
  if (!parse(request)) return;
  constexpr auto known = static_cast<std::uint32_t>(flags_of_freezing);
  if ((request.set() & ~known) != 0 || (request.clear() & ~known) != 0)
    return refuse_now(flags_invalid((request.set() & ~known) != 0 ? "set" : "clear",
                                    "Only FROZEN_DEBIT and FROZEN_CREDIT are set and cleared."));
  if ((request.set() & request.clear()) != 0 || (request.set() | request.clear()) == 0)
    return refuse_now(
        flags_invalid("clear", "Each flag is set or cleared, and one of them at least."));
  wanted.set = static_cast<account_flags>(request.set());
  wanted.clear = static_cast<account_flags>(request.clear());
  ask(request.number());
}

void set_account_limits_call::begin() {
  v1::SetAccountLimitsRequest request;
  if (!parse(request)) return;
  using maximum = v1::SetAccountLimitsRequest;
  if (request.credit_limit() < 0)
    return refuse_now(limits_invalid("credit_limit", "A credit limit is not negative."));
  if (request.maximum_balance() < 0)
    return refuse_now(limits_invalid("maximum_balance", "A maximum balance is not negative."));
  if (request.maximum_case() == maximum::kNoMaximum && !request.no_maximum())
    return refuse_now(limits_invalid("no_maximum", "It is true, or absent."));
  if (!request.has_credit_limit() && request.maximum_case() == maximum::MAXIMUM_NOT_SET)
    return refuse_now(limits_invalid("credit_limit", "Nothing is to change."));
  if (request.has_credit_limit()) wanted.credit_limit = request.credit_limit();
  if (request.has_maximum_balance()) wanted.maximum_balance = request.maximum_balance();
  wanted.no_maximum = request.no_maximum();
  ask(request.number());
}

void set_account_limits_call::tell() {
  v1::AccountLimits answer;
  answer.set_number(number.value);
  answer.set_credit_limit(terms.limits.credit_limit);
  if (terms.limits.maximum_balance) answer.set_maximum_balance(*terms.limits.maximum_balance);
  answer.set_ticket(at.micros);
  respond_with(answer);
}

void set_account_metadata_call::begin() {
  v1::SetAccountMetadataRequest request;
  if (!parse(request)) return;
  if (request.metadata().size() > metadata_bytes_max)
    return refuse_now(
        change_invalid("METADATA_INVALID", "metadata", "It has at most 1,024 bytes."));
  if (!request.metadata().empty() && !wire::is_json_object(request.metadata()))
    return refuse_now(change_invalid("METADATA_INVALID", "metadata", "It is no JSON object."));
  metadata = request.metadata();
  ask(request.number());
}

void set_account_metadata_call::tell() {
  v1::AccountMetadata answer;
  answer.set_number(number.value);
  answer.set_metadata(*metadata);
  answer.set_ticket(at.micros);
  respond_with(answer);
}

void close_account_call::begin() {
  v1::CloseAccountRequest request;
  if (!parse(request)) return;
  wanted.set = account_flags::closed;
  ask(request.number());
}

}  // namespace suanpan::endpoint
