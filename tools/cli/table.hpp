// Tables for people: columns aligned by what a terminal shows, so that Chinese names (two cells a
// character) don't push the figures out of line.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/money.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::cli {

/// Cells that a terminal gives to UTF-8 text: two for East Asian wide characters, none for
/// combining marks. A byte that is not UTF-8 counts one.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Whether the text is UTF-8 (shortest form, no surrogates) without NUL, as the API demands of
/// strings.
[[nodiscard]] bool is_plain_utf8(std::string_view text);

/// For the terminal: control characters and bytes that are not UTF-8 as "\xNN", so that a hostile
/// file can't write escape sequences; cut to `width_max` cells with "…".
[[nodiscard]] std::string printable(std::string_view text, std::size_t width_max);

enum class align : unsigned char { left, right };

class table {
 public:
  struct column {
    std::string heading;
    align side = align::left;
  };
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// A line between the rows so far and those to come.
  void add_rule() { rows_.emplace_back(); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  /// Heading, rule and rows, each ended by a line feed, each begun with `indent` blanks.
  [[nodiscard]] std::string text(std::size_t indent = 2) const;

 private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// "CNY 12,345.60", "-CNY 0.05": the sign before the currency, thousands separated.
[[nodiscard]] std::string money_text(int128 minor, currency ccy);
/// "1,234,567".
[[nodiscard]] std::string count_text(std::int64_t count);

}  // namespace suanpan::cli
