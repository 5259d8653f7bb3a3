// How the registrar's refusals read on the wire.
#include "actors/endpoint/merchant_calls.hpp"

#include <algorithm>
#include <utility>

namespace suanpan::endpoint {
namespace {

using grpc::StatusCode;
using wire::request_error;

request_error refused(StatusCode code, std::string reason, std::string message) {
  return {code, std::move(reason), std::move(message)};
}

request_error taken(const std::string& field, rpc_method method) {
  const bool registers = method == rpc_method::create_merchant;
  auto error =
      refused(StatusCode::ALREADY_EXISTS, registers ? "MERCHANT_EXISTS" : "IDEMPOTENCY_KEY_REUSED",
              "The id is taken, with another " + field + '.');
  error.metadata = {{"field", field}};
  error.field = field;
  return error;
}

/// "WEBHOOK_INVALID" of the field "webhook_url".
request_error fault_in(const std::string& field) {
  std::string reason = field == "url" || field == "webhook_url" ? "webhook" : field;
  std::ranges::transform(reason, reason.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return wire::field_error(reason + "_INVALID", field, "It can't be that: see the .proto.");
}

request_error missing(rpc_method method) {
  const bool card = method == rpc_method::unbind_card;
  const bool key = method == rpc_method::revoke_api_key;
  if (card) return refused(StatusCode::NOT_FOUND, "CARD_NOT_FOUND", "There is no such card.");
  if (key) return refused(StatusCode::NOT_FOUND, "KEY_NOT_FOUND", "There is no such key.");
  return refused(StatusCode::NOT_FOUND, "MERCHANT_NOT_FOUND", "There is no such merchant.");
}

request_error refused_by_bank(const payment_failure& failure) {
  auto error =
      refused(StatusCode::FAILED_PRECONDITION, "CARD_REFUSED", "The bank refused the card.");
  error.metadata = {{"channel_code", failure.channel_code}, {"code", failure.code}};
  return error;
}

request_error undecided() {
  return {.code = StatusCode::ABORTED,
          .reason = "CARD_UNDECIDED",
          .message = "The bank did not say: send the same request again.",
          .retry_after = std::chrono::seconds(2)};
}

}  // namespace

request_error error_of(const registry_refusal& why, rpc_method method) {
  const bool of_keys = method == rpc_method::create_api_key;
  switch (why.result) {
    case registry_result::different_content:
      return taken(why.field, method);
    case registry_result::invalid:
      return fault_in(why.field);
    case registry_result::not_found:
      return missing(method);
    case registry_result::merchant_closed:
      return refused(StatusCode::FAILED_PRECONDITION, "MERCHANT_CLOSED", "The merchant is closed.");
    case registry_result::too_many:
      return refused(StatusCode::FAILED_PRECONDITION,
                     of_keys ? "KEYS_EXHAUSTED" : "CARDS_EXHAUSTED",
                     of_keys ? "Two keys are valid already: revoke one."
                             : "The merchant has as many cards as it may.");
    case registry_result::no_channel:
      return refused(StatusCode::FAILED_PRECONDITION, "NO_CHANNEL",
                     "There is no such channel, or none that binds cards.");
    case registry_result::channel_refused:
      return refused_by_bank(why.failure);
    case registry_result::channel_unknown:
      return undecided();
    case registry_result::overloaded:
      return overloaded("registry");
    case registry_result::none:
    case registry_result::done:
    case registry_result::replayed:
    case registry_result::unavailable:
      break;
  }
  return {.code = StatusCode::UNAVAILABLE,
          .reason = "REGISTRY_UNAVAILABLE",
          .message = "The registry can't be asked now.",
          .retry_after = std::chrono::milliseconds(500)};
}

}  // namespace suanpan::endpoint
