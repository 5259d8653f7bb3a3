// Amounts as text: exact, strict, and back again.
#include "protocol/model/money.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <vector>

using namespace suanpan;

namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t int64_min = std::numeric_limits<std::int64_t>::min();
constexpr int128 int128_max = ~(int128{1} << 127);
constexpr int128 int128_min = int128{1} << 127;

currency ccy(std::string_view letters) {
  return *parse_currency(letters);
}

/// A number whose size in bits is uniform, so that small ones are as frequent as large ones.
int128 random_int128(std::mt19937_64& random) {
  const int128 bits = static_cast<int128>(random()) << 64 | random();
  return bits >> (random() % 128);
}

}  // namespace

TEST_CASE("amounts print with the decimals of their currency") {
  struct row {
    int128 minor;
    std::string_view letters, for_people, plain;
  };
  const std::vector<row> rows = {
      {0, "CNY", "0.00", "0.00"},
      {5, "CNY", "0.05", "0.05"},
      {-5, "CNY", "-0.05", "-0.05"},
      {1'234'560, "CNY", "12,345.60", "12345.60"},
      {99'999, "CNY", "999.99", "999.99"},
      {100'000, "CNY", "1,000.00", "1000.00"},
      {-123'456'789, "CNY", "-1,234,567.89", "-1234567.89"},
      {1'234, "JPY", "1,234", "1234"},
      {0, "JPY", "0", "0"},
      {1'234, "KWD", "1.234", "1.234"},
      {-7, "UYW", "-0.0007", "-0.0007"},
      {int64_max, "CNY", "92,233,720,368,547,758.07", "92233720368547758.07"},
      {int128_min, "JPY", "-170,141,183,460,469,231,731,687,303,715,884,105,728",
       "-170141183460469231731687303715884105728"},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string(r.plain));
    CHECK(format_amount(r.minor, ccy(r.letters)) == r.for_people);
    CHECK(format_plain(r.minor, ccy(r.letters)) == r.plain);
  }
}

TEST_CASE("128-bit numbers are read back as they print, to both ends") {
  for (const int128 value : {int128{0}, int128{1}, int128{-1}, int128_max, int128_min}) {
    CHECK(parse_int128(to_string(value)) == value);
  }
  CHECK(to_string(int128_max) == "170141183460469231731687303715884105727");
  CHECK(to_string(int128_min) == "-170141183460469231731687303715884105728");
  std::mt19937_64 random(3);
  for (int i = 0; i < 10'000; ++i) {
    const int128 value = random_int128(random);
    REQUIRE(parse_int128(to_string(value)) == value);
  }
}

TEST_CASE("text that is no 128-bit integer is refused, not cut") {
  for (const auto* text :
       {"", "-", "+1", " 1", "1 ", "1.0", "0x10", "--1", "1e3", "１",
        "170141183460469231731687303715884105728", "-170141183460469231731687303715884105729",
        "999999999999999999999999999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_int128(text).has_value());
  }
}

TEST_CASE("amounts are read exactly") {
  struct row {
    std::string_view text, letters;
    std::int64_t minor;
  };
  const std::vector<row> rows = {
      {"0", "CNY", 0},
      {"1", "CNY", 100},
      {"1.5", "CNY", 150},
      {"1234.5", "CNY", 123'450},
      {"1,234.50", "CNY", 123'450},
      {"12,345,678.90", "CNY", 1'234'567'890},
      {"123,456", "JPY", 123'456},
      {"-0.05", "CNY", -5},
      {"+0.05", "CNY", 5},
      {"007.10", "CNY", 710},
      {"1.234", "KWD", 1'234},
      {"0.0007", "UYW", 7},
      {"92233720368547758.07", "CNY", int64_max},
      {"9,223,372,036,854,775,807", "JPY", int64_max},
      {"-9223372036854775808", "JPY", int64_min},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string(r.text));
    const auto parsed = parse_amount(r.text, ccy(r.letters));
    CHECK(parsed.fault == amount_fault::none);
    CHECK(parsed.amount.value == r.minor);
  }
}

TEST_CASE("an amount that can't be read exactly says why") {
  using enum amount_fault;
  struct row {
    std::string_view text, letters;
    amount_fault fault;
  };
  const std::vector<row> rows = {
      {"", "CNY", not_a_number},
      {"-", "CNY", not_a_number},
      {"+-1", "CNY", not_a_number},
      {".5", "CNY", not_a_number},
      {"1.", "CNY", not_a_number},
      {"1.2.3", "CNY", not_a_number},
      {" 1", "CNY", not_a_number},
      {"1 ", "CNY", not_a_number},
      {"1e2", "CNY", not_a_number},
      {"0x1", "CNY", not_a_number},
      {"NaN", "CNY", not_a_number},
      {"￥5", "CNY", not_a_number},
      {",123", "CNY", not_a_number},
      {"1,23", "CNY", not_a_number},
      {"1,2345", "CNY", not_a_number},
      {"1234,567", "CNY", not_a_number},
      {"1,234,56", "CNY", not_a_number},
      {"1,234567", "CNY", not_a_number},
      {"1,,234", "CNY", not_a_number},
      {"1,234,", "CNY", not_a_number},
      {"0.1,234", "CNY", not_a_number},
      {"1.001", "CNY", too_many_decimals},
      {"1.000", "CNY", too_many_decimals},
      {"1.0", "JPY", too_many_decimals},
      {"1.x01", "CNY", not_a_number},
      {"92233720368547758.08", "CNY", too_large},
      {"9223372036854775808", "JPY", too_large},
      {"-9223372036854775809", "JPY", too_large},
      {"99999999999999999999999999999999999999999999", "CNY", too_large},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string(r.text));
    const auto parsed = parse_amount(r.text, ccy(r.letters));
    CHECK(parsed.fault == r.fault);
    CHECK(parsed.amount.value == 0);
  }
}

TEST_CASE("every amount is read back from both of its forms, in every currency") {
  std::mt19937_64 random(4);
  const auto all = iso_4217();
  for (int i = 0; i < 20'000; ++i) {
    const currency c{all[random() % all.size()].code};
    const auto minor = static_cast<std::int64_t>(random()) >> (random() % 64);
    const std::string for_people = format_amount(minor, c);
    CAPTURE(for_people);
    REQUIRE(parse_amount(for_people, c).amount.value == minor);
    REQUIRE(parse_amount(format_plain(minor, c), c).amount.value == minor);
  }
}
