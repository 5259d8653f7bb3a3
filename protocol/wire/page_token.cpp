// Hex: 16 digits for each number of the place, then a hash over them and the filter. No secret:
// whoever forges one gets a page that he might have asked for anyway.
#include "protocol/wire/page_token.hpp"

#include <charconv>
#include <cstdint>
#include <cstdio>

namespace suanpan::wire {
namespace {

constexpr std::size_t digits = 16;

// FNV-1a, 64 bit.
std::uint64_t fingerprint(std::span<const std::int64_t> place, std::string_view filter) noexcept {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1'099'511'628'211ULL; };
  for (const auto number : place)
    for (int shift = 56; shift >= 0; shift -= 8)
      mix(static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift));
  for (const char byte : filter) mix(static_cast<std::uint8_t>(byte));
  return hash;
}

void append_hex(std::string& to, std::uint64_t number) {
  char text[digits + 1];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  to += text;
}

std::optional<std::uint64_t> read_hex(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string make_page_token(std::span<const std::int64_t> place, std::string_view filter) {
  std::string token;
  for (const auto number : place) append_hex(token, static_cast<std::uint64_t>(number));
  append_hex(token, fingerprint(place, filter));
  return token;
}

std::optional<std::vector<std::int64_t>> read_page_token(std::string_view token,
                                                         std::size_t numbers,
                                                         std::string_view filter) {
  if (token.size() != (numbers + 1) * digits) return std::nullopt;
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < numbers; ++i) {
    const auto number = read_hex(token.substr(i * digits, digits));
    if (!number) return std::nullopt;
    found.push_back(static_cast<std::int64_t>(*number));
  }
  const auto print = read_hex(token.substr(numbers * digits));
  if (!print || *print != fingerprint(found, filter)) return std::nullopt;
  return found;
}

std::string make_page_token(account_number after, std::string_view filter) {
  return make_page_token({&after.value, 1}, filter);
}

std::optional<account_number> read_page_token(std::string_view token, std::string_view filter) {
  if (token.empty()) return account_number{};
  const auto place = read_page_token(token, 1, filter);
  if (!place) return std::nullopt;
  return account_number{place->front()};
}

}  // namespace suanpan::wire
