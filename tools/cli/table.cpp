// See table.hpp.
#include "tools/cli/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace suanpan::cli {
namespace {

struct decoded {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

/// The first character of a text that is not empty.
decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (bytes == 0 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return {};
    code = code << 6U | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < smallest[bytes] || code > 0x10FFFF || surrogate) return {};
  return {code, bytes};
}

using code_range = std::pair<char32_t, char32_t>;

template <std::size_t N>
bool among(char32_t code, const std::array<code_range, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const auto& r) { return code >= r.first && code <= r.second; });
}

// Unicode's East Asian Width W and F, and marks of no width, as far as names and memos need them.
constexpr std::array<code_range, 11> wide = {{{0x1100, 0x115F},
                                              {0x2E80, 0x303E},
                                              {0x3041, 0x33FF},
                                              {0x3400, 0x4DBF},
                                              {0x4E00, 0x9FFF},
                                              {0xA000, 0xA4CF},
                                              {0xAC00, 0xD7A3},
                                              {0xF900, 0xFAFF},
                                              {0xFE30, 0xFE6F},
                                              {0xFF00, 0xFF60},
                                              {0xFFE0, 0xFFE6}}};
constexpr std::array<code_range, 2> wide_beyond = {{{0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};
constexpr std::array<code_range, 4> zero_width = {
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

std::size_t cells_of(char32_t code) {
  if (among(code, zero_width)) return 0;
  return among(code, wide) || among(code, wide_beyond) ? 2 : 1;
}

std::string padded(const std::string& cell, std::size_t width, align side) {
  const std::string blanks(width - std::min(width, display_width(cell)), ' ');
  return side == align::right ? blanks + cell : cell + blanks;
}

void append_escaped(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += "\\x";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [code, bytes] = decode(text);
    width += bytes == 0 ? 1 : cells_of(code);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return width;
}

bool is_plain_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto [code, bytes] = decode(text);
    if (bytes == 0 || code == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t width_max) {
  std::string out;
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [code, bytes] = decode(text);
    const bool control = bytes == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0);
    const std::size_t taken = std::max<std::size_t>(bytes, 1);
    const std::size_t cells = control ? 4 * taken : cells_of(code);
    if (width + cells > width_max) return out + "…";
    if (control) {
      for (const char c : text.substr(0, taken)) append_escaped(out, static_cast<unsigned char>(c));
    } else {
      out += text.substr(0, taken);
    }
    width += cells;
    text.remove_prefix(taken);
  }
  return out;
}

std::string table::text(std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const auto& c : columns_) widths.push_back(display_width(c.heading));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));

  const std::string margin(indent, ' ');
  std::size_t whole = widths.empty() ? 0 : 2 * (widths.size() - 1);
  for (const auto width : widths) whole += width;
  const std::string rule = margin + std::string(whole, '-') + '\n';

  const auto line = [&margin, &widths, this](const auto& cell_at) {
    std::string out = margin;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      out +=
          padded(cell_at(i), widths[i], columns_[i].side) + (i + 1 < columns_.size() ? "  " : "");
    out.erase(out.find_last_not_of(' ') + 1);
    return out + '\n';
  };
  std::string out = line([this](std::size_t i) { return columns_[i].heading; }) + rule;
  for (const auto& row : rows_)
    out += row.empty() ? rule : line([&row](std::size_t i) { return row[i]; });
  return out;
}

std::string money_text(int128 minor, currency ccy) {
  const std::string code(letters(ccy));
  if (minor >= 0) return code + ' ' + format_amount(minor, ccy);
  return '-' + code + ' ' + format_amount(minor, ccy).substr(1);
}

std::string count_text(std::int64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool group_begins = (digits.size() - i) % 3 == 0;
    if (group_begins && i > 0 && digits[i - 1] != '-') text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace suanpan::cli
