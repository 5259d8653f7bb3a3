// What each answer is called and what it says to a person. One table, in the order of the enum; the
// tests walk it against the .proto.
#include "protocol/model/result.hpp"

#include <algorithm>
#include <array>

namespace suanpan {
namespace {

struct wording {
  item_result result;
  std::string_view name;
  std::string_view sentence;
};

using enum item_result;

constexpr std::array wordings = std::to_array<wording>({
    {none, "none", "The item has not been judged yet."},
    {posted, "posted", "Booked now, durable."},
    {exists, "exists", "Booked earlier under this id with equal content."},
    {held, "held", "The amount is held, durable; no money moved yet."},
    {voided, "voided", "The hold is ended, durable; what it held is free."},

    {id_must_not_be_zero, "id_must_not_be_zero", "The id is all zero."},
    {id_must_be_16_bytes, "id_must_be_16_bytes", "The id is not 16 bytes long."},
    {amount_must_be_positive, "amount_must_be_positive", "The amount is zero or negative."},
    {currency_unknown, "currency_unknown", "The currency is not in ISO 4217."},
    {debit_account_invalid, "debit_account_invalid",
     "The debit account's number can't be an account of this ledger."},
    {credit_account_invalid, "credit_account_invalid",
     "The credit account's number can't be an account of this ledger."},
    {accounts_must_differ, "accounts_must_differ", "Debit and credit account are the same."},
    {event_code_out_of_range, "event_code_out_of_range", "The event code is above 65,535."},
    {kind_unknown, "kind_unknown", "The kind is none that this ledger knows."},
    {reference_too_long, "reference_too_long", "The reference is longer than 128 bytes."},
    {reference_invalid, "reference_invalid", "The reference is not UTF-8, or contains NUL."},
    {memo_too_long, "memo_too_long", "The memo is longer than 256 bytes."},
    {memo_invalid, "memo_invalid", "The memo is not UTF-8, or contains NUL."},
    {pending_id_invalid, "pending_id_invalid",
     "A capture or void must name its hold by 16 bytes; other kinds name none."},
    {reverses_id_invalid, "reverses_id_invalid",
     "A reversal names what it reverses by 16 bytes; no other kind names anything so."},
    {expires_at_invalid, "expires_at_invalid",
     "The expiry is negative, or given for another kind than a hold."},
    {metadata_too_long, "metadata_too_long", "The metadata is longer than 1,024 bytes."},
    {metadata_invalid, "metadata_invalid", "The metadata is no JSON object."},
    {linked_balancing, "linked_balancing",
     "A balancing transfer stands alone; this one is of a voucher."},
    {linked_too_long, "linked_too_long", "Its voucher has more than 128 items."},
    {linked_open, "linked_open", "It is linked to a next item, and is the last of its request."},
    {linked_repeats_id, "linked_repeats_id", "An earlier item of its voucher has the same id."},
    {linked_invalid, "linked_invalid",
     "Another item of its voucher is malformed, or its id is expired or in the future."},

    {exists_with_different_debit_account, "exists_with_different_debit_account",
     "The id is known with another debit account."},
    {exists_with_different_credit_account, "exists_with_different_credit_account",
     "The id is known with another credit account."},
    {exists_with_different_amount, "exists_with_different_amount",
     "The id is known with another amount."},
    {exists_with_different_currency, "exists_with_different_currency",
     "The id is known with another currency."},
    {exists_with_different_event_code, "exists_with_different_event_code",
     "The id is known with another event code."},
    {exists_with_different_kind, "exists_with_different_kind",
     "The id is known with another kind."},
    {exists_with_different_reference, "exists_with_different_reference",
     "The id is known with another reference."},
    {exists_with_different_memo, "exists_with_different_memo",
     "The id is known with another memo."},
    {exists_with_different_linked, "exists_with_different_linked",
     "The id is known, and linked otherwise."},
    {exists_with_different_pending_id, "exists_with_different_pending_id",
     "The id is known for another hold."},
    {exists_with_different_reverses_id, "exists_with_different_reverses_id",
     "The id is known for another original."},
    {exists_with_different_expires_at, "exists_with_different_expires_at",
     "The id is known with another expiry."},
    {exists_with_different_metadata, "exists_with_different_metadata",
     "The id is known with other metadata."},
    {linked_exists, "linked_exists",
     "Some ids of its voucher are known, but not all of them with equal content."},
    {exists_with_different_content, "exists_with_different_content",
     "The id was refused earlier, under other content."},

    {id_expired, "id_expired",
     "The id's time lies before the window in which ids are taken, and the id is not known."},
    {id_in_future, "id_in_future",
     "The id's time lies further ahead of the ledger's than is allowed."},

    {original_not_found, "original_not_found",
     "No posting is booked under the id that it reverses."},
    {original_not_reversible, "original_not_reversible",
     "What it reverses moved no money, or is a reversal itself."},
    {reversal_accounts_differ, "reversal_accounts_differ",
     "A reversal names the original's accounts, swapped; these differ."},
    {exceeds_original, "exceeds_original",
     "With what was reversed before it would be more than the original's amount."},

    {debit_account_not_found, "debit_account_not_found", "The debit account does not exist."},
    {credit_account_not_found, "credit_account_not_found", "The credit account does not exist."},
    {debit_account_currency_differs, "debit_account_currency_differs",
     "The debit account is kept in another currency."},
    {credit_account_currency_differs, "credit_account_currency_differs",
     "The credit account is kept in another currency."},
    {debit_account_closed, "debit_account_closed", "The debit account is closed."},
    {credit_account_closed, "credit_account_closed", "The credit account is closed."},
    {debit_account_frozen, "debit_account_frozen", "The debit account accepts no debits."},
    {credit_account_frozen, "credit_account_frozen", "The credit account accepts no credits."},
    {hold_accounts_differ, "hold_accounts_differ",
     "The hold is between other accounts than the item names."},
    {hold_not_open, "hold_not_open",
     "The accounts have no open hold of that id: never made, captured, voided or expired."},
    {hold_expired, "hold_expired", "The hold's expiry had passed."},
    {exceeds_hold, "exceeds_hold", "The amount is above what is held."},
    {hold_amount_differs, "hold_amount_differs",
     "A void repeats the amount that is held; this one differs."},
    {debit_total_overflow, "debit_total_overflow",
     "A running total of the debit account would exceed 39 digits."},
    {credit_total_overflow, "credit_total_overflow",
     "A running total of the credit account would exceed 39 digits."},
    {debit_insufficient_funds, "debit_insufficient_funds",
     "The debit would take an account that allows no overdraft below its limit."},
    {credit_insufficient_funds, "credit_insufficient_funds",
     "The credit would take an account that allows no overdraft below its limit."},
    {debit_exceeds_maximum, "debit_exceeds_maximum",
     "The debit would take the account above its maximum balance."},
    {credit_exceeds_maximum, "credit_exceeds_maximum",
     "The credit would take the account above its maximum balance."},
    {linked_failed, "linked_failed",
     "Another item of its voucher was refused, so nothing of it was booked."},

    {unavailable, "unavailable", "Nothing was booked; send the same id again, after a pause."},
    {unknown, "unknown",
     "It may have been booked; ask for the id, or send the same id again: never booked twice."},
    {internal, "internal",
     "The database refused this item alone; nothing was booked, an operator was alerted."},
});
static_assert(std::ranges::is_sorted(wordings, {}, &wording::result));

const wording* find(item_result r) {
  const auto at = std::ranges::lower_bound(wordings, r, {}, &wording::result);
  return at != wordings.end() && at->result == r ? &*at : nullptr;
}

}  // namespace

std::string_view name_of(item_result r) {
  const auto* found = find(r);
  return found == nullptr ? "result_not_known" : found->name;
}

std::string_view sentence_of(item_result r) {
  const auto* found = find(r);
  return found == nullptr ? "An answer that this version does not know." : found->sentence;
}

}  // namespace suanpan
