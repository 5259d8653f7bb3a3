// The answer to one item, complete and in order of precedence: a smaller number is judged first, so
// an item that is wrong in several ways is always told the first. The .proto repeats this enum; a
// test compares them. Gaps leave room for kinds of transfer to come.
#pragma once

#include <cstdint>
#include <string_view>

namespace suanpan {

enum class item_result : std::int16_t {
  // Not judged yet; never leaves the node.
  none = 0,

  // Done.
  posted = 1,  // booked now, durable
  exists = 2,  // booked earlier under this id with equal content; the recorded answer again
  held = 3,    // a hold, made now, durable; no money moved
  voided = 4,  // a hold, ended now without a posting, durable

  // Malformed: judged from the item alone, not recorded (R5).
  id_must_not_be_zero = 10,
  id_must_be_16_bytes = 11,
  amount_must_be_positive = 12,
  currency_unknown = 13,
  debit_account_invalid = 14,  // zero, negative, or its shard is none of this ledger's
  credit_account_invalid = 15,
  accounts_must_differ = 16,
  event_code_out_of_range = 17,
  kind_unknown = 18,
  reference_too_long = 19,
  reference_invalid = 20,  // not UTF-8, or contains NUL
  memo_too_long = 21,
  memo_invalid = 22,
  pending_id_invalid =
      23,  // a capture or void names no hold by 16 bytes, or another kind names one
  reverses_id_invalid = 24,  // a reversal names no transfer by 16 bytes, or another kind names one
  expires_at_invalid = 25,   // negative, or of another kind than a hold
  metadata_too_long = 26,
  metadata_invalid = 27,  // no JSON object
  linked_balancing = 32,  // a balancing transfer stands alone
  linked_too_long = 33,   // its voucher has more items than `voucher_items_max`
  linked_open = 34,       // the last item of a request can't be linked to a next one
  linked_repeats_id = 35,
  linked_invalid = 36,  // another item of its voucher is malformed, or its id is expired or ahead

  // Known id (R4): judged before anything that depends on state. Not recorded.
  exists_with_different_debit_account = 40,
  exists_with_different_credit_account = 41,
  exists_with_different_amount = 42,
  exists_with_different_currency = 43,
  exists_with_different_event_code = 44,
  exists_with_different_kind = 45,
  exists_with_different_reference = 46,
  exists_with_different_memo = 47,
  exists_with_different_linked = 48,
  exists_with_different_pending_id = 49,
  exists_with_different_reverses_id = 50,
  exists_with_different_expires_at = 51,
  exists_with_different_metadata = 52,
  linked_exists = 58,  // ids of its voucher are known, and not all of them with equal content (R2)
  exists_with_different_content = 59,  // the id was refused under other content (R5)

  // Id outside its window and absent from the index (R6). Not recorded.
  id_expired = 60,
  id_in_future = 61,

  // Depend on accounts, balances and what is booked: outcomes, recorded under the id (R5).
  original_not_found = 70,        // no posting is booked under the id that it reverses
  original_not_reversible = 71,   // that moved no money, or is a reversal itself
  reversal_accounts_differ = 72,  // a reversal names the original's accounts, swapped
  exceeds_original = 73,  // with what was reversed before it would be more than the original
  debit_account_not_found = 80,
  credit_account_not_found = 81,
  debit_account_currency_differs = 82,
  credit_account_currency_differs = 83,
  debit_account_closed = 84,
  credit_account_closed = 85,
  debit_account_frozen = 86,
  credit_account_frozen = 87,
  hold_accounts_differ = 90,  // it names other accounts than the hold has
  hold_not_open = 91,         // never made, or captured, voided or expired by now
  hold_expired = 92,          // its time had come when this was decided (R23)
  exceeds_hold = 93,          // a capture of more than is held
  hold_amount_differs = 94,   // a void names another amount than is held
  debit_total_overflow = 98,  // a running total would leave numeric(39); not reached in practice
  credit_total_overflow = 99,
  debit_insufficient_funds = 100,   // the debit would take a no_overdraft account below zero
  credit_insufficient_funds = 101,  // likewise: a credit lowers an asset or expense account
  debit_exceeds_maximum =
      102,  // the debit would take an asset or expense account above its maximum
  credit_exceeds_maximum = 103,  // likewise: a credit raises the others

  linked_failed = 190,  // another item of its voucher was refused, so nothing of it was booked

  // Nothing was booked; try again with the same id.
  unavailable = 200,
  // May have been booked; ask with GetTransfer or send the same id again.
  unknown = 201,
  // The database refused this row alone (R12); an operator was alerted; nothing was booked.
  internal = 202,
};

/// Refusals that are recorded under the id and replayed as the same answer (R5).
[[nodiscard]] constexpr bool is_recorded_refusal(item_result r) noexcept {
  return r >= item_result::original_not_found && r < item_result::unavailable;
}
/// Whether the item came about: it was posted, or its hold was made or ended.
[[nodiscard]] constexpr bool is_booked(item_result r) noexcept {
  return r == item_result::posted || r == item_result::held || r == item_result::voided;
}
/// Whether the item has a row under its id: it was booked, or its refusal is an outcome (R5).
[[nodiscard]] constexpr bool is_recorded(item_result r) noexcept {
  return is_booked(r) || is_recorded_refusal(r);
}
[[nodiscard]] constexpr bool is_done(item_result r) noexcept {
  return is_booked(r) || r == item_result::exists;
}

/// "debit_insufficient_funds": the name as the .proto and the command line print it.
[[nodiscard]] std::string_view name_of(item_result r);
/// One sentence for a person.
[[nodiscard]] std::string_view sentence_of(item_result r);

}  // namespace suanpan
