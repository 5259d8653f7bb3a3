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

// Quick pay "o" of 77: paid at the bank under its first reference, booked, and told.
struct honest_order {
  honest_order() {
    REQUIRE(database.try_lock(session, {0}));
    claims = database.raise_epochs(session, std::vector<shard_id>{{0}});
    sim_write opening;
    opening.claims = claims;
    for (const auto n : {channel, user})
      opening.openings.push_back(samples::make_row({.sequence = n.sequence()}));
    static_cast<void>(database.write(session, opening));
    order.id.bytes[15] = 1;
    order.merchant = {"M"};
    order.number = {"o"};
    order.amount = {77};
    order.ccy = samples::cny;
    intent.number = 1;
    intent.legs.push_back({{"channel:icbc", "1122", false}, {"internal", "2101", false}, {77}});
    intent.caused_micros = 1;
    attempt.number = 1;
    attempt.reference = {"o/pay-0"};
  }

  payment_step next(payment_event event, payment_stage stage) {
    payment_step s;
    s.order = order.id;
    s.event = event;
    s.head.stage = stage;
    s.head.version = ++version;
    s.head.paid_by = paid_by;
    return s;
  }
  void record(const payment_step& step) {
    sim_payment_write one;
    one.claims = claims;
    one.units.push_back({step});
    REQUIRE(std::holds_alternative<sim_committed>(database.write_payments(session, one)));
  }
  void begin() {
    auto first = next(payment_event::requested, payment_stage::processing);
    first.opens = order;
    record(first);
    auto second = next(payment_event::attempt_began, payment_stage::processing);
    second.attempt = attempt;
    record(second);
  }
  void succeed() {
    paid_by = 1;
    auto step = next(payment_event::channel_succeeded, payment_stage::succeeded);
    attempt.outcome = channel_outcome::succeeded;
    attempt.open = false;
    step.attempt = attempt;
    step.intents.push_back(intent);
    record(step);
  }
  void book() {
    auto step = next(payment_event::booked, payment_stage::succeeded);
    intent.booked = true;
    step.intents.push_back(intent);
    record(step);
  }
  void fail(channel_outcome how = channel_outcome::failed) {
    auto step = next(payment_event::channel_failed, payment_stage::failed);
    attempt.outcome = how;
    attempt.open = false;
    step.attempt = attempt;
    record(step);
  }
  void row() {
    sim_write one;
    one.claims = claims;
    stored_transfer stored;
    stored.what = samples::make_transfer(1, channel, user, 77);
    stored.what.id = voucher_leg_id(order.id, intent, 0);
    stored.memo = to_string(order.id);
    stored.at = {10};
    stored.result = item_result::posted;
    one.transfers.push_back(stored);
    REQUIRE(std::holds_alternative<sim_committed>(database.write(session, one)));
  }
  void all_well() {
    begin();
    succeed();
    row();
    book();
    book_at_bank("o/pay-0");
  }
  void tell(payment_stage stage) {
    asked_order call;
    call.what = order;
    call.answered = 1;
    call.state.order = order;
    call.state.head.stage = stage;
    told.calls.push_back(call);
  }

  bank::request pay(const std::string& reference) const {
    bank::request r;
    r.merchant = "M";
    r.reference = reference;
    r.amount = {77};
    r.ccy = samples::cny;
    return r;
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
    a.check_payments(books);
    a.check_evidence(dedupes, final_after);
    std::string all;
    for (const auto& b : a.breaches()) all += b + "\n";
    return all;
  }
  bool finds(std::string_view law) { return found().find(law) != std::string::npos; }

  account_number channel = account_number::make({0}, 1);
  account_number user = account_number::make({0}, 2);
  payment_order order;
  payment_attempt attempt;
  booking_intent intent;
  std::int32_t version = 0;
  std::int16_t paid_by = 0;
  sim_world world{1};
  simulated_database database{world, 1};
  bank::bank_books books;
  history told;
  session_id session = database.open_session();
  std::vector<shard_claim> claims;
};

}  // namespace

TEST_CASE("auditor: orders that bank, ledger and merchant agree on break no law") {
  honest_order o;
  SUBCASE("booked") {
    o.all_well();
    o.tell(payment_stage::processing);
    o.tell(payment_stage::succeeded);
  }
  SUBCASE("booked, and returned by the bank later") {
    o.all_well();
    o.books.give_back(1, 2);
  }
  SUBCASE("failed") {
    o.begin();
    o.fail();
    o.books.book(o.pay("o/pay-0"), "card_declined", 1);
  }
  CHECK(o.found() == "");
}

TEST_CASE("auditor: a paid order that the bank never paid is found") {
  honest_order o;
  o.begin();
  o.succeed();
  o.row();
  o.book();
  CHECK(o.finds("an order counts on money that the bank did not move: o"));
}

TEST_CASE("auditor: an order that the bank paid and that is called failed is found") {
  honest_order o;
  o.begin();
  o.fail();
  o.book_at_bank("o/pay-0");
  CHECK(o.finds("the bank moved money 1 times, known are 0: o"));
}

TEST_CASE("auditor: money that no attempt names is found (R19)") {
  honest_order o;
  o.all_well();
  o.book_at_bank("stranger/pay-0");
  CHECK(o.finds("R19: the bank moved what no attempt names: stranger/pay-0"));
}

TEST_CASE("auditor: an order that never ended is found") {
  honest_order o;
  o.begin();
  CHECK(o.finds("an order never ended: o"));
}

TEST_CASE("auditor: what was intended and not booked is found, and the reverse (R22)") {
  honest_order o;
  o.begin();
  o.succeed();
  o.book_at_bank("o/pay-0");
  CHECK(o.finds("R22: an intent was never booked: o"));
  o.book();
  CHECK(o.finds("R22: an intent is booked and its row is not there: o"));
  o.row();
  CHECK(o.found() == "");
  ++o.intent.number;
  o.row();
  CHECK(o.finds("R22: a row that no intent asked for"));
}

TEST_CASE("auditor: an end that changes is found, in the rows and in what was told (R21)") {
  honest_order o;
  o.all_well();
  o.tell(payment_stage::failed);
  CHECK(o.finds("R21: a merchant was told another end: o"));
  o.told.calls.clear();
  o.fail();
  CHECK(o.finds("R21: an order that had ended changed"));
}

TEST_CASE(
    "auditor: an order that was told and is not there, and a second one, are found (R4, R9)") {
  honest_order o;
  o.all_well();
  o.order.id.bytes[15] = 2;
  o.tell(payment_stage::processing);
  CHECK(o.finds("R9: a merchant was told of an order that is not there: o"));
}

TEST_CASE("auditor: an attempt that nothing allowed is found (R20)") {
  honest_order o;
  o.begin();
  o.attempt.number = 2;
  o.attempt.reference = {"o/pay-1"};
  auto step = o.next(payment_event::attempt_began, payment_stage::processing);
  step.attempt = o.attempt;
  o.record(step);
  CHECK(o.finds("R20: an attempt without evidence"));
}

TEST_CASE("auditor: a second number needs evidence (R20)") {
  honest_order o;
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
  o.send("o/pay-0", 1 * seconds);
  o.send("o/pay-0", 20 * seconds);
  CHECK(o.found(true) == "");
  CHECK(o.finds("R20: sent twice under one number: o/pay-0"));
}
