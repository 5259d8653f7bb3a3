// A day of a payment company's postings, made from a seed: quick pays over a transit account,
// refunds that touch merchant and transit in the opposite order, top-ups, balance payments,
// payouts, fees; and bad lines of several kinds, whose number is known exactly.
//
// Same seed and date, same bytes. The ids lie in the first four minutes of the day (UTC), so that a
// file made and imported at any moment of its day is never ahead of the ledger's clock (it allows 5
// minutes) nor behind its window of 7 days.
//
// Every good line succeeds whatever the order in which batches near each other are decided: a debit
// of a merchant or user is written only when credits that lie at least `ripe_lines` earlier cover
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::bench {

/// Subjects of the default chart of accounts that the day's postings use.
struct day_subjects {
  std::string_view bank_deposit;
  std::string_view channel_receivable;
  std::string_view transit;
  std::string_view merchant_payable;
  std::string_view user_balance;
  std::string_view fee_income;
  std::string_view channel_cost;
};
[[nodiscard]] const day_subjects& default_day_subjects();

inline constexpr std::uint32_t day_lines_min = 200;
inline constexpr std::uint32_t day_lines_max = 100'000'000;

struct day_options {
  std::uint32_t lines = 120'000;  // after the header, bad ones included
  std::uint64_t seed = 1;
  std::int32_t day = 0;             // days since 1970-01-01, UTC
  std::uint32_t merchants = 2'000;  // fewer in a short file
};

/// Why a bad line is bad, by the name under which an import rejects it, and how many such there
/// are.
struct bad_kind {
  std::string_view reason;
  std::uint32_t lines = 0;
};

struct day_summary {
  std::uint32_t lines = 0;
  std::uint32_t bad = 0;
  std::uint32_t bad_by_ledger = 0;  // of these: well-formed, refused by the ledger
  std::vector<bad_kind> kinds;
  std::uint32_t merchants = 0;
};

/// Writes header and lines, each with its line feed, to `out`.
day_summary write_day(const day_options& options, const std::function<void(std::string_view)>& out);

/// How far credits must lie behind a debit that relies on them.
[[nodiscard]] constexpr std::uint32_t ripe_lines(std::uint32_t lines) noexcept {
  return lines / 2 < 20'000 ? lines / 2 : 20'000;
}

}  // namespace suanpan::bench
