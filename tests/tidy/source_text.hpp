// The checkout as the house law reads it: files, lines, and the code of a line without its comments
// and string contents, so that a rule about code is not tripped by a sentence about it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::tidy {

struct source_text {
  std::string path;                // from the root of the checkout, with '/'
  std::vector<std::string> lines;  // as they stand
  std::vector<std::string> code;   // C++ only: comments and the inside of literals blanked
};

/// Splits `text`; `path` decides whether it is C++.
[[nodiscard]] source_text read_text(std::string path, std::string_view text);

/// Every text file of the checkout that people write: no build trees, no data, nothing hidden but
/// .ci. Sorted by path.
[[nodiscard]] std::vector<source_text> read_checkout(const std::filesystem::path& root);

[[nodiscard]] bool is_cpp(std::string_view path);
/// Bash, by its ending or its first line.
[[nodiscard]] bool is_script(const source_text& file);
[[nodiscard]] bool starts_with_any(std::string_view path, std::vector<std::string_view> prefixes);
/// Characters, not bytes: Chinese subject names are part of the house.
[[nodiscard]] std::size_t columns_of(std::string_view line);
/// Whether `word` stands in `code` as a word of its own.
[[nodiscard]] bool has_word(std::string_view code, std::string_view word);
/// What `#include` names on this line, without brackets or quotes; empty if it is none.
[[nodiscard]] std::string_view included_by(std::string_view line);

}  // namespace suanpan::tidy
