#include "actors/endpoint/caller.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace suanpan::endpoint {
namespace {

using grpc::StatusCode;
using wire::request_error;

constexpr std::string_view scheme = "Bearer ";

request_error unauthenticated(std::string reason, std::string message) {
  return {StatusCode::UNAUTHENTICATED, std::move(reason), std::move(message)};
}

recognition known(principal_ptr who) {
  if (!who->revoked) return who;
  auto error = unauthenticated("KEY_REVOKED", "The key was revoked.");
  error.metadata.emplace_back("key_id", who->key_id);
  return error;
}

// Who may call a method. A merchant's key acts for its own merchant, whatever it names.
enum class access : std::uint8_t {
  operators,            // change the ledger, or the system
  staff,                // operators, auditors: read all
  merchants,            // merchants and operators act
  merchants_and_staff,  // all read, merchants their own
};

constexpr std::array operator_methods = {
    rpc_method::open_accounts,       rpc_method::set_account_flags,
    rpc_method::set_account_limits,  rpc_method::set_account_metadata,
    rpc_method::close_account,       rpc_method::post_transfers,
    rpc_method::stream_transfers,    rpc_method::close_accounting_day,
    rpc_method::add_balance_monitor, rpc_method::remove_balance_monitor,
    rpc_method::create_merchant};

// A merchant reads its own accounts, payments and registry alone.
constexpr std::array shared_reads = {
    rpc_method::get_account,        rpc_method::list_accounts, rpc_method::get_statement,
    rpc_method::get_balance_at,     rpc_method::get_payment,   rpc_method::list_payments,
    rpc_method::explain_payment,    rpc_method::get_merchant,  rpc_method::list_cards,
    rpc_method::list_notifications, rpc_method::list_cases,    rpc_method::get_case};

access access_to(rpc_method method) noexcept {
  const auto in = [method](const auto& list) {
    return std::find(list.begin(), list.end(), method) != list.end();
  };
  if (in(operator_methods)) return access::operators;
  if (in(shared_reads)) return access::merchants_and_staff;
  return method < rpc_method::create_top_up ? access::staff : access::merchants;
}

bool allows(access to, storage::role role) noexcept {
  switch (role) {
    case storage::role::operator_:
      return true;
    case storage::role::auditor:
      return to == access::staff || to == access::merchants_and_staff;
    case storage::role::merchant:
      return to == access::merchants || to == access::merchants_and_staff;
  }
  return false;
}

std::string who_may(access to) {
  switch (to) {
    case access::operators:
      return "Only operators may call this method.";
    case access::staff:
      return "Only operators and auditors may call this method.";
    case access::merchants:
      return "Only operators and merchants may call this method.";
    case access::merchants_and_staff:
      break;
  }
  return "The key's role may not call this method.";
}

// The hash of a key that is not on the ring, if it is that.
using first_look = std::variant<principal_ptr, request_error, key_hash>;

first_look look_at(const ledger_context& context, const grpc::CallbackServerContext& call) {
  const auto& metadata = call.client_metadata();
  const auto header = metadata.find("authorization");
  if (header == metadata.end()) {
    if (!context.keys_required) return context.dev_principal;
    return unauthenticated("KEY_MISSING", "Metadata authorization: Bearer sk_live_… is required.");
  }
  const std::string_view value(header->second.data(), header->second.size());
  // The scheme's name is case-insensitive (RFC 9110).
  const bool bearer = value.size() > scheme.size() && (value[0] == 'B' || value[0] == 'b') &&
                      value.substr(1, scheme.size() - 1) == scheme.substr(1);
  if (!bearer || !looks_like_key(value.substr(scheme.size())))
    return unauthenticated("KEY_MALFORMED",
                           "authorization must read: Bearer sk_live_… or sk_test_….");
  const auto hash = hash_of_key(value.substr(scheme.size()));
  if (auto who = context.keys.find(hash))
    return std::visit([](auto&& seen) -> first_look { return std::move(seen); },
                      known(std::move(who)));
  return hash;
}

// The keys were read again for a key that was not on the ring.

recognition recognise_again(principal_ptr found, bool keys_read) {
  if (found) return known(std::move(found));
  if (keys_read) return unauthenticated("KEY_UNKNOWN", "The key is none that was issued here.");
  return request_error{.code = StatusCode::UNAVAILABLE,
                       .reason = "KEYS_UNAVAILABLE",
                       .message = "The keys can't be read now.",
                       .retry_after = std::chrono::seconds(1)};
}

}  // namespace

void recognise(ledger_context& context, const grpc::CallbackServerContext& call,
               std::function<void(const recognition&)> then) {
  auto what = look_at(context, call);
  if (const auto* hash = std::get_if<key_hash>(&what)) {
    const bool parked = context.keys.wait_for(*hash, [then](principal_ptr found, bool keys_read) {
      then(recognise_again(std::move(found), keys_read));
    });
    if (!parked) return then(recognise_again(nullptr, false));
    return context.read_keys_soon();
  }
  if (auto* error = std::get_if<request_error>(&what)) return then(std::move(*error));
  then(std::get<principal_ptr>(std::move(what)));
}

std::optional<request_error> may_call(const principal& who, rpc_method method) {
  const auto to = access_to(method);
  // A merchant's key without a merchant acts for nobody.
  const bool nobody = who.as == storage::role::merchant && who.merchant.empty();
  if (allows(to, who.as) && !nobody) return std::nullopt;
  request_error error;
  error.code = StatusCode::PERMISSION_DENIED;
  error.reason = "ROLE_NOT_ALLOWED";
  error.message = who_may(to);
  error.metadata = {
      {"role", std::string(name_of(who.as))}, {"key_id", who.key_id}, {"method", name_of(method)}};
  return error;
}

std::optional<merchant_id> own_merchant(const principal& who) {
  if (who.as != storage::role::merchant) return std::nullopt;
  return merchant_id{who.merchant};
}

std::string_view name_of(storage::role role) noexcept {
  switch (role) {
    case storage::role::operator_:
      return "operator";
    case storage::role::auditor:
      return "auditor";
    case storage::role::merchant:
      return "merchant";
  }
  return "";
}

applicant applicant_of(ledger_context& context, const principal& who,
                       const grpc::CallbackServerContext& call) {
  return {who.load, context.work.peer(address_of_peer(call.peer()))};
}

request_error overloaded(std::string_view scope) {
  return {.code = StatusCode::UNAVAILABLE,
          .reason = "OVERLOADED",
          .message = "As much work as this node takes is in flight; nothing of this call was done.",
          .metadata = {{"scope", std::string(scope)}},
          .retry_after = overload_pause};
}

request_error draining() {
  return {.code = StatusCode::UNAVAILABLE,
          .reason = "DRAINING",
          .message = "This node stops; nothing of this call was done.",
          .retry_after = std::chrono::seconds(1)};
}

request_error malformed_message() {
  return {StatusCode::INVALID_ARGUMENT, "MALFORMED_MESSAGE",
          "The request's bytes are no Protobuf message of its type."};
}

request_error batch_too_large(std::size_t items, std::size_t items_max, const char* field) {
  return {.code = StatusCode::INVALID_ARGUMENT,
          .reason = "BATCH_TOO_LARGE",
          .message = "The batch holds more items than a request may.",
          .metadata = {{"items", std::to_string(items)}, {"items_max", std::to_string(items_max)}},
          .field = field};
}

}  // namespace suanpan::endpoint
