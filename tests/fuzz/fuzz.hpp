// What every fuzzer here is made of: bytes in, laws asserted. A fuzzer is one file with one
// LLVMFuzzerTestOneInput; libFuzzer runs it for minutes (tools/fuzz), driver.cpp for a moment in
// every run of the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace suanpan::fuzz {

/// Ends the program, which is how a fuzzer says that it found something.
inline void require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", law);
  std::abort();
}

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// Well-formed UTF-8. Code of its own: what it judges must not judge itself.
[[nodiscard]] inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4) return false;
    std::uint32_t point = lead & (0x3FU >> static_cast<unsigned>(more));
    for (int n = 0; n < more; ++n, ++i) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80) return false;
      point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
      return false;
  }
  return true;
}

}  // namespace suanpan::fuzz
