// Secrets in files: read once, at the start, and only from files that keep them.
#pragma once

#include <optional>
#include <string>

namespace suanpan::config {

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
