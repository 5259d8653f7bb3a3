// The one list of settings: key, type, unit, bounds, meaning, and the field that holds it. Loader,
// documentation, suggestions and tests all read this list; defaults are those of node_config.
#pragma once

#include "config/node_config.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace suanpan::config {

enum class value_type : std::uint8_t {
  integer,  // whole number in `unit`
  bytes,    // whole number, or "64 MiB"
  boolean,
  text,
  name,     // a-z, 0-9 and hyphens, 1 … 31, beginning with a letter
  address,  // IPv4 or IPv6 literal, or localhost
  path,
  choice,  // one of `choices`
};

using integer_field = std::int64_t& (*)(node_config&);
using boolean_field = bool& (*)(node_config&);
using text_field = std::string& (*)(node_config&);

struct setting {
  std::string_view key;  // "ledger.id_window_s"
  value_type type = value_type::text;
  std::variant<integer_field, boolean_field, text_field> field;
  std::string_view sentence;
  std::string_view unit = {};  // integers: "ms", "s", "bytes", "transfers", …
  std::int64_t least = 0;      // integers and bytes, both inclusive
  std::int64_t most = 0;
  std::string_view choices = {};  // type choice: "info warn error"
  bool secret = false;            // its value is never shown
  bool powers_of_two = false;     // integers: only 1, 2, 4, …
};

/// Every setting, by section, in the order of the documentation.
[[nodiscard]] std::span<const setting> all_settings();
/// Null if there is none of that key.
[[nodiscard]] const setting* find_setting(std::string_view key);
[[nodiscard]] bool is_section(std::string_view name);
/// The known key that looks most like this one; empty if none comes near.
[[nodiscard]] std::string_view nearest_key(std::string_view key);

/// A value as a source states it, before it is known whether the setting wants it.
struct other_value {
  std::string_view what;  // "a table", "a date"
};
using raw_value = std::variant<std::int64_t, bool, std::string, other_value>;

/// Checks a value and stores it. Returns the reason if it can't be; then nothing has changed. The
/// reason never quotes the value of a secret.
[[nodiscard]] std::optional<std::string> assign(const setting& s, const raw_value& value,
                                                node_config& to);
/// The same from text (environment, --set), where "true", "12" and "4 MiB" have no type of their
/// own.
[[nodiscard]] std::optional<std::string> assign_text(const setting& s, std::string_view text,
                                                     node_config& to);

/// The value as text; "(set)" or "(not set)" for a secret.
[[nodiscard]] std::string value_text(const setting& s, const node_config& of);
/// "ledger.shards = 64", one line a setting, for logs and the command line.
[[nodiscard]] std::vector<std::string> describe(const node_config& of);
/// The table of all settings in Markdown, as config/README.md holds it.
[[nodiscard]] std::string settings_table();

/// 127.0.0.0/8, ::1 or localhost.
[[nodiscard]] bool is_loopback(std::string_view address);

}  // namespace suanpan::config
