// Accounting days and the general ledger as messages of the API.
#pragma once

#include "protocol/model/day_records.hpp"

#include <cstdint>
#include <map>

namespace suanpan::v1 {
class AccountingDay;
class GeneralLedger;
class GeneralLedgerLine;
class UnsettledShard;
}  // namespace suanpan::v1

namespace suanpan::wire {

void fill(const day_record& from, v1::AccountingDay& to);
void fill(const unsettled_shard& from, v1::UnsettledShard& to);
/// Without the subject's names and class, which the chart of accounts knows.
void fill(const ledger_line& from, normal_side side, v1::GeneralLedgerLine& to);

/// Income and expense of a range, each on its normal side.
struct earnings {
  int128 income = 0;
  int128 expense = 0;
};
/// Appends the section, by letters of the currency.
void fill(const std::map<currency, earnings>& from, v1::GeneralLedger& to);

}  // namespace suanpan::wire
