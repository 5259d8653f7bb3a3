// ISO 4217 as the ledger knows it.
#include "protocol/model/currency.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

using namespace suanpan;

TEST_CASE("every currency is found by its letters and by its code") {
  std::set<std::int16_t> codes;
  std::set<std::string_view> names;
  for (const auto& entry : iso_4217()) {
    CAPTURE(std::string(entry.letters));
    CHECK(codes.insert(entry.code).second);
    CHECK(names.insert(entry.letters).second);
    REQUIRE(parse_currency(entry.letters).has_value());
    const currency c = *parse_currency(entry.letters);
    CHECK(c.code == entry.code);
    CHECK(letters(c) == entry.letters);
    CHECK(exponent(c) == entry.exponent);
  }
  CHECK(names.size() == iso_4217().size());
}

TEST_CASE("the decimals are those of ISO 4217 wherever they are not two") {
  const std::map<std::string, int> unusual = {
      {"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0},
      {"KMF", 0}, {"KRW", 0}, {"PYG", 0}, {"RWF", 0}, {"UGX", 0}, {"VND", 0},
      {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3}, {"IQD", 3},
      {"JOD", 3}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"UYW", 4}};
  std::size_t met = 0;
  for (const auto& entry : iso_4217()) {
    const auto found = unusual.find(std::string(entry.letters));
    CAPTURE(std::string(entry.letters));
    CHECK(entry.exponent == (found == unusual.end() ? 2 : found->second));
    met += found == unusual.end() ? 0 : 1;
  }
  CHECK(met == unusual.size());
}

TEST_CASE("the currencies of daily life have their numeric codes") {
  CHECK(parse_currency("CNY")->code == 156);
  CHECK(parse_currency("USD")->code == 840);
  CHECK(parse_currency("EUR")->code == 978);
  CHECK(parse_currency("JPY")->code == 392);
  CHECK(parse_currency("HKD")->code == 344);
}

TEST_CASE("metals, funds, test codes and other text are no currency") {
  for (const auto* text : {"XAU", "XAG", "XDR", "XTS", "XXX", "CLF", "CHE", "BOV", "USN", "ANG",
                           "ZWL", "cny", "CN", "CNYY", "", "C Y", "C\0Y", "ÄÖÜ", "人民币"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_currency(text).has_value());
  }
}
