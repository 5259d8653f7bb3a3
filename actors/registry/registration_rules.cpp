#include "actors/registry/registration_rules.hpp"

#include "protocol/model/account.hpp"

#include <algorithm>
#include <set>

namespace suanpan {
namespace {

constexpr std::size_t card_digits_least = 12;
constexpr std::size_t card_digits_most = 19;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
/// Printable ASCII, no space.
bool is_visible(char c) noexcept {
  return c > ' ' && c <= '~';
}
bool has_control(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  });
}

std::vector<product_terms> by_kind(std::vector<product_terms> products) {
  std::ranges::sort(products, {}, &product_terms::product);
  return products;
}

bool are_terms(const std::vector<product_terms>& products) {
  std::set<payment_kind> seen;
  return std::ranges::all_of(products, [&seen](const product_terms& terms) {
    return std::ranges::find(payment_kinds, terms.product) != payment_kinds.end() &&
           terms.fee_basis_points >= 0 && terms.fee_basis_points <= fee_basis_points_max &&
           seen.insert(terms.product).second;
  });
}

}  // namespace

bool is_card_number(std::string_view text) noexcept {
  if (text.size() < card_digits_least || text.size() > card_digits_most) return false;
  if (!std::ranges::all_of(text, is_digit)) return false;
  int sum = 0;
  bool doubled = false;
  for (auto c = text.rbegin(); c != text.rend(); ++c, doubled = !doubled) {
    const int digit = (*c - '0') * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 == 0;
}

bool is_webhook_url(std::string_view url, bool plain_http) noexcept {
  if (url.size() > webhook_url_bytes_max || !std::ranges::all_of(url, is_visible)) return false;
  constexpr std::string_view tls = "https://";
  constexpr std::string_view plain = "http://";
  if (url.starts_with(tls))
    url.remove_prefix(tls.size());
  else if (plain_http && url.starts_with(plain))
    url.remove_prefix(plain.size());
  else
    return false;
  const auto host = url.substr(0, url.find_first_of("/?#"));
  return !host.empty() && host.front() != ':' &&
         host.find_first_of("@\\\"<>^`{|}") == std::string_view::npos;
}

std::string fault_of(const merchant& asked, bool plain_http) {
  if (!is_merchant_id(asked.id.value)) return "id";
  if (asked.name.empty() || asked.name.size() > merchant_name_bytes_max || has_control(asked.name))
    return "name";
  if (!are_terms(asked.products)) return "products";
  if (!asked.webhook_url.empty() && !is_webhook_url(asked.webhook_url, plain_http))
    return "webhook_url";
  return {};
}

std::string differing_field(const merchant& registered, const merchant& asked) {
  if (registered.name != asked.name) return "name";
  if (by_kind(registered.products) != by_kind(asked.products)) return "products";
  return {};
}

std::string fault_of(const card_wish& asked) {
  const auto id = asked.request_id;
  if (id.empty() || id.size() > request_id_bytes_max || !std::ranges::all_of(id, is_visible))
    return "request_id";
  if (!is_card_number(asked.card_number)) return "card_number";
  if (asked.holder.size() > owner_bytes_max || has_control(asked.holder)) return "holder";
  if (asked.holder_name.size() > holder_name_bytes_max || has_control(asked.holder_name))
    return "holder_name";
  return {};
}

std::string differing_field(const bound_card& bound, const card_wish& asked) {
  if (!asked.channel.empty() && asked.channel != bound.channel.value) return "channel";
  if (asked.holder != bound.holder) return "holder";
  if (!asked.card_number.ends_with(bound.last_four)) return "card_number";
  if (asked.mandate != bound.mandate) return "mandate";
  return {};
}

}  // namespace suanpan
