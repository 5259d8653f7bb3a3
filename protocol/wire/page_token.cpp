// 32 hex digits: the account number, then a hash over it and the filter. No secret: whoever forges
// one gets a page that he might have asked for anyway.
#include "protocol/wire/page_token.hpp"

#include <charconv>
#include <cstdint>
#include <cstdio>

namespace suanpan::wire {
namespace {

std::uint64_t fingerprint(std::uint64_t number, std::string_view filter) noexcept {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL ^ number;  // FNV-1a, 64 bit
  for (const char byte : filter)
    hash = (hash ^ static_cast<std::uint8_t>(byte)) * 1'099'511'628'211ULL;
  return hash;
}

std::optional<std::uint64_t> read_hex(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string make_page_token(account_number after, std::string_view filter) {
  const auto number = static_cast<std::uint64_t>(after.value);
  char text[40];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(number),
                static_cast<unsigned long long>(fingerprint(number, filter)));
  return text;
}

std::optional<account_number> read_page_token(std::string_view token, std::string_view filter) {
  if (token.empty()) return account_number{};
  if (token.size() != 32) return std::nullopt;
  const auto number = read_hex(token.substr(0, 16));
  const auto print = read_hex(token.substr(16));
  if (!number || !print || *print != fingerprint(*number, filter)) return std::nullopt;
  return account_number{static_cast<std::int64_t>(*number)};
}

}  // namespace suanpan::wire
