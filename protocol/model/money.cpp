// Amounts as text and back, exactly: no rounding, no floating point, no wrap-around.
#include "protocol/model/money.hpp"

#include <algorithm>
#include <limits>

namespace suanpan {
namespace {

__extension__ using uint128 = unsigned __int128;

constexpr int128 int128_max = static_cast<int128>(~uint128{0} >> 1);

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// The absolute value, also of the smallest int128, whose negation does not exist.
constexpr uint128 magnitude(int128 value) noexcept {
  return value < 0 ? uint128{0} - static_cast<uint128>(value) : static_cast<uint128>(value);
}

std::string digits_of(uint128 value) {
  std::string reversed;
  do {
    reversed += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

std::string format(int128 minor, currency c, bool separators) {
  const std::size_t decimals = exponent(c);
  std::string digits = digits_of(magnitude(minor));
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  const std::size_t whole = digits.size() - decimals;

  std::string text;
  if (minor < 0) text += '-';
  for (std::size_t i = 0; i < whole; ++i) {
    if (separators && i > 0 && (whole - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  if (decimals > 0) text.append(1, '.').append(digits, whole);
  return text;
}

/// "1,234" or "1234" without its separators; nothing where a group is not full.
std::optional<std::string> whole_digits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::size_t first = std::min(text.find(','), text.size());
  const bool grouped = first != text.size();
  if (first == 0 || (grouped && first > 3)) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator_due = grouped && i >= first && (i - first) % 4 == 0;
    if (separator_due ? text[i] != ',' : !is_digit(text[i])) return std::nullopt;
    if (!separator_due) digits += text[i];
  }
  if (grouped && (text.size() - first) % 4 != 0) return std::nullopt;
  return digits;
}

/// Appends digits to a value; false when it would exceed the limit.
bool accumulate(uint128& value, std::string_view digits, uint128 limit) noexcept {
  for (const char c : digits) {
    const auto digit = static_cast<uint128>(c - '0');
    if (value > (limit - digit) / 10) return false;
    value = value * 10 + digit;
  }
  return true;
}

}  // namespace

std::string format_amount(int128 minor, currency c) {
  return format(minor, c, true);
}

std::string format_plain(int128 minor, currency c) {
  return format(minor, c, false);
}

std::string to_string(int128 value) {
  std::string text = digits_of(magnitude(value));
  if (value < 0) text.insert(text.begin(), '-');
  return text;
}

std::optional<int128> parse_int128(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  const uint128 limit = static_cast<uint128>(int128_max) + (negative ? 1 : 0);
  uint128 value = 0;
  if (!accumulate(value, text, limit)) return std::nullopt;
  return static_cast<int128>(negative ? uint128{0} - value : value);
}

parsed_amount parse_amount(std::string_view text, currency c) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);

  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = whole_digits(text.substr(0, point));
  if (!whole) return {{}, amount_fault::not_a_number};
  std::string fraction;
  if (point < text.size()) {
    fraction = text.substr(point + 1);
    const bool digits = std::all_of(fraction.begin(), fraction.end(), is_digit);
    if (fraction.empty() || !digits) return {{}, amount_fault::not_a_number};
  }
  if (fraction.size() > exponent(c)) return {{}, amount_fault::too_many_decimals};
  fraction.append(exponent(c) - fraction.size(), '0');

  const auto limit =
      static_cast<uint128>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  uint128 value = 0;
  if (!accumulate(value, *whole, limit) || !accumulate(value, fraction, limit)) {
    return {{}, amount_fault::too_large};
  }
  const auto minor = static_cast<std::int64_t>(negative ? uint128{0} - value : value);
  return {{minor}, amount_fault::none};
}

}  // namespace suanpan
