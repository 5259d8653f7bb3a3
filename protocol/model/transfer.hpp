// The atom of the ledger: one amount from one account to another, under the caller's id.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"
#include "protocol/model/result.hpp"

#include <cstdint>
#include <string_view>

namespace suanpan {

inline constexpr std::size_t reference_bytes_max = 128;
inline constexpr std::size_t memo_bytes_max = 256;
inline constexpr std::int32_t event_code_max = 65'535;

enum class transfer_kind : std::int16_t {
  post = 1,  // moves money at once; the ledger's only kind so far
};

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
  std::string_view reference;  // the caller's order number or the like; UTF-8, at most 128 bytes
  std::string_view memo;       // for people; UTF-8, at most 256 bytes
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
  return item_result::exists;
}

}  // namespace suanpan
