// The atom of the ledger: one amount from one account to another, under the caller's id.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"
#include "protocol/model/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace suanpan {

inline constexpr std::size_t reference_bytes_max = 128;
inline constexpr std::size_t memo_bytes_max = 256;
inline constexpr std::size_t metadata_bytes_max = 1'024;  // also of an account
inline constexpr std::int32_t event_code_max = 65'535;
inline constexpr std::size_t voucher_items_max = 128;

enum class transfer_kind : std::int16_t {
  post = 1,     // moves the amount at once
  hold = 2,     // reserves the amount on both accounts, until it is captured, voided or expires
  capture = 3,  // ends the hold `related`: moves the amount, which may be less, and frees the rest
  void_hold = 4,         // ends the hold `related`: frees its amount
  balancing_debit = 5,   // moves the amount, or what the debit account has if that is less
  balancing_credit = 6,  // moves the amount, or what the credit account takes if that is less
  reverse = 7,           // moves back what the posting `related` moved, or part of it
};

/// Ends a hold: names it in `related` and repeats its accounts.
[[nodiscard]] constexpr bool ends_hold(transfer_kind k) noexcept {
  return k == transfer_kind::capture || k == transfer_kind::void_hold;
}
/// Makes a hold or ends one.
[[nodiscard]] constexpr bool is_about_hold(transfer_kind k) noexcept {
  return k == transfer_kind::hold || ends_hold(k);
}
/// Moves what there is, up to its amount.
[[nodiscard]] constexpr bool is_balancing(transfer_kind k) noexcept {
  return k == transfer_kind::balancing_debit || k == transfer_kind::balancing_credit;
}
/// Names another transfer in `related`.
[[nodiscard]] constexpr bool names_another(transfer_kind k) noexcept {
  return ends_hold(k) || k == transfer_kind::reverse;
}
/// Changes balances when it is booked.
[[nodiscard]] constexpr bool moves_money(transfer_kind k) noexcept {
  return k != transfer_kind::hold && k != transfer_kind::void_hold;
}
/// What an item of the kind is answered when it was booked.
[[nodiscard]] constexpr item_result booked_as(transfer_kind k) noexcept {
  if (k == transfer_kind::hold) return item_result::held;
  return k == transfer_kind::void_hold ? item_result::voided : item_result::posted;
}

/// What a caller asks for. The strings point into memory that the request which carries the
/// transfer keeps alive; whoever outlives the request copies them.
struct transfer {
  transfer_id id;
  account_number debit;
  account_number credit;
  minor_units amount;
  std::int32_t event_code =
      0;  // 0 … 65,535: the caller's business event, e.g. 1001 = quick pay captured
  currency ccy;
  transfer_kind kind = transfer_kind::post;
  bool linked = false;         // one voucher with the next item of the request: all or nothing (R2)
  transfer_id related;         // the hold that is captured or voided, or the posting that is
                               // reversed; else zero
  std::string_view reference;  // the caller's order number or the like; UTF-8, at most 128 bytes
  std::string_view memo;       // for people; UTF-8, at most 256 bytes
  std::int64_t expires_at = 0;  // of a hold: Unix microseconds; 0 = never
  std::string_view metadata;    // the caller's JSON object, at most 1,024 bytes; empty = none
};

/// The first field in which two transfers of one id differ, as the answer names it;
/// `exists` if none does.
[[nodiscard]] constexpr item_result compare_content(const transfer& known,
                                                    const transfer& asked) noexcept {
  if (known.debit != asked.debit) return item_result::exists_with_different_debit_account;
  if (known.credit != asked.credit) return item_result::exists_with_different_credit_account;
  if (known.amount != asked.amount) return item_result::exists_with_different_amount;
  if (known.ccy != asked.ccy) return item_result::exists_with_different_currency;
  if (known.event_code != asked.event_code) return item_result::exists_with_different_event_code;
  if (known.kind != asked.kind) return item_result::exists_with_different_kind;
  if (known.reference != asked.reference) return item_result::exists_with_different_reference;
  if (known.memo != asked.memo) return item_result::exists_with_different_memo;
  if (known.linked != asked.linked) return item_result::exists_with_different_linked;
  if (known.related != asked.related)
    return ends_hold(known.kind) ? item_result::exists_with_different_pending_id
                                 : item_result::exists_with_different_reverses_id;
  if (known.expires_at != asked.expires_at) return item_result::exists_with_different_expires_at;
  if (known.metadata != asked.metadata) return item_result::exists_with_different_metadata;
  return item_result::exists;
}

/// How many items from `first` on are one unit: itself and all that it is linked to, at most to the
/// last. Precondition: `first` begins a unit.
[[nodiscard]] constexpr std::size_t unit_size(std::span<const transfer> items,
                                              std::size_t first) noexcept {
  std::size_t last = first;
  while (items[last].linked && last + 1 < items.size()) ++last;
  return last - first + 1;
}

}  // namespace suanpan
