#include "protocol/wire/merchants.hpp"

#include "protocol/model/payment_content.hpp"
#include "protocol/wire/text.hpp"
#include "suanpan/v1/merchants.pb.h"

#include <algorithm>
#include <utility>

namespace suanpan::wire {
namespace {

using fault = std::optional<request_error>;

constexpr std::size_t card_digits_least = 12;
constexpr std::size_t card_digits_most = 19;
constexpr std::size_t key_id_length = 18;

request_error products_invalid(std::string message) {
  return field_error("PRODUCTS_INVALID", "products", std::move(message));
}

fault read_products(const v1::CreateMerchantRequest& in, merchant& out) {
  for (const auto& terms : in.products()) {
    const auto kind = static_cast<payment_kind>(terms.product());
    if (std::ranges::find(payment_kinds, kind) == payment_kinds.end())
      return products_invalid("A product is none that this system knows.");
    if (kind == payment_kind::refund)
      return products_invalid("Refunds follow the terms of what they refund.");
    if (out.terms_of(kind) != nullptr)
      return products_invalid("Each product has its terms once: " + std::string(name_of(kind)));
    if (terms.fee_basis_points() > static_cast<std::uint32_t>(fee_basis_points_max))
      return products_invalid("A fee is at most 10,000 basis points.");
    out.products.push_back({kind, static_cast<std::int32_t>(terms.fee_basis_points()),
                            terms.returns_fee(), terms.books_before_answer()});
  }
  std::ranges::sort(out.products, {}, &product_terms::product);
  return std::nullopt;
}

bool is_card_number(std::string_view text) noexcept {
  return text.size() >= card_digits_least && text.size() <= card_digits_most &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

judged<merchant> translate(const v1::CreateMerchantRequest& in) {
  merchant out;
  if (!is_merchant_id(in.id()))
    return field_error("MERCHANT_INVALID", "id", "A merchant is [A-Za-z0-9_-], at most 32 bytes.");
  out.id = {in.id()};
  if (in.name().empty() || in.name().size() > name_bytes_max || !is_text(in.name()))
    return field_error("NAME_INVALID", "name", "A name is UTF-8 without NUL, 1 to 128 bytes.");
  out.name = in.name();
  if (auto error = read_products(in, out)) return std::move(*error);
  if (auto error = fault_of_webhook(in.webhook_url(), "webhook_url")) return std::move(*error);
  out.webhook_url = in.webhook_url();
  return out;
}

std::optional<request_error> fault_of_webhook(const std::string& url, const char* field) {
  if (url.empty()) return std::nullopt;
  const bool scheme = url.starts_with("https://") || url.starts_with("http://");
  const auto host = scheme ? url.find("//") + 2 : url.size();
  const bool printed = std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; });
  if (host < url.size() && url[host] != '/' && printed && url.size() <= webhook_bytes_max)
    return std::nullopt;
  return field_error("WEBHOOK_INVALID", field,
                     "A webhook begins with https:// and has at most 512 bytes.");
}

std::optional<request_error> fault_of_note(const std::string& note) {
  if (note.size() <= name_bytes_max && is_text(note)) return std::nullopt;
  return field_error("NOTE_INVALID", "note", "A note is UTF-8 without NUL, at most 128 bytes.");
}

std::optional<request_error> fault_of_key_id(const std::string& key_id) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (key_id.size() == key_id_length && key_id.starts_with("k_") &&
      std::ranges::all_of(key_id.substr(2), is_hex))
    return std::nullopt;
  return field_error("KEY_ID_INVALID", "key_id", "A key's id is k_ and 16 hex digits.");
}

judged<asked_binding> translate(const v1::BindCardRequest& in,
                                const std::optional<merchant_id>& own) {
  asked_binding out;
  auto whose = merchant_of(own, in.merchant());
  if (auto* error = std::get_if<request_error>(&whose)) return std::move(*error);
  out.merchant = std::get<merchant_id>(std::move(whose));
  if (!is_order_number(in.request_id()))
    return field_error("REQUEST_ID_INVALID", "request_id",
                       "A request's id is printable ASCII without blanks, 1 to 64 bytes.");
  if (!is_card_number(in.card_number()))
    return field_error("CARD_NUMBER_INVALID", "card_number", "A card number has 12 to 19 digits.");
  if (in.holder_name().size() > name_bytes_max || !is_text(in.holder_name()))
    return field_error("HOLDER_NAME_INVALID", "holder_name",
                       "A name is UTF-8 without NUL, at most 128 bytes.");
  if (!in.holder().empty() && !is_user(in.holder()))
    return field_error("HOLDER_INVALID", "holder", "The holder is a user: \"user:42\".");
  if (!in.channel().empty() && !is_channel_name(in.channel()))
    return field_error("CHANNEL_INVALID", "channel", "A channel is [a-z0-9_], at most 32 bytes.");
  out.request_id = in.request_id();
  out.card_number = in.card_number();
  out.holder_name = in.holder_name();
  out.holder = in.holder();
  out.channel = {in.channel()};
  out.mandate = in.mandate();
  return out;
}

void fill(const merchant& from, v1::Merchant& to) {
  to.set_id(from.id.value);
  to.set_name(from.name);
  for (const auto& terms : from.products) {
    auto& told = *to.add_products();
    told.set_product(static_cast<v1::PaymentKind>(terms.product));
    told.set_fee_basis_points(static_cast<std::uint32_t>(terms.fee_basis_points));
    told.set_returns_fee(terms.returns_fee);
    told.set_books_before_answer(terms.books_before_answer);
  }
  to.set_webhook_url(from.webhook_url);
  to.set_webhook_disabled_at_micros(from.webhook_disabled_micros);
  to.set_closed(from.closed);
  to.set_created_at_micros(from.created_micros);
}

void fill(const bound_card& from, v1::Card& to) {
  to.set_id(from.id.value);
  to.set_merchant(from.owner.value);
  to.set_holder(from.holder);
  to.set_channel(from.channel.value);
  to.set_last_four(from.last_four);
  to.set_mandate(from.mandate);
  to.set_active(from.active);
  to.set_bound_at_micros(from.bound_micros);
}

}  // namespace suanpan::wire
