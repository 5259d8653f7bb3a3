// The content of an order: what names may be, in which form content is hashed, and in which field
// two orders under one number differ (R4). What the system sets (id, fee, terms, times) is none.
#pragma once

#include "protocol/model/payment.hpp"

#include <string>
#include <string_view>

namespace suanpan {

inline constexpr std::size_t party_bytes_max = 64;
inline constexpr std::size_t description_bytes_max = 256;
inline constexpr std::size_t return_url_bytes_max = 512;

/// [A-Za-z0-9_-], 1 … 32 bytes.
[[nodiscard]] bool is_merchant_id(std::string_view text) noexcept;
/// Printable ASCII without blanks, 1 … 64 bytes. Of BindCard's request_id, too.
[[nodiscard]] bool is_order_number(std::string_view text) noexcept;
/// "card_" and a ULID as we write it: upper case.
[[nodiscard]] bool is_card_id(std::string_view text) noexcept;
/// [a-z0-9_], 1 … 32 bytes.
[[nodiscard]] bool is_channel_name(std::string_view text) noexcept;
/// "user:" and a name, or "merchant:" and a merchant's id; at most 64 bytes of printable ASCII
/// without blanks.
[[nodiscard]] bool is_party(std::string_view text) noexcept;
[[nodiscard]] bool is_user(std::string_view text) noexcept;
/// "merchant:M001".
[[nodiscard]] std::string owner_of(const merchant_id& merchant);

/// What the merchant asked, each field behind its length: two orders have the same form if they
/// have the same content. `expires_micros` is content as it was asked: 0 where it was left to us.
/// Hash it before the system fills it in.
[[nodiscard]] std::string content_form(const payment_order& asked);

/// The first field, as the .proto calls it ("amount"), in which `asked` differs from what is known
/// under its number; empty if there is none. `asked` is as it was asked, `known` is the accepted
/// order, which the system completed: a refund's parties are its original's and no content, an
/// expiry may be ours, so it is what differs where both hashes do and nothing else does.
[[nodiscard]] std::string_view first_different_field(const payment_order& known,
                                                     const payment_order& asked) noexcept;

}  // namespace suanpan
