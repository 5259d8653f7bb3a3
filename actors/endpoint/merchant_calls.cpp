#include "actors/endpoint/merchant_calls.hpp"

#include "actors/endpoint/read_refusals.hpp"
#include "protocol/model/payment_content.hpp"
#include "protocol/wire/merchants.hpp"
#include "protocol/wire/page_token.hpp"
#include "suanpan/v1/merchants.pb.h"

#include <caf/send.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace suanpan::endpoint {
namespace {

create_merchant message_of(const merchant_creation_ptr& call) {
  return {call};
}
read_merchant message_of(const merchant_read_ptr& call) {
  return {call};
}
create_merchant_key message_of(const key_creation_ptr& call) {
  return {call};
}
revoke_merchant_key message_of(const key_revocation_ptr& call) {
  return {call};
}
set_webhook message_of(const webhook_change_ptr& call) {
  return {call};
}
bind_card message_of(const card_binding_call_ptr& call) {
  return {call};
}
unbind_card message_of(const card_unbinding_call_ptr& call) {
  return {call};
}
list_cards message_of(const card_list_read_ptr& call) {
  return {call};
}

void fill(const suanpan::merchant_key& from, v1::ApiKey& to) {
  to.set_id(from.key_id);
  to.set_note(from.note);
  to.set_created_at_micros(from.created_micros);
  to.set_revoked_at_micros(from.revoked_micros);
}

void wipe(std::string& secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

/// The place of a list of cards: the id after which it goes on, with a check of the question.
std::optional<card_id> read_card_token(const std::string& token, const std::string& filter) {
  if (token.empty()) return card_id{};
  const auto cut = token.find('.');
  if (cut == std::string::npos) return std::nullopt;
  const card_id after{token.substr(0, cut)};
  if (!is_card_id(after.value) ||
      !wire::read_page_token(token.substr(cut + 1), 0, filter + after.value))
    return std::nullopt;
  return after;
}

std::string make_card_token(const card_id& after, const std::string& filter) {
  return after.value + '.' +
         wire::make_page_token(std::span<const std::int64_t>{}, filter + after.value);
}

}  // namespace

template <class Asked>
void registry_rpc<Asked>::ask() {
  forget_request();
  const auto& registrar = context_.actors.payments.registrar;
  if (!registrar) return refuse_now(error_of({registry_result::unavailable, {}, {}}, method_));
  if (!enter_queue(context_.registry, registry_max, "registry")) return;
  const std::shared_ptr<Asked> me = std::static_pointer_cast<registry_rpc>(shared_from_this());
  caf::anon_send(registrar, message_of(me));
}

// --- merchants

void create_merchant_call::begin() {
  v1::CreateMerchantRequest request;
  if (!parse(request)) return;
  auto wanted = wire::translate(request);
  if (const auto* error = std::get_if<wire::request_error>(&wanted)) return refuse_now(*error);
  asked = std::get<suanpan::merchant>(std::move(wanted));
  ask();
}

void create_merchant_call::tell() {
  v1::CreateMerchantResponse answer;
  wire::fill(made, *answer.mutable_merchant());
  answer.set_replayed(result == registry_result::replayed);
  if (!answer.replayed()) answer.set_webhook_secret(made.webhook_secret);
  if (answer.replayed()) grpc_.AddTrailingMetadata("idempotent-replayed", "true");
  respond_with(answer);
}

void get_merchant_call::begin() {
  v1::GetMerchantRequest request;
  if (parse(request) && take_merchant(request.merchant(), id)) ask();
}

void get_merchant_call::tell() {
  v1::GetMerchantResponse answer;
  wire::fill(found, *answer.mutable_merchant());
  for (const auto& key : keys) fill(key, *answer.add_keys());
  respond_with(answer);
}

// --- keys

void create_api_key_call::begin() {
  v1::CreateApiKeyRequest request;
  if (!parse(request) || !take_merchant(request.merchant(), merchant)) return;
  if (const auto fault = wire::fault_of_note(request.note())) return refuse_now(*fault);
  note = request.note();
  test = request.test();
  ask();
}

void create_api_key_call::tell() {
  v1::CreateApiKeyResponse answer;
  fill(made, *answer.mutable_key());
  answer.set_secret(key);
  respond_with(answer);
  wipe(key);
  wipe(*answer.mutable_secret());
}

void revoke_api_key_call::begin() {
  v1::RevokeApiKeyRequest request;
  if (!parse(request) || !take_merchant(request.merchant(), merchant)) return;
  if (const auto fault = wire::fault_of_key_id(request.key_id())) return refuse_now(*fault);
  key_id = request.key_id();
  ask();
}

void revoke_api_key_call::tell() {
  respond_with(v1::RevokeApiKeyResponse{});
}

// --- webhook

void set_webhook_call::begin() {
  v1::SetWebhookRequest request;
  if (!parse(request) || !take_merchant(request.merchant(), merchant)) return;
  if (const auto fault = wire::fault_of_webhook(request.url(), "url")) return refuse_now(*fault);
  url = request.url();
  rotates_secret = request.rotate_secret();
  ask();
}

void set_webhook_call::tell() {
  v1::SetWebhookResponse answer;
  answer.set_secret(secret);
  answer.set_former_signs_until_micros(former_signs_until_micros);
  respond_with(answer);
  wipe(secret);
  wipe(*answer.mutable_secret());
}

// --- cards

void bind_card_call::begin() {
  v1::BindCardRequest request;
  if (!parse(request)) return;
  auto wanted = wire::translate(request, own_merchant(*who_));
  wipe(*request.mutable_card_number());
  if (const auto* error = std::get_if<wire::request_error>(&wanted)) return refuse_now(*error);
  auto& binding = std::get<wire::asked_binding>(wanted);
  merchant = std::move(binding.merchant);
  request_id = std::move(binding.request_id);
  card_number = binding.card_number;
  wipe(binding.card_number);
  holder_name = std::move(binding.holder_name);
  holder = std::move(binding.holder);
  channel = std::move(binding.channel);
  mandate = binding.mandate;
  answer_by_micros = answer_by();
  ask();
}

void bind_card_call::tell() {
  v1::Card card;
  wire::fill(made, card);
  card.set_replayed(result == registry_result::replayed);
  if (card.replayed()) grpc_.AddTrailingMetadata("idempotent-replayed", "true");
  respond_with(card);
}

void unbind_card_call::begin() {
  v1::UnbindCardRequest request;
  if (!parse(request) || !take_merchant(request.merchant(), merchant)) return;
  auto which = wire::card_of(request.card());
  if (const auto* error = std::get_if<wire::request_error>(&which)) return refuse_now(*error);
  card = std::get<card_id>(std::move(which));
  answer_by_micros = answer_by();
  ask();
}

void unbind_card_call::tell() {
  v1::Card answer;
  wire::fill(unbound, answer);
  answer.set_replayed(result == registry_result::replayed);
  respond_with(answer);
}

void list_cards_call::begin() {
  v1::ListCardsRequest request;
  if (!parse(request) || !take_merchant(request.merchant(), merchant)) return;
  if (request.page_size() > page_size_max)
    return refuse_now(
        invalid("PAGE_SIZE_TOO_LARGE", "page_size", "A page holds at most 1,000 cards."));
  page_size_ = request.page_size() == 0 ? page_size_default : request.page_size();
  filter_ = "cards\n" + merchant.value + '\n';
  auto place = read_card_token(request.page_token(), filter_);
  if (!place) return refuse_now(page_token_invalid());
  after = std::move(*place);
  limit = page_size_ + 1;  // one more than shown: is there another page?
  ask();
}

void list_cards_call::tell() {
  v1::ListCardsResponse answer;
  const auto shown = std::min<std::size_t>(cards.size(), page_size_);
  for (std::size_t i = 0; i < shown; ++i) wire::fill(cards[i], *answer.add_cards());
  if (cards.size() > shown)
    answer.set_next_page_token(make_card_token(cards[shown - 1].id, filter_));
  respond_with(answer);
}

}  // namespace suanpan::endpoint
