// ISO 4217: numeric code, letters, and how many digits follow the decimal point.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace suanpan {

/// A currency by its ISO 4217 numeric code; 0 is none.
struct currency {
  std::int16_t code = 0;
  auto operator<=>(const currency&) const = default;
};

/// One line of ISO 4217, list one. `exponent`: decimal digits of the minor unit (JPY 0, CNY 2, KWD
/// 3).
struct currency_entry {
  std::int16_t code;
  std::string_view letters;
  std::uint8_t exponent;
};

/// Every currency with a minor unit in ISO 4217 (no metals, funds or test codes), by code.
[[nodiscard]] std::span<const currency_entry> iso_4217();
[[nodiscard]] std::optional<currency> parse_currency(std::string_view letters);
/// Precondition: the currency came from parse_currency or from a ledger row.
[[nodiscard]] std::string_view letters(currency c);
[[nodiscard]] std::uint8_t exponent(currency c);

template <class H>
H AbslHashValue(H h, currency c) {
  return H::combine(std::move(h), c.code);
}

}  // namespace suanpan
