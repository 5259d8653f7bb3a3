#include "protocol/wire/answers.hpp"

#include "protocol/model/accounting_day.hpp"
#include "suanpan/v1/ledger.pb.h"

namespace suanpan::wire {

std::string to_string(accounting_date date) {
  return date.days == 0 ? std::string{} : date_text(date);
}

void fill(const account_totals& from, normal_side side, v1::Totals& to) {
  to.set_debits_posted(suanpan::to_string(from.debits_posted));
  to.set_credits_posted(suanpan::to_string(from.credits_posted));
  to.set_balance(suanpan::to_string(balance_of(from, side)));
}

void fill(const account_row& from, v1::Account& to) {
  to.set_number(from.number.value);
  to.set_owner(from.key.owner);
  to.set_subject(from.key.subject);
  to.set_currency(std::string(letters(from.key.ccy)));
  to.set_label(from.key.label);
  to.set_flags(static_cast<std::uint32_t>(from.flags));
  to.set_shard(from.number.shard().value);
  fill(from.totals, from.side, *to.mutable_totals());
  to.set_exponent(exponent(from.key.ccy));
  to.set_opened_at_micros(from.opened.micros);
  to.set_as_of_ticket(from.covers.micros);
  to.set_debits_held(suanpan::to_string(from.held.debits));
  to.set_credits_held(suanpan::to_string(from.held.credits));
  to.set_available(suanpan::to_string(available_of(from)));
  to.set_credit_limit(from.limits.credit_limit);
  if (from.limits.maximum_balance) to.set_maximum_balance(*from.limits.maximum_balance);
  to.set_metadata(from.metadata);
}

void fill(const transfer& from, v1::Transfer& to) {
  to.set_id(from.id.bytes.data(), from.id.bytes.size());
  to.set_debit_account(from.debit.value);
  to.set_credit_account(from.credit.value);
  to.set_amount(from.amount.value);
  to.set_currency(std::string(letters(from.ccy)));
  to.set_event_code(static_cast<std::uint32_t>(from.event_code));
  to.set_kind(static_cast<v1::TransferKind>(from.kind));
  to.set_reference(std::string(from.reference));
  to.set_memo(std::string(from.memo));
  to.set_linked(from.linked);
  if (ends_hold(from.kind)) to.set_pending_id(from.related.bytes.data(), from.related.bytes.size());
  if (from.kind == transfer_kind::reverse)
    to.set_reverses_id(from.related.bytes.data(), from.related.bytes.size());
  to.set_expires_at(from.expires_at);
  to.set_metadata(std::string(from.metadata));
}

void fill(const stored_transfer& from, v1::Transfer& to) {
  fill(from.what, to);
  to.set_accounting_date(to_string(from.date));
  to.set_moved_amount(from.moved.value);
  if (from.voucher != transfer_id{})
    to.set_voucher_id(from.voucher.bytes.data(), from.voucher.bytes.size());
}

void fill(const stored_transfer& from, v1::GetTransferResponse& to) {
  fill(from, *to.mutable_transfer());
  to.set_result(static_cast<v1::TransferResult>(from.result));
  to.set_ticket(from.at.micros);
}

void fill(const trial_balance_line& from, normal_side side, v1::TrialBalanceLine& to) {
  to.set_subject(from.subject);
  to.set_currency(std::string(letters(from.ccy)));
  to.set_exponent(exponent(from.ccy));
  to.set_accounts(from.accounts);
  fill(from.totals, side, *to.mutable_totals());
}

}  // namespace suanpan::wire
