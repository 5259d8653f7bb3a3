// Which lines are postings, and what is said of those that are not.
#include "tools/cli/posting_file.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace suanpan;
using namespace suanpan::cli;

namespace {

const std::string header =
    "id,debit_subject,debit_owner,credit_subject,credit_owner,currency,amount,event_code,reference,"
    "memo\n";
const std::string id = "0190b5c2-7a3e-7cc1-8f00-0123456789ab";

bool in_small_chart(std::string_view code) {
  return code == "1002" || code == "2202";
}

posting_file read(const std::string& lines) {
  return read_postings(header + lines, in_small_chart);
}

/// The reason that this one line is rejected for; "none" if it is a posting.
std::string reason_of(const std::string& line) {
  const auto file = read(line + '\n');
  REQUIRE(file.lines == 1);
  REQUIRE(file.postings.size() + file.rejected.size() == 1);
  return file.rejected.empty() ? "none" : file.rejected[0].reason;
}

std::string good(const std::string& rest) {
  return id + ",1002,internal,2202,merchant:M1," + rest;
}

}  // namespace

TEST_CASE("posting file: a good line is read exactly") {
  const auto file = read(good("CNY,\"1,234.5\",1001,Q-1,\"红, \"\"x\"\"\"\n"));
  REQUIRE(file.rejected.empty());
  REQUIRE(file.postings.size() == 1);
  const auto& line = file.postings[0];
  CHECK(line.line == 2);
  CHECK(to_string(line.id) == id);
  CHECK(line.amount.value == 123'450);
  CHECK(letters(line.ccy) == "CNY");
  CHECK(line.event_code == 1'001);
  CHECK(line.reference == "Q-1");
  CHECK(line.memo == "红, \"x\"");
  CHECK(file.accounts[line.debit].owner == "internal");
  CHECK(file.accounts[line.credit].subject == "2202");
}

TEST_CASE("posting file: an amount has the decimals of its currency, 0, 2 or 3") {
  const auto amount = [](const std::string& line) {
    const auto file = read(good(line));
    REQUIRE(file.postings.size() == 1);
    return file.postings[0].amount.value;
  };
  CHECK(amount("JPY,1500,1,,") == 1'500);
  CHECK(amount("JPY,\"1,500\",1,,") == 1'500);
  CHECK(amount("CNY,1500,1,,") == 150'000);
  CHECK(amount("KWD,1.5,1,,") == 1'500);
  CHECK(amount("KWD,1.234,1,,") == 1'234);
  CHECK(reason_of(good("JPY,1500.0,1,,")) == "amount_too_many_decimals");
  CHECK(reason_of(good("KWD,1.2345,1,,")) == "amount_too_many_decimals");
}

TEST_CASE("posting file: accounts that are alike are named once, currencies apart") {
  const auto file = read(good("CNY,1,1,,\n") + good("CNY,2,1,,\n") + good("USD,2,1,,\n"));
  CHECK(file.postings.size() == 3);
  CHECK(file.accounts.size() == 4);
  CHECK(file.postings[0].credit == file.postings[1].credit);
  CHECK(file.postings[0].credit != file.postings[2].credit);
}

TEST_CASE("posting file: each fault has its own reason") {
  CHECK(reason_of(good("CNY,1,1,,")) == "none");
  CHECK(reason_of(good("CNY,1,1,,a \" b")) == "quoting");
  CHECK(reason_of(good("CNY,1,1,")) == "columns");
  CHECK(reason_of(good("CNY,1,1,,,")) == "columns");
  CHECK(reason_of("x" + good("CNY,1,1,,")) == "id_unreadable");
  CHECK(reason_of(id + ",1002,Internal,2202,merchant:M1,CNY,1,1,,") == "debit_owner_invalid");
  CHECK(reason_of(id + ",1002,internal,2202,merchant:,CNY,1,1,,") == "credit_owner_invalid");
  CHECK(reason_of(id + ",9999,internal,2202,merchant:M1,CNY,1,1,,") == "debit_subject_not_found");
  CHECK(reason_of(id + ",1002,internal,,merchant:M1,CNY,1,1,,") == "credit_subject_not_found");
  CHECK(reason_of(good("CNX,1,1,,")) == "currency_unknown");
  CHECK(reason_of(good("CNY,1O,1,,")) == "amount_not_a_number");
  CHECK(reason_of(good("CNY,,1,,")) == "amount_not_a_number");
  CHECK(reason_of(good("CNY,1.001,1,,")) == "amount_too_many_decimals");
  CHECK(reason_of(good("JPY,1.5,1,,")) == "amount_too_many_decimals");
  CHECK(reason_of(good("CNY,92233720368547758.07,1,,")) == "none");
  CHECK(reason_of(good("CNY,92233720368547758.08,1,,")) == "amount_too_large");
  CHECK(reason_of(good("CNY,0.00,1,,")) == "amount_must_be_positive");
  CHECK(reason_of(good("CNY,-3,1,,")) == "amount_must_be_positive");
  CHECK(reason_of(id + ",1002,internal,1002,internal,CNY,1,1,,") == "accounts_must_differ");
  CHECK(reason_of(good("CNY,1,65535,,")) == "none");
  CHECK(reason_of(good("CNY,1,65536,,")) == "event_code_out_of_range");
  CHECK(reason_of(good("CNY,1,-1,,")) == "event_code_out_of_range");
  CHECK(reason_of(good("CNY,1,1x,,")) == "event_code_out_of_range");
  CHECK(reason_of(good("CNY,1,1," + std::string(128, 'r') + ",")) == "none");
  CHECK(reason_of(good("CNY,1,1," + std::string(129, 'r') + ",")) == "reference_too_long");
  CHECK(reason_of(good("CNY,1,1,\xFF,")) == "reference_invalid");
  CHECK(reason_of(good("CNY,1,1,," + std::string(257, 'm'))) == "memo_too_long");
  CHECK(reason_of(good("CNY,1,1,,a") + std::string(1, '\0')) == "memo_invalid");
}

TEST_CASE("posting file: a line that is wrong in several ways is told the first") {
  CHECK(reason_of("x,0000,?,0000,?,CNX,x,x,,") == "id_unreadable");
  CHECK(reason_of(id + ",0000,?,0000,?,CNX,x,x,,") == "debit_owner_invalid");
  CHECK(reason_of(id + ",0000,internal,0000,internal,CNX,x,x,,") == "debit_subject_not_found");
  CHECK(reason_of(good("CNX,x,x,,")) == "currency_unknown");
  CHECK(reason_of(good("CNY,x,x,,")) == "amount_not_a_number");
}

TEST_CASE("posting file: a bad line is rejected alone, with its line number") {
  const auto file =
      read(good("CNY,1,1,,\n") + "nonsense\n" + good("CNY,0,1,,\n") + good("CNY,1,1,,\n"));
  CHECK(file.lines == 4);
  CHECK(file.postings.size() == 2);
  REQUIRE(file.rejected.size() == 2);
  CHECK(file.rejected[0].line == 3);
  CHECK(file.rejected[0].detail == "1 of 10");
  CHECK(file.rejected[1].line == 4);
  CHECK(file.rejected[1].detail == "0");
}

TEST_CASE("posting file: another header is refused as a whole") {
  CHECK_THROWS_AS(static_cast<void>(read_postings("id,amount\n", in_small_chart)),
                  std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(read_postings("", in_small_chart)), std::runtime_error);
}

TEST_CASE("posting file: every fault has a name and a sentence of its own kind") {
  for (int i = 0; i <= static_cast<int>(line_fault::account_not_opened); ++i) {
    const auto fault = static_cast<line_fault>(i);
    CHECK((fault == line_fault::none) == (name_of(fault) == "none"));
    CHECK(sentence_of(fault).ends_with('.'));
  }
}
