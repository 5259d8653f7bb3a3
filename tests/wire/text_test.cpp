// UTF-8 without NUL, held against Protobuf's own check, which refuses a message for a bad string.
#include "protocol/wire/text.hpp"

#include "suanpan/v1/ledger.pb.h"
#include "tests/wire/items.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace suanpan;
using namespace suanpan::wire;

namespace {

/// Subject.name (field 2, string) with these bytes: parsed only if they are UTF-8.
bool protobuf_takes(const std::string& bytes) {
  if (bytes.size() >= 128) return false;
  std::string message = {static_cast<char>(2 << 3 | 2), static_cast<char>(bytes.size())};
  v1::Subject subject;
  return subject.ParseFromString(message + bytes);
}

}  // namespace

TEST_CASE("text is UTF-8 without NUL, overlong forms and surrogates") {
  for (const char* good : {"", "a", "eight ch", "nine char", "支付宝", "é", "\xf0\x9f\x8e\x89",
                           "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\x7f"})
    CHECK(is_text(good));
  for (const char* bad : {"\xff", "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
                          "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xe4\xb8", "seven c\xe4", "eight ch\xff", "\xc3("})
    CHECK_FALSE(is_text(bad));
  for (std::size_t at = 0; at < 20; ++at) {
    std::string with_nul(20, 'x');
    with_nul[at] = '\0';
    CHECK_FALSE(is_text(with_nul));
  }
}

TEST_CASE("text agrees with Protobuf on random strings, but for NUL") {
  dice roll(4'711);
  const char* const pieces[] = {"a",    "支",       "\xc3\xa9", "\xf0\x9f\x8e\x89", "\xed\xa0\x80",
                                "\xff", "\xc0\x80", "01234567", "\xe4\xb8",         "\x80"};
  int taken = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes = i % 2 == 0 ? random_bytes(roll, 12) : std::string{};
    for (std::size_t n = roll() % 6; i % 2 == 1 && n > 0; --n) bytes += pieces[roll() % 10];
    const bool has_nul = bytes.find('\0') != std::string::npos;
    const bool expected = protobuf_takes(bytes) && !has_nul;
    taken += expected ? 1 : 0;
    INFO("bytes ", bytes);
    REQUIRE(is_text(bytes) == expected);
  }
  CHECK(taken > 1'000);
}

TEST_CASE("a plain word has no white space and no control characters, of Unicode too") {
  for (const char* good : {"M001", "商户-七", "a.b/c:d", "\xf0\x9f\x8e\x89"})
    CHECK(is_plain_word(good));
  for (const char* bad : {"a b", "a\tb", "a\n", "\x7f", "\xc2\x85", "\xc2\xa0", "a\xe3\x80\x80",
                          "\xe2\x80\x8b", "\xe2\x80\xae",
                          "\xef\xbb\xbf"
                          "a",
                          "\xff"})
    CHECK_FALSE(is_plain_word(bad));
}
