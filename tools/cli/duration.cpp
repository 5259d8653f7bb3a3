#include "tools/cli/duration.hpp"

#include <charconv>

namespace suanpan::cli {
namespace {

std::int64_t seconds_of(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 24 * 3'600;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text.size() < 2 || text.front() == '-') return std::nullopt;
  const auto digits = text.substr(0, text.size() - 1);
  const auto unit = seconds_of(text.back());
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc{} || end != digits.data() + digits.size() || unit == 0)
    return std::nullopt;
  if (count < 1 || count > duration_seconds_max / unit) return std::nullopt;
  return count * unit;
}

}  // namespace suanpan::cli
