// What the journal writes of payments: whole or not at all, in order, under one number for ever.
#include "storage/payment_script.hpp"
#include "tests/storage/payments_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

TEST_CASE("an order is read back as it was written, step by step") {
  ledger_case ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  must_write(ledger, course);
  CHECK(stored(ledger, course.order.id) == course.state());

  course.answer(payment_event::channel_failed, payment_stage::created, channel_outcome::failed)
      .head.failure = {"card_declined", "05", retry_advice::retry_other_method};
  must_write(ledger, course, 2);
  CHECK(stored(ledger, course.order.id) == course.state());

  auto again = an_attempt(course.order, 2);
  course.begin_attempt(again).head.failure = {};
  course.succeed();
  must_write(ledger, course, 3);
  course.book(1);
  course.book(2);
  must_write(ledger, course, 5);
  const auto found = stored(ledger, course.order.id);
  CHECK(found == course.state());
  CHECK(found.head.version == 7);
  CHECK(found.intents.at(1).legs.size() == 2);
  CHECK(ledger.value("SELECT open FROM suanpan.payment") == "f");
  CHECK(ledger.value("SELECT name||' '||kind||' '||stage||' '||currency FROM audit.payment") ==
        to_string(course.order.id) + " quick_pay succeeded CNY");
  CHECK(ledger.value("SELECT transfer FROM audit.booking_intent WHERE number=2 AND leg=2") ==
        to_string(voucher_leg_id(course.order.id, found.intents.at(1), 1)));
  CHECK(ledger.value("SELECT state FROM audit.notification") == "waiting");
}

TEST_CASE("a hundred orders in one transaction, several steps of one among them") {
  ledger_case ledger;
  std::vector<payment_course> courses;
  std::vector<payment_unit> units;
  for (int i = 0; i < 100; ++i) {
    courses.emplace_back(an_order());
    courses.back().begin_attempt(an_attempt(courses.back().order));
  }
  courses[7]
      .answer(payment_event::channel_failed, payment_stage::failed, channel_outcome::failed)
      .head.failure = {"card_declined", "05", retry_advice::retry_never};
  for (const auto& course : courses) units.emplace_back(course.steps);
  const auto written = ledger.session->write_payments({ledger.claims, units});
  REQUIRE_MESSAGE(is<committed>(written), describe(written));
  for (const auto& course : courses) CHECK(stored(ledger, course.order.id) == course.state());
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment WHERE open") == "99");
}

TEST_CASE("an order number is taken once for ever, and who asks again is told so") {
  ledger_case ledger;
  const payment_course first{an_order()};
  must_write(ledger, first);
  auto order = an_order();
  order.number = first.order.number;
  const auto again = write(ledger, payment_course{order});
  REQUIRE_MESSAGE(is<rejected>(again), describe(again));
  CHECK(std::get<rejected>(again).duplicate);
  CHECK(std::get<rejected>(again).sqlstate == "23505");
  CHECK(ledger.session->lost().empty());

  order.merchant = {"M002"};  // another's number is another number
  CHECK(is<committed>(write(ledger, payment_course{order})));
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment") == "2");
}

TEST_CASE("a step is written on its predecessor only") {
  ledger_case ledger;
  payment_course course{an_order()};
  must_write(ledger, course);
  course.begin_attempt(an_attempt(course.order));
  must_write(ledger, course, 1);

  const auto twice = write(ledger, course, 1);
  REQUIRE_MESSAGE(is<rejected>(twice), describe(twice));
  CHECK_FALSE(std::get<rejected>(twice).duplicate);

  payment_course ahead = course;
  ahead.add(payment_event::channel_silent, payment_stage::unknown);
  ahead.add(payment_event::channel_asked, payment_stage::unknown);
  const auto gap = write(ledger, ahead, 3);
  REQUIRE_MESSAGE(is<rejected>(gap), describe(gap));
  CHECK(std::get<rejected>(gap).sqlstate.starts_with("P0"));

  std::swap(ahead.steps[2], ahead.steps[3]);
  CHECK(is<rejected>(write(ledger, ahead, 2)));
  CHECK(stored(ledger, course.order.id) == course.state());
  CHECK(ledger.session->lost().empty());
}

TEST_CASE("one that the database refuses takes the others with it, and alone is told apart") {
  ledger_case ledger;
  std::vector<payment_course> courses;
  for (int i = 0; i < 3; ++i) courses.emplace_back(an_order());
  courses[1].steps[0].opens->amount = {0};
  std::vector<payment_unit> units;
  for (const auto& course : courses) units.emplace_back(course.steps);
  CHECK(is<rejected>(ledger.session->write_payments({ledger.claims, units})));
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment") == "0");
  int recorded = 0;
  for (const auto& course : courses) recorded += is<committed>(write(ledger, course)) ? 1 : 0;
  CHECK(recorded == 2);
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment_order_key") == "2");
}

TEST_CASE("any text is stored as it is, and what the database can't hold is refused") {
  ledger_case ledger;
  auto order = an_order();
  order.description.clear();
  for (int c = 1; c < 128; ++c) order.description += static_cast<char>(c);
  order.description += "é早";
  order.return_url = R"({"'\'\\',NULL,{}})";
  const payment_course course{order};
  must_write(ledger, course);
  CHECK(stored(ledger, order.id).order == order);

  for (const auto& text :
       {std::string("a\0b", 3), std::string("\xff\xfe"), std::string(257, 'x')}) {
    auto bad = an_order();
    bad.description = text;
    const auto refused = write(ledger, payment_course{bad});
    CHECK_MESSAGE(is<rejected>(refused), describe(refused));
  }
  CHECK(ledger.session->lost().empty());
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment") == "1");
}

TEST_CASE("who no longer owns the shard writes nothing") {
  ledger_case ledger;
  const payment_course course{an_order()};
  must_write(ledger, course);
  auto claims = ledger.claims;
  ++claims.front().at_epoch.value;
  const payment_course late{an_order()};
  const std::vector<payment_unit> units{late.steps};
  const auto refused = ledger.session->write_payments({claims, units});
  REQUIRE_MESSAGE(is<failed>(refused), describe(refused));
  CHECK(std::get<failed>(refused).fenced);
  CHECK_FALSE(ledger.session->lost().empty());
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment") == "1");
}

TEST_CASE("deliveries follow each other, and the last one tells how an event stands") {
  ledger_case ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  course.succeed();
  must_write(ledger, course);
  delivery_record first{shard_0, course.order.id, 1, 1, now_micros(), 500, "it's down", 0, false};
  first.next_micros = now_micros() + 5'000'000;
  delivery_record second{shard_0, course.order.id, 1, 2, now_micros(), 204, "", 0, true};
  const auto deliver = [&](const std::vector<delivery_record>& some) {
    return ledger.session->write_payments({ledger.claims, {}, some});
  };
  CHECK(is<rejected>(deliver({second})));
  CHECK(is<committed>(deliver({first})));
  CHECK(is<rejected>(deliver({first})));
  CHECK(ledger.value("SELECT state||' '||attempts||' '||trouble FROM audit.notification") ==
        "waiting 1 it's down");
  CHECK(is<committed>(deliver({second})));
  CHECK(ledger.value("SELECT state||' '||attempts||' '||http_status FROM audit.notification") ==
        "acknowledged 2 204");

  delivery_record stranger = first;
  stranger.order = next_payment_id();
  CHECK(is<rejected>(deliver({stranger})));
}

TEST_CASE("several deliveries of one event come in one transaction") {
  ledger_case ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  course.succeed();
  must_write(ledger, course);
  std::vector<delivery_record> tries;
  for (std::int16_t i = 1; i <= 3; ++i)
    tries.push_back({shard_0, course.order.id, 1, i, now_micros(), 0, "no answer",
                     i == 3 ? 0 : now_micros(), false});
  CHECK(is<committed>(ledger.session->write_payments({ledger.claims, {}, tries})));
  CHECK(ledger.value("SELECT state||' '||attempts FROM audit.notification") == "given_up 3");
}

}  // namespace
}  // namespace suanpan::testing
