// Payments in the words of the domain: kinds, stages, what an order asks for, what happened to it.
// Values only; what follows from them is decided in actors/payment (payment_rules).
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan {

inline constexpr std::size_t order_number_bytes_max = 64;
inline constexpr std::size_t merchant_id_bytes_max = 32;
inline constexpr std::int32_t fee_basis_points_max = 10'000;

/// 16 bytes, time-ordered (the first 48 bits are Unix milliseconds). For people: "pay_" and a ULID.
struct payment_id {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const payment_id&) const = default;

  template <class H>
  friend H AbslHashValue(H h, const payment_id& id) {
    return H::combine(std::move(h), transfer_id{id.bytes});
  }
};
[[nodiscard]] std::string to_string(const payment_id& id);
/// "pay_" and 26 characters of Crockford's base 32. Nothing else.
[[nodiscard]] std::optional<payment_id> parse_payment_id(std::string_view text);

/// [A-Za-z0-9_-], 1 … 32 bytes. Owns the accounts "merchant:<id>".
struct merchant_id {
  std::string value;
  auto operator<=>(const merchant_id&) const = default;
};
/// The merchant's number of an order: printable ASCII, 1 … 64 bytes. The idempotency key, for ever.
struct order_number {
  std::string value;
  auto operator<=>(const order_number&) const = default;
};
/// A card on file: "card_" and a ULID. We hold the bank's token and the last four digits only.
struct card_id {
  std::string value;
  auto operator<=>(const card_id&) const = default;
};
/// A configured channel: [a-z0-9_], 1 … 32 bytes.
struct channel_name {
  std::string value;
  auto operator<=>(const channel_name&) const = default;
};
/// Our number of one request at one channel, at most 40 characters; unique for ever.
struct channel_reference {
  std::string value;
  auto operator<=>(const channel_reference&) const = default;
};
template <class H>
H AbslHashValue(H h, const merchant_id& id) {
  return H::combine(std::move(h), id.value);
}
template <class H>
H AbslHashValue(H h, const order_number& n) {
  return H::combine(std::move(h), n.value);
}
template <class H>
H AbslHashValue(H h, const channel_name& n) {
  return H::combine(std::move(h), n.value);
}
template <class H>
H AbslHashValue(H h, const channel_reference& r) {
  return H::combine(std::move(h), r.value);
}

/// Stored as they are; the .proto repeats them.
enum class payment_kind : std::int16_t {
  top_up = 1,           // 充值: a card pays into a user's balance
  transfer = 2,         // 内转, balance payment: from one balance to another, inside the ledger
  quick_pay = 3,        // 快捷: a card on file pays a merchant
  online_bank_pay = 4,  // 网银: the payer confirms at the bank's page; ends by callback or query
  withholding = 5,      // 代扣: the merchant draws on a card with a mandate
  payout = 6,           // 代付: from the merchant's balance to a card
  withdrawal = 7,       // 提现: from a user's balance to a card
  refund = 8,  // 退款: of a paid order, in parts or whole; or of a surplus, by the system
};
inline constexpr std::array<payment_kind, 8> payment_kinds = {
    payment_kind::top_up,          payment_kind::transfer,    payment_kind::quick_pay,
    payment_kind::online_bank_pay, payment_kind::withholding, payment_kind::payout,
    payment_kind::withdrawal,      payment_kind::refund};
/// "quick_pay": in configuration, metrics and on the command line; the product of that name.
[[nodiscard]] std::string_view name_of(payment_kind kind);
[[nodiscard]] std::optional<payment_kind> parse_payment_kind(std::string_view name);

/// Money comes to us through a channel.
[[nodiscard]] constexpr bool collects(payment_kind k) noexcept {
  return k == payment_kind::top_up || k == payment_kind::quick_pay ||
         k == payment_kind::online_bank_pay || k == payment_kind::withholding;
}
/// Money leaves through a channel; funds are held before.
[[nodiscard]] constexpr bool pays_out(payment_kind k) noexcept {
  return k == payment_kind::payout || k == payment_kind::withdrawal || k == payment_kind::refund;
}

/// Of an order, as people see it. Terminal ones never change (R21).
enum class payment_stage : std::int16_t {
  created =
      1,  // accepted; nothing is at a channel: funds are being held, or another card is awaited
  processing = 2,  // an attempt is at a channel, or a transfer at the ledger
  unknown = 3,     // the channel did not say; asked again by schedule, never aged into failed
  manual = 4,      // a person must decide; there is a case. Evidence may still end it
  succeeded = 5,
  failed = 6,  // `failure` says why
  closed = 7,  // by the merchant or by expiry, nothing was paid
};
inline constexpr std::array<payment_stage, 7> payment_stages = {
    payment_stage::created, payment_stage::processing, payment_stage::unknown,
    payment_stage::manual,  payment_stage::succeeded,  payment_stage::failed,
    payment_stage::closed};
[[nodiscard]] std::string_view name_of(payment_stage stage);
[[nodiscard]] constexpr bool is_terminal(payment_stage s) noexcept {
  return s == payment_stage::succeeded || s == payment_stage::failed || s == payment_stage::closed;
}

/// What a merchant should do about a failure.
enum class retry_advice : std::int16_t {
  none = 0,
  retry_never = 1,
  retry_other_method = 2,  // another card
  retry_later = 3,         // under a new order number
  query_first = 4,
};
[[nodiscard]] std::string_view name_of(retry_advice advice);

/// Why an order, or an attempt of it, failed. `code` is ours ("card_declined"), lower snake case;
/// `channel_code` the bank's own word, at most 64 bytes.
struct payment_failure {
  std::string code;
  std::string channel_code;
  retry_advice advice = retry_advice::none;
  bool operator==(const payment_failure&) const = default;
};

/// What an order asks for, and the terms under which it was accepted. Immutable from its first
/// record on.
struct payment_order {
  payment_id id;
  merchant_id merchant;
  order_number number;
  payment_kind kind = payment_kind::quick_pay;
  minor_units amount;
  currency ccy;
  std::string
      payer;  // owner of the balance that pays (transfer, withdrawal), or whom it is for (top-up)
  std::string payee;        // owner of the balance that gets a transfer
  card_id card;             // of the first attempt; payouts and withdrawals: the card that is paid
  std::string description;  // for people, UTF-8, at most 256 bytes
  std::string return_url;   // online bank pay: where the payer's browser goes afterwards
  std::optional<payment_id> original;  // a refund: the order it refunds
  std::int16_t surplus_attempt = 0;  // a refund of a surplus: which attempt of the original; else 0
  std::int64_t created_micros = 0;   // Unix microseconds
  std::int64_t expires_micros = 0;   // an open order without a live attempt is closed then
  minor_units fee;                   // of the whole amount, half up
  bool returns_fee = false;          // a refund returns its share of the fee
  bool books_before_answer = false;  // synchronous booking
  std::int16_t attempts_max = 1;     // quick pay: cards that may be tried
  std::array<std::uint8_t, 32> content_hash{};  // SHA-256 of what the merchant asked for (R4)
  bool operator==(const payment_order&) const = default;
};

/// round_half_up(amount × basis points ÷ 10,000). Bounds: 0 … fee_basis_points_max.
[[nodiscard]] minor_units fee_of(minor_units amount, std::int32_t basis_points);

}  // namespace suanpan
