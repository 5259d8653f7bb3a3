// Lengths of time as people type them: "90s", "15m", "12h", "7d".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace suanpan::cli {

inline constexpr std::int64_t duration_seconds_max = 3'650LL * 24 * 3'600;

/// Seconds, 1 … duration_seconds_max; nothing if it is no such length.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace suanpan::cli
