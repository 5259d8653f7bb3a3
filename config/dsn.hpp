// Connection strings in both of libpq's forms (key=value pairs, postgresql:// addresses), and
// keeping their passwords out of command lines, logs and run files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suanpan::config {

/// Why a text is no connection string; never quotes it. Only the form is checked, no keyword.
[[nodiscard]] std::optional<std::string> dsn_fault(std::string_view dsn);

/// Whether a connection string (key=value pairs or a postgresql:// address) holds a password.
[[nodiscard]] bool has_password(std::string_view dsn);

/// The connection string without passwords: safe to log, to show and to put into a run file.
/// What can't be read with certainty is cut rather than shown.
[[nodiscard]] std::string without_password(std::string_view dsn);

/// The connection string with a parameter added, unless it states that parameter itself. The value
/// must need no quotes.
[[nodiscard]] std::string with_default(std::string_view dsn, std::string_view key,
                                       std::string_view value);

}  // namespace suanpan::config
