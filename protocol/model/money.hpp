// Amounts are integers in minor units; running totals have 128 bits (R27). No floating point.
#pragma once

#include "protocol/model/currency.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suanpan {

/// Running totals: no sum of int64 amounts that a ledger can live to see overflows it.
__extension__ using int128 = __int128;

/// What one transfer moves, in minor units of its currency: 1 … 2^63−1.
struct minor_units {
  std::int64_t value = 0;
  auto operator<=>(const minor_units&) const = default;
};

/// "12,345.60", "-0.05": thousands separated, the currency's decimals. For people.
[[nodiscard]] std::string format_amount(int128 minor, currency c);
/// "12345.60" without separators: for files that programs read.
[[nodiscard]] std::string format_plain(int128 minor, currency c);
/// "-170141183460469231731687303715884105728": an integer, for SQL and JSON.
[[nodiscard]] std::string to_string(int128 value);
[[nodiscard]] std::optional<int128> parse_int128(std::string_view text);

enum class amount_fault : std::uint8_t { none, not_a_number, too_many_decimals, too_large };

struct parsed_amount {
  minor_units amount;
  amount_fault fault = amount_fault::none;
};

/// Reads "1234.5" or "1,234.50" (separators only in front of full groups of three), with an
/// optional sign, exactly: more decimals than the currency has are a fault, not rounding.
[[nodiscard]] parsed_amount parse_amount(std::string_view text, currency c);

}  // namespace suanpan
