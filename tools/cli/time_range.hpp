// Times as people type them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace suanpan::cli {

/// Unix microseconds of "2026-11-23", "2026-11-23 10:05", "2026-11-23 10:05:09.123456" (or with a
/// T; all UTC), or of a ticket as it is: sixteen digits. Nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

/// The same for the option `name`; 0 if it was not given. Throws command_failure (usage).
[[nodiscard]] std::int64_t time_from(const std::string& text, const char* name);

}  // namespace suanpan::cli
