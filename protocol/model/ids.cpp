// Transfer ids as text: UUID and ULID, read strictly, so that one id has few spellings and a typing
// error is never an id.
#include "protocol/model/ids.hpp"

#include "protocol/model/crockford.hpp"

namespace suanpan {
namespace {

constexpr std::size_t uuid_length = 36;
constexpr std::size_t hex_length = 32;
constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool hyphen_at(std::size_t i) noexcept {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int crockford_value(char c) noexcept {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto at = crockford_digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<transfer_id> parse_hex(std::string_view text, bool hyphens) {
  transfer_id id;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (hyphens && hyphen_at(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& byte = id.bytes[digits++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
  }
  return id;
}

std::optional<transfer_id> parse_ulid(std::string_view text) {
  if (crockford_value(text.front()) > 7)
    return std::nullopt;  // 26 × 5 bits hold 130; only 128 count
  transfer_id id;
  std::uint32_t pending = 0;
  int pending_bits = -2;  // the two bits that are always zero
  std::size_t filled = 0;
  for (const char c : text) {
    const int value = crockford_value(c);
    if (value < 0) return std::nullopt;
    pending = pending << 5 | static_cast<std::uint32_t>(value);
    pending_bits += 5;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    id.bytes[filled++] = static_cast<std::uint8_t>(pending >> pending_bits);
  }
  return id;
}

}  // namespace

std::string to_string(const transfer_id& id) {
  std::string text;
  text.reserve(uuid_length);
  for (const std::uint8_t byte : id.bytes) {
    if (hyphen_at(text.size())) text += '-';
    text += hex_digits[byte >> 4];
    text += hex_digits[byte & 15];
  }
  return text;
}

std::optional<transfer_id> parse_transfer_id(std::string_view text) {
  if (text.size() == uuid_length) return parse_hex(text, true);
  if (text.size() == hex_length) return parse_hex(text, false);
  if (text.size() == ulid_length) return parse_ulid(text);
  return std::nullopt;
}

}  // namespace suanpan
