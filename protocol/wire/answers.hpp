// The model's records as messages of the API: what reads and reports answer.
#pragma once

#include "protocol/model/records.hpp"

#include <cstdint>
#include <string>

namespace suanpan::v1 {
class Account;
class GetTransferResponse;
class Totals;
class Transfer;
class TrialBalanceLine;
}  // namespace suanpan::v1

namespace suanpan::wire {

/// "2026-11-23"; empty for day 0, which is no accounting date of any ledger.
[[nodiscard]] std::string to_string(accounting_date date);

void fill(const account_totals& from, normal_side side, v1::Totals& to);
void fill(const account_row& from, v1::Account& to);
void fill(const transfer& from, v1::Transfer& to);
/// With what the ledger gave it: its date, and its voucher.
void fill(const stored_transfer& from, v1::Transfer& to);
void fill(const stored_transfer& from, v1::GetTransferResponse& to);
/// Without the subject's names, which the chart of accounts knows.
void fill(const trial_balance_line& from, normal_side side, v1::TrialBalanceLine& to);

}  // namespace suanpan::wire
