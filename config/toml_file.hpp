// Private to config/: a TOML file read with positions. Only .cpp files of this folder include it.
#pragma once

#include "config/fault.hpp"

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <vector>

namespace suanpan::config {

inline constexpr std::size_t toml_bytes_max = 4'194'304;

/// Nothing if the file can't be read or is not TOML; then one fault was appended.
[[nodiscard]] std::optional<toml::table> read_toml(const std::string& file,
                                                   std::vector<fault>& faults);

/// "config/dev.toml:12". Line 1 where the position is not known.
[[nodiscard]] std::string position(const std::string& file, const toml::source_region& region);

/// "a text", "a number with decimals", "a table": for wrong types.
[[nodiscard]] std::string_view kind_of(const toml::node& node);

}  // namespace suanpan::config
