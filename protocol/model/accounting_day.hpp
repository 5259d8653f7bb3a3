// The accounting day (R28): which date a ticket has, when a date begins, and how dates read. A date
// is a function of the ticket and of one number that a ledger fixes with its first row, so all
// shards flip to a date at the same ticket, and nobody need ask anybody.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suanpan {

/// Minutes added to UTC before the day is read off: the zone's offset less the cut-off.
/// China with the cut at midnight: 480. −2,159 … 840.
struct day_shift {
  std::int32_t minutes = 0;
  auto operator<=>(const day_shift&) const = default;
};

/// The accounting date of what is booked at this ticket.
[[nodiscard]] accounting_date date_of(ticket at, day_shift shift) noexcept;

/// The flip: the lowest ticket of the date. The date ends where the next one begins.
[[nodiscard]] ticket begin_of(accounting_date date, day_shift shift) noexcept;

[[nodiscard]] constexpr accounting_date next(accounting_date date) noexcept {
  return {date.days + 1};
}

/// "16:00 UTC": when days with this shift begin.
[[nodiscard]] std::string begin_text(day_shift shift);

/// "2026-11-23".
[[nodiscard]] std::string date_text(accounting_date date);
/// Reads exactly "2026-11-23", 1970-01-02 … 9999-12-31; nothing if it is no such date.
[[nodiscard]] std::optional<accounting_date> parse_accounting_date(std::string_view text);

}  // namespace suanpan
