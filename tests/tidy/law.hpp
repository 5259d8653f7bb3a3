// The house law: what every file of the checkout must keep. A rule is a name, a sentence and a
// function from a file to its breaches; rules about the tree as a whole stand beside them.
#pragma once

#include "tests/tidy/source_text.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::tidy {

inline constexpr std::size_t columns_max = 100;
inline constexpr std::size_t file_lines_max = 400;
inline constexpr std::size_t function_lines_max = 60;

/// Where a rule is broken; lines count from 1, 0 is the file as a whole.
struct breach {
  std::string path;
  std::size_t line = 0;
  std::string what;
};

struct rule {
  std::string_view name;
  std::string_view law;  // a sentence
  std::vector<breach> (*judge)(const source_text&);
};

/// Rules that look at one file at a time.
[[nodiscard]] const std::vector<rule>& rules();

/// Each folder of the top level has a README.md, and nothing else lies there than what belongs
/// there.
[[nodiscard]] std::vector<breach> judge_top_level(const std::filesystem::path& root);
[[nodiscard]] std::vector<breach> judge_top_names(const std::vector<std::string>& names);

/// One line a breach, for a failing test's message.
[[nodiscard]] std::string told(const std::vector<breach>& breaches);

}  // namespace suanpan::tidy
