#include "actors/endpoint/merchant_service.hpp"

#include "actors/endpoint/merchant_calls.hpp"

namespace suanpan::endpoint {

using unary = merchant_service::unary;

unary* merchant_service::CreateMerchant(call* from, const bytes* in, bytes* out) {
  return unary_call::start<create_merchant_call>({context_, *from, *in, *out});
}

unary* merchant_service::GetMerchant(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_merchant_call>({context_, *from, *in, *out});
}

unary* merchant_service::CreateApiKey(call* from, const bytes* in, bytes* out) {
  return unary_call::start<create_api_key_call>({context_, *from, *in, *out});
}

unary* merchant_service::RevokeApiKey(call* from, const bytes* in, bytes* out) {
  return unary_call::start<revoke_api_key_call>({context_, *from, *in, *out});
}

unary* merchant_service::SetWebhook(call* from, const bytes* in, bytes* out) {
  return unary_call::start<set_webhook_call>({context_, *from, *in, *out});
}

unary* merchant_service::BindCard(call* from, const bytes* in, bytes* out) {
  return unary_call::start<bind_card_call>({context_, *from, *in, *out});
}

unary* merchant_service::UnbindCard(call* from, const bytes* in, bytes* out) {
  return unary_call::start<unbind_card_call>({context_, *from, *in, *out});
}

unary* merchant_service::ListCards(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_cards_call>({context_, *from, *in, *out});
}

}  // namespace suanpan::endpoint
