// Who calls, and may he: from the metadata of a call to a principal, or to the refusal that he
// gets.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "protocol/model/payment.hpp"
#include "protocol/wire/errors.hpp"

#include <grpcpp/server_context.h>

#include <functional>
#include <optional>
#include <string_view>
#include <variant>

namespace suanpan::endpoint {

/// A principal, or why there is none.
using recognition = std::variant<principal_ptr, wire::request_error>;

/// Tells `then` who calls: at once, or, for a key that is not on the ring, on another thread when
/// the keys were read again.
void recognise(ledger_context& context, const grpc::CallbackServerContext& call,
               std::function<void(const recognition&)> then);

/// Nothing if the principal's role may call the method.
[[nodiscard]] std::optional<wire::request_error> may_call(const principal& who, rpc_method method);

/// Whom the key acts for: nothing for staff, who name a merchant themselves.
[[nodiscard]] std::optional<merchant_id> own_merchant(const principal& who);

[[nodiscard]] std::string_view name_of(storage::role role) noexcept;

[[nodiscard]] applicant applicant_of(ledger_context& context, const principal& who,
                                     const grpc::CallbackServerContext& call);

/// UNAVAILABLE, OVERLOADED, with the bound that was reached and when to come again.
[[nodiscard]] wire::request_error overloaded(std::string_view scope);
[[nodiscard]] wire::request_error draining();
/// INVALID_ARGUMENT: the bytes of the request are no Protobuf message of its type.
[[nodiscard]] wire::request_error malformed_message();
/// INVALID_ARGUMENT, with the cap. `field` names the list.
[[nodiscard]] wire::request_error batch_too_large(std::size_t items, std::size_t items_max,
                                                  const char* field);

}  // namespace suanpan::endpoint
