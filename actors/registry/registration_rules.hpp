// What may be registered. Pure: no actor, no I/O, no clock.
#pragma once

#include "protocol/model/merchant.hpp"
#include "protocol/model/payment_content.hpp"

#include <string>
#include <string_view>

namespace suanpan {

inline constexpr std::size_t merchant_name_bytes_max = 128;
inline constexpr std::size_t webhook_url_bytes_max = 2'048;
inline constexpr std::size_t request_id_bytes_max = 64;
inline constexpr std::size_t key_note_bytes_max = 128;
inline constexpr std::size_t holder_name_bytes_max = 128;

/// 12 … 19 digits of which the last one is the check digit of the others (ISO/IEC 7812: Luhn).
[[nodiscard]] bool is_card_number(std::string_view text) noexcept;
/// "https://host…", or with `plain_http` "http://host…" as well: printable ASCII without spaces,
/// no user in it, at most webhook_url_bytes_max.
[[nodiscard]] bool is_webhook_url(std::string_view url, bool plain_http) noexcept;

/// The field that makes it no merchant: "id", "name", "products", "webhook_url". Empty: it is one.
[[nodiscard]] std::string fault_of(const merchant& asked, bool plain_http);
/// The first of "name", "products" in which a merchant differs from what was registered under its
/// id; empty: in none. The webhook may have been set anew since and does not count.
[[nodiscard]] std::string differing_field(const merchant& registered, const merchant& asked);

/// What BindCard asks for; borrowed.
struct card_wish {
  std::string_view request_id;
  std::string_view channel;  // empty: any
  std::string_view holder;
  std::string_view holder_name;
  std::string_view card_number;
  bool mandate = false;
};
/// "request_id", "card_number", "holder", "holder_name". Empty: it may be asked for.
[[nodiscard]] std::string fault_of(const card_wish& asked);
/// The first of "channel", "holder", "card_number", "mandate" in which a request differs from what
/// is bound under its request_id. Of a card's number only the last four digits are known.
[[nodiscard]] std::string differing_field(const bound_card& bound, const card_wish& asked);

}  // namespace suanpan
