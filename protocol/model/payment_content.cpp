#include "protocol/model/payment_content.hpp"

#include "protocol/model/crockford.hpp"

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::size_t channel_name_bytes_max = 32;
constexpr std::string_view user_prefix = "user:";
constexpr std::string_view merchant_prefix = "merchant:";
constexpr std::string_view card_prefix = "card_";

bool is_lower_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_id_letter(char c) noexcept {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

bool is_printed(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

void append(std::string& form, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) form += static_cast<char>(number >> shift);
}

void append(std::string& form, std::string_view text) {
  append(form, static_cast<std::uint64_t>(text.size()));
  form += text;
}

}  // namespace

bool is_merchant_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= merchant_id_bytes_max &&
         std::ranges::all_of(text, is_id_letter);
}

bool is_order_number(std::string_view text) noexcept {
  return !text.empty() && text.size() <= order_number_bytes_max && is_printed(text);
}

bool is_card_id(std::string_view text) noexcept {
  if (!text.starts_with(card_prefix)) return false;
  const auto ulid = text.substr(card_prefix.size());
  return ulid.size() == ulid_length && ulid.front() <= '7' &&
         ulid.find_first_not_of(crockford_digits) == std::string_view::npos;
}

bool is_channel_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= channel_name_bytes_max &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '_'; });
}

bool is_user(std::string_view text) noexcept {
  return text.size() > user_prefix.size() && text.size() <= party_bytes_max &&
         text.starts_with(user_prefix) && is_printed(text);
}

bool is_party(std::string_view text) noexcept {
  if (!text.starts_with(merchant_prefix)) return is_user(text);
  return is_merchant_id(text.substr(merchant_prefix.size()));
}

std::string owner_of(const merchant_id& merchant) {
  return std::string(merchant_prefix) + merchant.value;
}

std::string content_form(const payment_order& asked) {
  std::string form;
  form.reserve(512);
  append(form, std::string_view("suanpan.v1.order"));
  append(form, asked.merchant.value);
  append(form, asked.number.value);
  append(form, static_cast<std::uint64_t>(asked.kind));
  append(form, static_cast<std::uint64_t>(asked.amount.value));
  append(form, static_cast<std::uint64_t>(asked.ccy.code));
  append(form, asked.card.value);
  append(form, static_cast<std::uint64_t>(asked.attempts_max));
  append(form, asked.payer);
  append(form, asked.payee);
  append(form, asked.original ? to_string(*asked.original) : std::string());
  append(form, static_cast<std::uint64_t>(asked.surplus_attempt));
  append(form, asked.return_url);
  append(form, asked.description);
  append(form, static_cast<std::uint64_t>(asked.expires_micros));
  return form;
}

std::string_view first_different_field(const payment_order& known,
                                       const payment_order& asked) noexcept {
  if (known.kind != asked.kind) return "kind";
  if (known.amount != asked.amount) return "amount";
  if (known.ccy != asked.ccy) return "currency";
  if (known.kind != payment_kind::refund) {  // a refund takes them over from its original
    if (known.card != asked.card) return "card";
    if (known.attempts_max != asked.attempts_max) return "cards_max";
    if (known.payer != asked.payer) return "payer";
    if (known.payee != asked.payee) return "payee";
  }
  if (known.original != asked.original) return "payment_id";
  if (known.return_url != asked.return_url) return "return_url";
  if (known.description != asked.description) return "description";
  if (known.content_hash != asked.content_hash) return "expires_at_micros";
  return {};
}

}  // namespace suanpan
