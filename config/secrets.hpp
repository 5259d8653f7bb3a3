// Keeps passwords out of command lines, files that others read, logs and run files.
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

/// A secret from a file: its first line without the line's end. Either a value or a reason; refuses
/// an empty file, and, where `strict`, one that others than its owner and group may read.
struct secret_file {
  std::string value;
  std::string fault;  // empty: value holds
};
[[nodiscard]] secret_file read_secret(const std::string& path, bool strict);

/// Why a file can't be read by this process, or, where `only_owner`, is open to others.
[[nodiscard]] std::optional<std::string> file_fault(const std::string& path, bool only_owner);

}  // namespace suanpan::config
