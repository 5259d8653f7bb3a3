#include "actors/endpoint/operations_service.hpp"

#include "actors/endpoint/operations_calls.hpp"

namespace suanpan::endpoint {

using unary = operations_service::unary;

unary* operations_service::ListNotifications(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_notifications_call>({context_, *from, *in, *out});
}

unary* operations_service::ResendNotifications(call* from, const bytes* in, bytes* out) {
  return unary_call::start<resend_notifications_call>({context_, *from, *in, *out});
}

unary* operations_service::ListCases(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_cases_call>({context_, *from, *in, *out});
}

unary* operations_service::GetCase(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_case_call>({context_, *from, *in, *out});
}

}  // namespace suanpan::endpoint
