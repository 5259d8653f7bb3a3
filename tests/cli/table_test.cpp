// What people see: alignment, money, hostile text, progress.
#include "tools/cli/table.hpp"

#include "tools/cli/progress.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::cli;

TEST_CASE("table: a Chinese character takes two cells, so figures stay in line") {
  CHECK(display_width("应付商户款") == 10);
  CHECK(display_width("a科b") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("\xFF") == 1);

  table lines({{"subject"}, {"科目"}, {"balance", align::right}});
  lines.add({"2202", "应付商户款", "CNY 1,234.50"});
  lines.add_rule();
  lines.add({"1002", "bank", "-CNY 0.05"});
  CHECK(lines.text(0) ==
        "subject  科目             balance\n"
        "---------------------------------\n"
        "2202     应付商户款  CNY 1,234.50\n"
        "---------------------------------\n"
        "1002     bank           -CNY 0.05\n");
}

TEST_CASE("table: amounts read like money") {
  const auto cny = parse_currency("CNY").value();
  CHECK(money_text(123'456'789, cny) == "CNY 1,234,567.89");
  CHECK(money_text(-5, cny) == "-CNY 0.05");
  CHECK(money_text(-1'234, parse_currency("JPY").value()) == "-JPY 1,234");
  CHECK(money_text(1'234, parse_currency("KWD").value()) == "KWD 1.234");
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1'000) == "1,000");
  CHECK(count_text(-123'456) == "-123,456");
}

TEST_CASE("table: text from outside can't steer the terminal") {
  CHECK(printable("红\x1B[31m!", 40) == "红\\x1B[31m!");
  CHECK(printable("\xC2\x9B", 40) == "\\xC2\\x9B");
  CHECK(printable("\xFF", 40) == "\\xFF");
  CHECK(printable("1234567890", 5) == "12345…");
  CHECK(printable("科目科目", 5) == "科目…");
}

TEST_CASE("table: only shortest-form UTF-8 without NUL and surrogates is plain text") {
  CHECK(is_plain_utf8("金额 ok"));
  CHECK(is_plain_utf8(""));
  CHECK_FALSE(is_plain_utf8(std::string_view("a\0b", 3)));
  CHECK_FALSE(is_plain_utf8("\xC0\xAF"));
  CHECK_FALSE(is_plain_utf8("\xE0\x80\xAF"));
  CHECK_FALSE(is_plain_utf8("\xED\xA0\x80"));
  CHECK_FALSE(is_plain_utf8("\xF4\x90\x80\x80"));
  CHECK_FALSE(is_plain_utf8("cut \xE9\x87"));
}

TEST_CASE("progress: the bar fits its width and never runs over") {
  const auto text = progress_text(52, 100, 1'234, 60);
  CHECK(display_width(text) <= 60);
  CHECK(text.find("52 %  52 of 100  1,234/s") != std::string::npos);
  CHECK(progress_text(0, 0, 0, 60).find("100 %") != std::string::npos);
  CHECK(progress_text(5, 10, 1, 10) == " 50 %  5 of 10  1/s");
}
