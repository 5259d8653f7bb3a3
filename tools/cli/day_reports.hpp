// Accounting days and the general ledger as people read them.
#pragma once

#include "suanpan/v1/ledger.pb.h"

#include <string>

namespace suanpan::cli {

/// One line a day, and what to close next.
[[nodiscard]] std::string days_text(const suanpan::v1::ListAccountingDaysResponse& days);

/// One day: when it begins and ends, how far it is, and which shards hold it up.
[[nodiscard]] std::string day_text(const suanpan::v1::AccountingDay& day);

/// Subjects with opening, debits, credits and closing, sums per currency, profit and loss.
[[nodiscard]] std::string general_ledger_text(const suanpan::v1::GeneralLedger& ledger);

/// Whether the debits of the range equal its credits in each currency.
[[nodiscard]] bool is_balanced(const suanpan::v1::GeneralLedger& ledger);

}  // namespace suanpan::cli
