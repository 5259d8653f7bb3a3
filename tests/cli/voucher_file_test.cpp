// What a voucher's file says, and what is said of one that is wrong.
#include "tools/cli/voucher_file.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::cli;

namespace {

const std::string leg =
    "[[transfer]]\ndebit = 2049\ncredit = 3073\namount = \"12.50\"\ncurrency = \"CNY\"\n";

/// The one fault of a file whose second leg ends with these lines.
std::string fault_of(const std::string& lines) {
  const auto file = read_voucher(leg + lines, "v.toml");
  REQUIRE_MESSAGE(file.faults.size() == 1, lines);
  return file.faults.front();
}

std::string second(const std::string& amount, const std::string& more = "") {
  return "[[transfer]]\ndebit = 1\ncredit = 2\namount = " + amount + "\ncurrency = \"JPY\"\n" +
         more;
}

}  // namespace

TEST_CASE("voucher file: legs are read in order, money by its currency") {
  const auto file = read_voucher(
      "id = \"0190b5c2-7a3e-7cc1-8f00-0123456789ab\"\n" + leg +
          second("\"15,000\"", "event_code = 7\nreference = \"X1\"\nmemo = \"兑换\"\n"),
      "v.toml");
  REQUIRE(file.faults.empty());
  REQUIRE(file.id);
  CHECK(to_string(*file.id) == "0190b5c2-7a3e-7cc1-8f00-0123456789ab");
  REQUIRE(file.legs.size() == 2);
  CHECK(file.legs[0].debit == 2'049);
  CHECK(file.legs[0].amount.value == 1'250);
  CHECK(file.legs[1].amount.value == 15'000);
  CHECK(letters(file.legs[1].ccy) == "JPY");
  CHECK(file.legs[1].event_code == 7);
  CHECK(file.legs[1].reference == "X1");
  CHECK(file.legs[1].memo == "兑换");
}

TEST_CASE("voucher file: each fault names file, line and key") {
  CHECK(fault_of(second("12.5")) == "v.toml:9: transfer.amount: must be a text, in quotes");
  CHECK(fault_of(second("\"1.5\"")) ==
        "v.toml:9: transfer.amount: has more decimals than JPY: 1.5");
  CHECK(fault_of(second("\"0\"")) == "v.toml:9: transfer.amount: is no amount above zero: 0");
  CHECK(fault_of(second("\"5\"", "colour = 1\n")) == "v.toml:11: transfer.colour: is not known");
  CHECK(fault_of(second("\"5\"", "event_code = 70000\n")) ==
        "v.toml:11: transfer.event_code: must be a whole number, 0 to 65535");
  CHECK(fault_of("[[transfer]]\ncredit = 2\namount = \"1\"\ncurrency = \"CNY\"\n") ==
        "v.toml:6: transfer: debit is missing");
  CHECK(fault_of("[[transfer]]\ndebit = \"a\"\ncredit = 2\namount = \"1\"\ncurrency = \"CNY\"\n") ==
        "v.toml:7: transfer.debit: must be an account's number");
  CHECK(fault_of(second("\"5\"") + "[[transfer").starts_with("v.toml:11: toml: "));
}

TEST_CASE("voucher file: two legs at least, an id that is one") {
  CHECK(read_voucher("", "v").faults.front() ==
        "v:1: transfer: a voucher has two [[transfer]] at least");
  CHECK(read_voucher(leg, "v").faults.size() == 1);
  const auto file = read_voucher("id = \"x\"\n" + leg + leg, "v");
  REQUIRE(file.faults.size() == 1);
  CHECK(file.faults.front() == "v:1: id: must be a UUID or a ULID, as a text");
}

TEST_CASE("voucher file: the ids of legs follow from the voucher's") {
  const auto id = *parse_transfer_id("0190b5c2-7a3e-7cc1-8f00-0123456789ff");
  CHECK(leg_id(id, 0) == id);
  CHECK(to_string(leg_id(id, 1)) == "0190b5c2-7a3e-7cc1-8f01-0123456789ff");
  CHECK(to_string(leg_id(id, 127)) == "0190b5c2-7a3e-7cc1-8f7f-0123456789ff");
}
