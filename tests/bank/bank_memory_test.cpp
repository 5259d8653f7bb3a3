// The pure parts that let a bank be made again, and its cards and online orders.
#include "tools/bank/bank.hpp"
#include "tools/bank/card_book.hpp"
#include "tools/bank/online_book.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::bank;

namespace {

request payment_of(const std::string& reference, const std::string& card) {
  request r;
  r.merchant = "M1";
  r.reference = reference;
  r.card = card;
  r.amount = {1'000};
  r.ccy = currency{156};
  return r;
}

void carry_out_all(bank::bank& at, const std::vector<step>& steps) {
  for (const auto& s : steps) at.carry_out(s, s.due);
}

bank_options drawing(std::uint64_t seed) {
  bank_options o;
  o.seed = seed;
  for (const auto& b : behaviours()) o.rates.push_back({b.what, 12});
  return o;
}

}  // namespace

TEST_CASE("bank: made again from what it took, it knows the same, whatever it would draw now") {
  bank::bank first(drawing(7));
  for (int i = 0; i < 300; ++i) {
    // Every third reference comes twice, every ninth with another amount.
    auto what = payment_of("r-" + std::to_string(i - (i % 3 == 0 ? 1 : 0)), "6222020000005555");
    what.amount.value += i % 9 == 0 ? 1 : 0;
    carry_out_all(first, first.receive(what, i));
  }
  first.next_day(1'000);
  bank::bank second(drawing(8));
  for (const auto& taken : first.taken()) carry_out_all(second, second.take_again(taken, 0));
  second.next_day(1'000);
  REQUIRE(second.taken().size() == first.taken().size());
  REQUIRE(second.books().entries().size() == first.books().entries().size());
  CHECK(first.books().entries().size() > 150);
  for (std::size_t i = 0; i < first.books().entries().size(); ++i) {
    const auto& a = first.books().entries()[i];
    const auto& b = second.books().entries()[i];
    CHECK(a.of == b.of);
    CHECK(a.declined == b.declined);
    CHECK(a.undoes == b.undoes);
    CHECK(a.off_statement == b.off_statement);
    CHECK(a.statement_amount == b.statement_amount);
  }
  for (const auto& taken : first.taken())
    CHECK(first.query("M1", taken.what.reference) == second.query("M1", taken.what.reference));
}

TEST_CASE("bank: what is refused is declined with that code, whatever its digits say") {
  bank::bank b{bank_options{}};
  carry_out_all(b, b.receive(payment_of("r", "0102"), 0, "unknown_token"));
  CHECK(b.query("M1", "r").is == status::declined);
  CHECK(b.query("M1", "r").code == "unknown_token");
  carry_out_all(b, b.receive(payment_of("r", "0102"), 0));
  CHECK(b.books().entries().size() == 1);
}

TEST_CASE("bank: a repeat that asks for a callback or not is the same request") {
  bank::bank b{bank_options{}};
  auto what = payment_of("r", "0000");
  carry_out_all(b, b.receive(what, 0));
  what.wants_callback = true;
  carry_out_all(b, b.receive(what, 0));
  CHECK(b.taken().size() == 1);
}

TEST_CASE("card book: a token is its merchant's alone, and stays known when it is unbound") {
  card_book book;
  book.bind({"M1", "k", "f", "tok_a0000", "0000"});
  REQUIRE(book.find("M1", "k") != nullptr);
  CHECK(book.find("M2", "k") == nullptr);
  CHECK(book.find_token("M2", "tok_a0000") == nullptr);
  CHECK_FALSE(book.unbind("M2", "tok_a0000"));
  CHECK(book.find_token("M1", "tok_a0000")->bound);
  CHECK(book.unbind("M1", "tok_a0000"));
  CHECK(book.unbind("M1", "tok_a0000"));
  CHECK_FALSE(book.find_token("M1", "tok_a0000")->bound);
  CHECK(is_token("tok_a0000"));
  CHECK_FALSE(is_token("6222020000000000"));
}

TEST_CASE("online book: an order is found by its page and by its reference until it is closed") {
  online_book book;
  online_order order;
  order.handle = "h";
  order.what = payment_of("o", "");
  CHECK(book.place(order).open);
  CHECK(book.find("h")->what.reference == "o");
  CHECK(book.find("M1", "o")->handle == "h");
  CHECK(book.find("M2", "o") == nullptr);
  book.close("h");
  CHECK_FALSE(book.find("h")->open);
}
