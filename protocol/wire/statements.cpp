#include "protocol/wire/statements.hpp"

#include "protocol/wire/answers.hpp"
#include "suanpan/v1/ledger.pb.h"

namespace suanpan::wire {
namespace {

void fill(const statement_line& from, normal_side side, v1::StatementLine& to) {
  const auto& what = from.what.what;
  const bool debit = from.side == leg_side::debit;
  const bool raises = debit == (side == normal_side::debit);
  to.set_ticket(from.what.at.micros);
  to.set_index(static_cast<std::uint32_t>(from.what.index));
  to.set_transfer_id(what.id.bytes.data(), what.id.bytes.size());
  to.set_side(debit ? v1::ENTRY_SIDE_DEBIT : v1::ENTRY_SIDE_CREDIT);
  const auto amount = from.what.amount().value;
  to.set_amount(amount);
  to.set_change(raises ? amount : -amount);
  to.set_counterpart(debit ? what.credit.value : what.debit.value);
  to.set_event_code(static_cast<std::uint32_t>(what.event_code));
  to.set_reference(from.what.reference);
  to.set_memo(from.what.memo);
  to.set_accounting_date(to_string(from.what.date));
  if (from.what.voucher != transfer_id{})
    to.set_voucher_id(from.what.voucher.bytes.data(), from.what.voucher.bytes.size());
  wire::fill(from.after, side, *to.mutable_totals());
}

}  // namespace

void fill(const statement_page& from, v1::Statement& to) {
  const auto& account = from.account;
  to.set_number(account.number.value);
  to.set_currency(std::string(letters(account.key.ccy)));
  to.set_exponent(exponent(account.key.ccy));
  to.set_normal_side(static_cast<v1::NormalSide>(account.side));
  fill(from.before, account.side, *to.mutable_before());
  to.mutable_lines()->Reserve(static_cast<int>(from.lines.size()));
  for (const auto& line : from.lines) fill(line, account.side, *to.add_lines());
  to.set_as_of_ticket(from.as_of.micros);
}

void fill(const balance_at& from, v1::BalanceAt& to) {
  const auto& account = from.account;
  to.set_number(account.number.value);
  to.set_currency(std::string(letters(account.key.ccy)));
  to.set_exponent(exponent(account.key.ccy));
  fill(account.totals, account.side, *to.mutable_totals());
  to.set_as_of_ticket(from.as_of.micros);
}

void fill(const transfer_page& from, v1::ListTransfersResponse& to) {
  for (const auto& transfer : from.transfers) {
    auto& listed = *to.add_transfers();
    fill(transfer, *listed.mutable_transfer());
    listed.set_ticket(transfer.at.micros);
    listed.set_index(static_cast<std::uint32_t>(transfer.index));
  }
  to.set_as_of_ticket(from.as_of.micros);
}

}  // namespace suanpan::wire
