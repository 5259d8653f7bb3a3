// How the books read on paper: shared by the commands that print them.
#pragma once

#include "suanpan/v1/ledger.pb.h"

#include <string>
#include <string_view>

namespace suanpan::cli {

/// A decimal integer of minor units as money: "CNY 12,345.60". As it is if it is no such integer.
[[nodiscard]] std::string money_text(std::string_view minor, std::string_view currency);

/// Subjects with debits, credits and balance, a sum per currency, and whether debits equal credits.
[[nodiscard]] std::string trial_balance_text(const suanpan::v1::TrialBalance& balance);

/// Whether the sums of debits and credits are equal for every currency.
[[nodiscard]] bool is_balanced(const suanpan::v1::TrialBalance& balance);

/// "2026-11-23 12:34:56.789012 UTC" of Unix microseconds; "-" for 0.
[[nodiscard]] std::string time_text(std::int64_t unix_micros);

/// "no_overdraft, frozen_debit"; "-" for none.
[[nodiscard]] std::string flags_text(std::uint32_t flags);

}  // namespace suanpan::cli
