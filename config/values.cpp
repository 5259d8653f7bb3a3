// From what a source states to a typed field, and back to text.
#include "config/fault.hpp"
#include "config/schema.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace suanpan::config {
namespace {

constexpr std::size_t text_bytes_max = 4'096;

struct byte_unit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr std::array byte_units = std::to_array<byte_unit>(
    {{"GiB", 1'024 * mebibyte}, {"MiB", mebibyte}, {"KiB", kibibyte}, {"B", 1}});

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "4 MiB", "4MiB" or "4194304".
std::optional<std::int64_t> byte_count(std::string_view text) {
  for (const auto& unit : byte_units) {
    if (!text.ends_with(unit.name)) continue;
    text.remove_suffix(unit.name.size());
    while (text.ends_with(' ')) text.remove_suffix(1);
    const auto count = whole_number(text);
    std::int64_t bytes = 0;
    if (!count || __builtin_mul_overflow(*count, unit.bytes, &bytes)) return std::nullopt;
    return bytes;
  }
  return whole_number(text);
}

std::string_view expected(value_type type) {
  switch (type) {
    case value_type::integer:
      return "a whole number";
    case value_type::bytes:
      return "a whole number of bytes or a text like \"64 MiB\"";
    case value_type::boolean:
      return "true or false";
    case value_type::text:
    case value_type::name:
    case value_type::address:
    case value_type::path:
    case value_type::choice:
      return "a text";
  }
  return {};
}

std::string found_instead(const setting& s, const raw_value& value) {
  struct {
    bool secret;
    std::string operator()(std::int64_t v) const { return secret ? "a number" : std::to_string(v); }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(const std::string& v) const {
      return secret ? "a text" : in_quotes(v.substr(0, 64));
    }
    std::string operator()(const other_value& v) const { return std::string(v.what); }
  } const words{s.secret};
  return std::visit(words, value);
}

std::string wrong_type(const setting& s, const raw_value& value) {
  return "expected " + std::string(expected(s.type)) + ", found " + found_instead(s, value);
}

std::optional<std::string> integer_fault(const setting& s, std::int64_t value) {
  if (value < s.least || value > s.most) {
    return std::to_string(value) + " is out of range: " + std::to_string(s.least) + " … " +
           std::to_string(s.most) + " " + std::string(s.unit);
  }
  if (s.powers_of_two && !std::has_single_bit(static_cast<std::uint64_t>(value))) {
    return std::to_string(value) + " is not a power of two";
  }
  return std::nullopt;
}

bool is_node_name(std::string_view text) {
  const auto allowed = [](char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-';
  };
  return !text.empty() && text.size() <= 31 && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, allowed);
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return text == "localhost" || inet_pton(AF_INET, text.c_str(), parsed.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), parsed.data()) == 1;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find(' '), choices.size());
    if (choices.substr(0, end) == text) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

std::optional<std::string> text_fault(const setting& s, const std::string& text) {
  if (text.size() > text_bytes_max) {
    return "is longer than " + std::to_string(text_bytes_max) + " bytes";
  }
  if (std::ranges::any_of(text, [](unsigned char ch) { return ch < 0x20 || ch == 0x7f; })) {
    return "contains a control character";
  }
  switch (s.type) {
    case value_type::name:
      if (is_node_name(text)) return std::nullopt;
      return in_quotes(text) +
             " is not a name: a letter, then letters, digits and hyphens, all small, " +
             "at most 31";
    case value_type::address:
      if (is_address(text)) return std::nullopt;
      return in_quotes(text) + " is not an IPv4 or IPv6 address";
    case value_type::choice:
      if (is_choice(s.choices, text)) return std::nullopt;
      return in_quotes(text) + " is none of: " + std::string(s.choices);
    case value_type::integer:
    case value_type::bytes:
    case value_type::boolean:
    case value_type::text:
    case value_type::path:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> assign_integer(const setting& s, const raw_value& value,
                                          std::int64_t& to) {
  std::optional<std::int64_t> number;
  if (const auto* stated = std::get_if<std::int64_t>(&value)) number = *stated;
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr && s.type == value_type::bytes) number = byte_count(*text);
  if (!number) return wrong_type(s, value);
  if (auto reason = integer_fault(s, *number)) return reason;
  to = *number;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> assign(const setting& s, const raw_value& value, node_config& to) {
  if (const auto* field = std::get_if<integer_field>(&s.field)) {
    return assign_integer(s, value, (*field)(to));
  }
  if (const auto* field = std::get_if<boolean_field>(&s.field)) {
    const auto* stated = std::get_if<bool>(&value);
    if (stated == nullptr) return wrong_type(s, value);
    (*field)(to) = *stated;
    return std::nullopt;
  }
  const auto* stated = std::get_if<std::string>(&value);
  if (stated == nullptr) return wrong_type(s, value);
  if (auto reason = text_fault(s, *stated)) return reason;
  std::get<text_field>(s.field)(to) = *stated;
  return std::nullopt;
}

std::optional<std::string> assign_text(const setting& s, std::string_view text, node_config& to) {
  raw_value value = std::string(text);
  if (s.type == value_type::integer) {
    if (const auto number = whole_number(text)) value = *number;
  }
  if (s.type == value_type::boolean && (text == "true" || text == "false")) value = text == "true";
  return assign(s, value, to);
}

std::string value_text(const setting& s, const node_config& of) {
  // The fields are reached through references to a changeable configuration; a copy keeps `of`
  // const.
  node_config copy = of;
  if (const auto* field = std::get_if<integer_field>(&s.field)) {
    return std::to_string((*field)(copy));
  }
  if (const auto* field = std::get_if<boolean_field>(&s.field)) {
    return (*field)(copy) ? "true" : "false";
  }
  const std::string& text = std::get<text_field>(s.field)(copy);
  if (s.secret) return text.empty() ? "(not set)" : "(set)";
  return in_quotes(text);
}

std::vector<std::string> describe(const node_config& of) {
  std::vector<std::string> lines;
  for (const auto& s : all_settings()) {
    lines.push_back(std::string(s.key) + " = " + value_text(s, of));
  }
  return lines;
}

bool is_loopback(std::string_view address) {
  if (address == "localhost") return true;
  const std::string text(address);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace suanpan::config
