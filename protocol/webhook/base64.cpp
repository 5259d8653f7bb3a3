#include "protocol/webhook/base64.hpp"

#include <cstdint>

namespace suanpan::webhook {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_of(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [bytes](std::size_t n) {
      return n < bytes.size() ? static_cast<std::uint8_t>(bytes[n]) : std::uint8_t{0};
    };
    const std::uint32_t three = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
    text += alphabet[three >> 18U & 63U];
    text += alphabet[three >> 12U & 63U];
    text += i + 1 < bytes.size() ? alphabet[three >> 6U & 63U] : '=';
    text += i + 2 < bytes.size() ? alphabet[three & 63U] : '=';
  }
  return text;
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xffffU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xffU);
  }
  const bool stray = (bits & ((1U << held) - 1U)) != 0;
  if (stray || held != 2 * padding) return std::nullopt;
  return bytes;
}

}  // namespace suanpan::webhook
