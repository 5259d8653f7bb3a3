// Every way in which the bank can lie, played step by step, against its books: what it said, when,
// and what was true.
#include "tools/bank/bank.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::bank;

namespace {

constexpr currency cny{156};

request pay(const std::string& reference, const std::string& card = "6222020000000000") {
  request r;
  r.merchant = "M1";
  r.reference = reference;
  r.card = card;
  r.amount = {1'000};
  r.ccy = cny;
  r.wants_callback = true;
  return r;
}

request refund_of(const std::string& original, const std::string& reference, std::int64_t amount) {
  auto r = pay(reference);
  r.kind = request_kind::refund;
  r.original = original;
  r.amount = {amount};
  r.wants_callback = false;
  return r;
}

bank::bank make_bank(bool dedupes = true) {
  bank_options o;
  o.dedupes = dedupes;
  return bank::bank(o);
}

// "answer paid, callback paid": what the caller of a request hears, in order.
std::string play(bank::bank& at, const request& what, std::int64_t now = 0) {
  std::string heard;
  std::int64_t before = now;
  for (const auto& s : at.receive(what, now)) {
    CHECK(s.due >= before);
    before = s.due;
    const auto said = at.carry_out(s, s.due);
    if (!said) continue;
    if (!heard.empty()) heard += ", ";
    if (said->how == saying_kind::dropped) {
      heard += "dropped";
      continue;
    }
    if (said->how == saying_kind::garbage) {
      heard += "garbage";
      continue;
    }
    heard += said->how == saying_kind::callback ? "callback " : "answer ";
    heard += name_of(said->what.is);
    if (!said->what.code.empty()) heard += ' ' + said->what.code;
    if (said->what.amount != what.amount) heard += " of a wrong amount";
    if (said->forged) heard += " forged";
  }
  return heard;
}

struct expectation {
  std::string digits;
  std::string heard;
  status truth;
};

}  // namespace

TEST_CASE("bank: digits have one meaning, and every behaviour has digits") {
  std::set<std::string_view> digits;
  std::set<std::string_view> names;
  for (const auto& b : behaviours()) {
    CHECK(b.digits.size() == 4);
    CHECK(digits.insert(b.digits).second);
    CHECK(names.insert(b.name).second);
    CHECK(name_of(b.what) == b.name);
    CHECK(behaviour_of("62220200" + std::string(b.digits)) == b.what);
  }
  CHECK_FALSE(behaviour_of("1234").has_value());
  CHECK_FALSE(behaviour_of("101").has_value());
}

TEST_CASE("bank: each behaviour says what it says and does what it does") {
  const std::vector<expectation> all = {
      {"0000", "answer paid, callback paid", status::paid},
      {"0002", "answer declined card_declined, callback declined card_declined", status::declined},
      {"9995", "answer declined insufficient_funds, callback declined insufficient_funds",
       status::declined},
      {"0101", "answer paid, callback paid", status::paid},
      {"0102", "callback paid", status::paid},
      {"0103", "", status::not_found},
      {"0104", "dropped", status::not_found},
      {"0105", "dropped, callback paid", status::paid},
      {"0106", "garbage, callback paid", status::paid},
      {"0107", "callback paid, answer paid", status::paid},
      {"0108", "answer paid, callback paid, callback paid", status::paid},
      {"0109", "answer processing, callback paid of a wrong amount, callback paid", status::paid},
      {"0110", "answer processing, callback paid forged, callback paid", status::paid},
      {"0111", "callback paid", status::paid},
      {"0112", "answer paid, callback paid", status::paid},
      {"0113", "answer paid, callback paid", status::paid},
      {"0114", "answer paid, callback paid", status::paid},
  };
  CHECK(all.size() == behaviours().size());
  for (const auto& e : all) {
    INFO(e.digits);
    auto b = make_bank();
    CHECK(play(b, pay("r", "622202" + e.digits)) == e.heard);
    CHECK(b.query("M1", "r").is == e.truth);
    CHECK(b.query("M2", "r").is == status::not_found);
    CHECK(b.books().entries().size() == (e.truth == status::not_found ? 0 : 1));
  }
}

TEST_CASE("bank: what is paid late is not found before, and found after") {
  auto b = make_bank(false);
  const auto steps = b.receive(pay("r", "0111"), 0);
  CHECK(b.query("M1", "r").is == status::not_found);
  REQUIRE(steps.front().due == b.options().late_micros);
  b.carry_out(steps.front(), steps.front().due);
  CHECK(b.query("M1", "r").is == status::paid);
}

TEST_CASE("bank: what is slow is at work until it is paid") {
  auto b = make_bank();
  const auto steps = b.receive(pay("r", "0101"), 0);
  CHECK(b.query("M1", "r").is == status::processing);
  b.carry_out(steps.front(), steps.front().due);
  CHECK(b.query("M1", "r").is == status::paid);
}

TEST_CASE("bank: one that dedupes moves money once under a reference") {
  auto b = make_bank();
  CHECK(play(b, pay("r", "0105")) == "dropped, callback paid");
  CHECK(play(b, pay("r", "0105")) == "answer paid");
  auto other = pay("r", "0105");
  other.amount = {1'001};
  CHECK(play(b, other) == "answer declined reference_reused");
  CHECK(b.books().entries().size() == 1);
  CHECK(b.query("M1", "r").amount.value == 1'000);
}

TEST_CASE("bank: what came to nothing may be sent again under its reference") {
  auto b = make_bank();
  CHECK(play(b, pay("r", "0104")) == "dropped");
  CHECK(play(b, pay("r", "0000")) == "answer paid, callback paid");
}

TEST_CASE("bank: one that does not dedupe pays again") {
  auto b = make_bank(false);
  play(b, pay("r"));
  play(b, pay("r"));
  CHECK(b.books().entries().size() == 2);
}

TEST_CASE("bank: refunds take what is left of the payment, and no more") {
  auto b = make_bank();
  play(b, pay("r"));
  CHECK(play(b, refund_of("r", "back-1", 400)) == "answer paid");
  CHECK(play(b, refund_of("r", "back-2", 601)) == "answer declined exceeds_original");
  CHECK(play(b, refund_of("r", "back-3", 600)) == "answer paid");
  CHECK(play(b, refund_of("r", "back-4", 1)) == "answer declined exceeds_original");
  CHECK(play(b, refund_of("nothing", "back-5", 1)) == "answer declined original_not_found");
  CHECK(play(b, refund_of("back-1", "back-6", 1)) == "answer declined original_not_found");
  CHECK(b.books().left_of(1).value == 0);
}

TEST_CASE("bank: a refund in another currency is declined") {
  auto b = make_bank();
  play(b, pay("r"));
  auto refund = refund_of("r", "back", 1);
  refund.ccy = currency{840};
  CHECK(play(b, refund) == "answer declined wrong_currency");
}

TEST_CASE("bank: what is returned goes back the next day, without what was refunded") {
  auto b = make_bank();
  play(b, pay("r", "0112"));
  play(b, refund_of("r", "back", 300));
  CHECK(b.next_day(50) == 1);
  REQUIRE(b.books().entries().size() == 3);
  const auto& returned = b.books().entries()[2];
  CHECK(returned.kind == entry_kind::returned);
  CHECK(returned.of.amount.value == 700);
  CHECK(returned.day == 1);
  CHECK(returned.at == 50);
  CHECK(play(b, refund_of("r", "back-2", 1)) == "answer declined exceeds_original");
  CHECK(b.next_day(60) == 0);
}

TEST_CASE("bank: the statement tells a day's entries, but for its lies") {
  auto b = make_bank();
  play(b, pay("honest"));
  play(b, pay("declined", "0002"));
  play(b, pay("missing", "0113"));
  play(b, pay("altered", "0114"));
  b.next_day(0);
  play(b, pay("tomorrow"));
  const auto lines = b.books().statement(0);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].reference == "honest");
  CHECK(lines[0].amount.value == 1'000);
  CHECK(lines[1].reference == "altered");
  CHECK(lines[1].amount.value == 1'001);
  CHECK(b.books().statement(1).size() == 1);
  CHECK(b.books().entries()[3].of.amount.value == 1'000);  // the books know better
}

TEST_CASE("bank: behaviours are drawn at their rates, and again alike from the same seed") {
  const std::vector<behaviour_rate> rates = {{behaviour::slow, 10}, {behaviour::garbage, 4}};
  int slow = 0;
  int garbage = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto reference = "order-" + std::to_string(i);
    const auto drawn = draw_behaviour(7, reference, 0, rates);
    CHECK(drawn == draw_behaviour(7, reference, 0, rates));
    slow += drawn == behaviour::slow ? 1 : 0;
    garbage += drawn == behaviour::garbage ? 1 : 0;
  }
  CHECK(slow > 850);
  CHECK(slow < 1'150);
  CHECK(garbage > 2'050);
  CHECK(garbage < 2'450);
  CHECK(draw_behaviour(7, "x", 0, {}) == behaviour::honest);
}
