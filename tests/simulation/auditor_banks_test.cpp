// The auditor must be able to say no about money at a bank. Each case tells one lie in an otherwise
// honest story of one order, and expects the law that it breaks; the honest ones pass.
#include "tests/simulation/auditor.hpp"
#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::simulation;

namespace {

constexpr sim_time final_after = 5 * seconds;

// Order "o" of 77: paid at the bank under its first number, and booked.
struct honest_order {
  honest_order() {
    REQUIRE(database.try_lock(session, {0}));
    claims = database.raise_epochs(session, std::vector<shard_id>{{0}});
    sim_write opening;
    opening.claims = claims;
    for (const auto n : {channel, user})
      opening.openings.push_back(samples::make_row({.sequence = n.sequence()}));
    static_cast<void>(database.write(session, opening));
    paid_order order;
    order.number = "o";
    order.booking = samples::make_transfer(1, channel, user, 77);
    order.fate = order_fate::booked;
    told.orders.push_back(order);
  }

  bank::request pay(const std::string& reference) const {
    bank::request r;
    r.merchant = "payer";
    r.reference = reference;
    r.amount = {77};
    r.ccy = samples::cny;
    return r;
  }
  void book_in_ledger() {
    sim_write one;
    one.claims = claims;
    stored_transfer row;
    row.what = told.orders[0].booking;
    row.at = {10};
    row.result = item_result::posted;
    one.transfers.push_back(row);
    REQUIRE(std::holds_alternative<sim_committed>(database.write(session, one)));
  }
  void book_at_bank(const std::string& reference) { books.book(pay(reference), "", 1); }
  void send(const std::string& reference, sim_time at) {
    told.payments.push_back({"o", pay(reference), at});
  }
  void hear(const std::string& reference, bank::status is, sim_time asked, bool queried = true,
            bool forged = false) {
    bank::report r;
    r.is = is;
    r.reference = reference;
    told.reports.push_back({r, asked, asked + 1, queried, forged});
  }

  std::string found(bool dedupes = false) {
    auditor a(database, told);
    a.check_orders(books);
    a.check_evidence(dedupes, final_after);
    std::string all;
    for (const auto& b : a.breaches()) all += b + "\n";
    return all;
  }
  bool finds(std::string_view law) { return found().find(law) != std::string::npos; }

  account_number channel = account_number::make({0}, 1);
  account_number user = account_number::make({0}, 2);
  sim_world world{1};
  simulated_database database{world, 1};
  bank::bank_books books;
  history told;
  session_id session = database.open_session();
  std::vector<shard_claim> claims;
};

}  // namespace

TEST_CASE("auditor: orders that bank, ledger and payer agree on break no law") {
  honest_order o;
  SUBCASE("booked") {
    o.book_at_bank("o/pay-0");
    o.book_in_ledger();
  }
  SUBCASE("booked, and returned by the bank later") {
    o.book_at_bank("o/pay-0");
    o.books.give_back(1, 2);
    o.book_in_ledger();
  }
  SUBCASE("failed") {
    o.books.book(o.pay("o/pay-0"), "card_declined", 1);
    o.told.orders[0].fate = order_fate::failed;
  }
  SUBCASE("refunded") {
    o.book_at_bank("o/pay-0");
    auto refund = o.pay("o/back-1");
    refund.kind = bank::request_kind::refund;
    refund.original = "o/pay-0";
    REQUIRE(o.books.book(refund, "", 2).declined.empty());
    o.told.orders[0].fate = order_fate::refunded;
  }
  CHECK(o.found() == "");
}

TEST_CASE("auditor: a booked order that the bank never paid is found") {
  honest_order o;
  o.book_in_ledger();
  CHECK(o.finds("the bank holds 0 of o, not 77"));
}

TEST_CASE("auditor: an order that the bank paid and the payer calls failed is found") {
  honest_order o;
  o.book_at_bank("o/pay-0");
  o.told.orders[0].fate = order_fate::failed;
  CHECK(o.finds("the bank holds 77 of o, not 0"));
}

TEST_CASE("auditor: a fate that the ledger does not know is found, either way") {
  honest_order o;
  o.book_at_bank("o/pay-0");
  CHECK(o.finds("an order's fate is not the ledger's: o"));
  o.book_in_ledger();
  CHECK(o.found() == "");
  o.told.orders[0].fate = order_fate::refunded;
  CHECK(o.finds("an order's fate is not the ledger's: o"));
}

TEST_CASE("auditor: an order that is paid twice, and money of no order, are found") {
  honest_order o;
  o.book_in_ledger();
  o.book_at_bank("o/pay-0");
  o.book_at_bank("o/pay-1");
  o.book_at_bank("stranger/pay-0");
  CHECK(o.finds("R20: the bank paid twice: o"));
  CHECK(o.finds("the bank moved what no order asked: stranger"));
}

TEST_CASE("auditor: an order that never ended is found") {
  honest_order o;
  o.told.orders[0].fate = order_fate::open;
  CHECK(o.finds("an order never ended: o"));
}

TEST_CASE("auditor: a second number needs evidence (R20)") {
  honest_order o;
  o.book_at_bank("o/pay-1");
  o.book_in_ledger();
  o.send("o/pay-0", 1 * seconds);
  o.send("o/pay-1", 20 * seconds);
  CHECK(o.finds("R20: sent again without evidence: o/pay-1"));
  SUBCASE("not found, asked when that is final") {
    o.hear("o/pay-0", bank::status::not_found, 6 * seconds);
    CHECK(o.found() == "");
  }
  SUBCASE("declined") {
    o.hear("o/pay-0", bank::status::declined, 2 * seconds, false);
    CHECK(o.found() == "");
  }
  SUBCASE("not found, asked too early") {
    o.hear("o/pay-0", bank::status::not_found, 6 * seconds - 1);
    CHECK(o.finds("R20: sent again without evidence"));
  }
  SUBCASE("not found, by something else than a query") {
    o.hear("o/pay-0", bank::status::not_found, 6 * seconds, false);
    CHECK(o.finds("R20: sent again without evidence"));
  }
  SUBCASE("declined by a forged callback") {
    o.hear("o/pay-0", bank::status::declined, 6 * seconds, false, true);
    CHECK(o.finds("R20: sent again without evidence"));
  }
  SUBCASE("declined, heard afterwards") {
    o.hear("o/pay-0", bank::status::declined, 21 * seconds, false);
    CHECK(o.finds("R20: sent again without evidence"));
  }
}

TEST_CASE("auditor: the same number again is for banks that dedupe (R20)") {
  honest_order o;
  o.book_at_bank("o/pay-0");
  o.book_in_ledger();
  o.send("o/pay-0", 1 * seconds);
  o.send("o/pay-0", 20 * seconds);
  CHECK(o.found(true) == "");
  CHECK(o.finds("R20: sent twice under one number: o/pay-0"));
}
