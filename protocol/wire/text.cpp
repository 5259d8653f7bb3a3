// One decoder of UTF-8 serves both questions; plain ASCII takes the short way, eight bytes a step.
#include "protocol/wire/text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>

namespace suanpan::wire {
namespace {

constexpr std::uint32_t no_character = 0xFFFF'FFFF;

/// Reads one character and moves on; `no_character` where there is none.
std::uint32_t take_character(const unsigned char*& at, const unsigned char* end) noexcept {
  const std::uint32_t lead = *at++;
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || end - at < more) return no_character;
  std::uint32_t value = lead & (0x3FU >> more);
  for (int i = 0; i < more; ++i) {
    if ((*at & 0xC0U) != 0x80U) return no_character;
    value = value << 6 | (*at++ & 0x3FU);
  }
  constexpr std::uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest[more] || surrogate || value > 0x10FFFF) return no_character;
  return value;
}

/// All eight bytes are 0x01 … 0x7F: the usual case, decided without looking at each.
bool eight_plain(const unsigned char* at) noexcept {
  std::uint64_t eight = 0;
  std::memcpy(&eight, at, sizeof eight);
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t highs = ones * 0x80;
  return (eight & highs) == 0 && ((eight - ones) & highs) == 0;
}

bool is_space_or_control(std::uint32_t c) noexcept {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}

}  // namespace

bool is_text(std::string_view bytes) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* end = at + bytes.size();
  while (at != end) {
    if (end - at >= 8 && eight_plain(at)) {
      at += 8;
      continue;
    }
    const auto c = take_character(at, end);
    if (c == no_character || c == 0) return false;
  }
  return true;
}

bool is_plain_word(std::string_view bytes) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* end = at + bytes.size();
  while (at != end) {
    const auto c = take_character(at, end);
    if (c == no_character || is_space_or_control(c)) return false;
  }
  return true;
}

bool is_json_object(std::string_view bytes) {
  const auto first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '{' && is_text(bytes) &&
         nlohmann::json::accept(bytes);
}

}  // namespace suanpan::wire
