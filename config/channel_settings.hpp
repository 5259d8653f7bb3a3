// The one list of what a [[channel]] table may say: key, type, bounds, meaning, and the field that
// holds it. The loader and the documentation read it; defaults are those of channel_config.
#pragma once

#include "config/channel_config.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace suanpan::config {

/// A list of words that stands for values of the domain.
struct word_list {
  /// Adds one. The reason if it can't be.
  std::optional<std::string> (*add)(channel_config&, std::string_view word);
  void (*clear)(channel_config&);
  std::vector<std::string> (*words)(const channel_config&);
  std::string_view one_of;  // what may stand there, for people
};

struct channel_text {
  std::string& (*field)(channel_config&);
  std::optional<std::string> (*fault)(std::string_view text);  // why it can't be
  std::string_view form;                                       // what it must look like, for people
};

struct channel_number {
  std::int64_t& (*field)(channel_config&);
  std::string_view unit;
  std::int64_t least = 0;
  std::int64_t most = 0;
};

using channel_flag = bool& (*)(channel_config&);

struct channel_setting {
  std::string_view key;  // "fast.timeout_ms"
  std::variant<channel_number, channel_flag, channel_text, word_list> value;
  std::string_view sentence;
  bool required = false;
};

/// Every setting of a channel, in the order of the documentation.
[[nodiscard]] std::span<const channel_setting> all_channel_settings();
[[nodiscard]] const channel_setting* find_channel_setting(std::string_view key);
/// "fast", "slow", "breaker".
[[nodiscard]] bool is_channel_section(std::string_view name);
/// The table of all settings of a channel in Markdown, as config/README.md holds it.
[[nodiscard]] std::string channel_settings_table();

}  // namespace suanpan::config
