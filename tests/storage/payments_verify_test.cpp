// Verification finds every lie that is planted about payments, and nothing where all is well.
#include "storage/verify.hpp"
#include "tests/storage/payments_case.hpp"

#include <algorithm>
#include <map>

namespace suanpan::testing {
namespace {

using namespace storage;

// A ledger that books what intents say, as the booker would.
struct booked_ledger : ledger_case {
  booked_ledger() {
    std::vector<account_row> openings;
    for (const auto& key : {"channel:icbc/1122", "internal/2101", "merchant:M001/2001",
                            "internal/6001", "internal/2999", "internal/2998"}) {
      const std::string text = key;
      auto row = account_at(shard_0, static_cast<std::int64_t>(10 + openings.size()),
                            text.substr(0, text.rfind('/')));
      row.key.subject = text.substr(text.rfind('/') + 1);
      row.key.label.clear();
      if (row.key.subject == "1122") row.side = normal_side::debit;
      numbers[text] = row.number;
      openings.push_back(row);
    }
    const auto opened = session->write({claims, openings, {}, {1'500}});
    REQUIRE_MESSAGE(is<committed>(opened), describe(opened));
  }

  [[nodiscard]] account_number number_of(const posting_account& account, bool redirected) {
    if (redirected && account.owner.starts_with("merchant:")) return numbers["internal/2999"];
    return numbers.at(account.owner + "/" + account.subject);
  }
  /// The rows of the intent.
  void book_rows(const payment_course& course, const booking_intent& intent) {
    const auto memo = to_string(course.order.id);
    std::vector<transfer> items;
    for (std::size_t i = 0; i < intent.legs.size(); ++i) {
      auto item = posting(number_of(intent.legs[i].debit, intent.redirected),
                          number_of(intent.legs[i].credit, intent.redirected),
                          intent.legs[i].amount.value, voucher_leg_id(course.order.id, intent, i));
      item.event_code = intent.event_code;
      item.memo = memo;
      item.linked = i + 1 < intent.legs.size();
      items.push_back(item);
    }
    const ticket at{now_micros() + ++booked};
    std::vector<transfer_row> rows;
    for (std::size_t i = 0; i < items.size(); ++i) {
      rows.push_back({at,
                      static_cast<std::int32_t>(i),
                      item_result::posted,
                      {20'780},
                      &items[i],
                      nullptr,
                      {}});
      if (items.size() > 1) rows.back().voucher = &items[0].id;
    }
    std::ranges::sort(rows, {}, [](const transfer_row& row) { return row.what->id; });
    const auto written = write(rows, at);
    REQUIRE_MESSAGE(is<committed>(written), describe(written));
  }
  /// A quick pay from its request to its last booking.
  payment_course pay() {
    payment_course course{an_order()};
    course.begin_attempt(an_attempt(course.order));
    course.succeed();
    finish(course);
    return course;
  }
  void finish(payment_course& course) {
    for (const auto& intent : course.state().intents) {
      if (intent.booked) continue;
      book_rows(course, intent);
      course.book(intent.number);
    }
    const auto first = stored_steps(course);
    must_write(*this, course, first);
  }
  [[nodiscard]] std::size_t stored_steps(const payment_course& course) const {
    return std::stoul(value("SELECT count(*) FROM suanpan.payment_step WHERE payment='" +
                            to_string(transfer_id{course.order.id.bytes}) + "'"));
  }
  void plant(const std::string& table, const std::string& statement) const {
    sql(dsn, "ALTER TABLE suanpan." + table + " DISABLE TRIGGER USER");
    sql(dsn, statement);
  }
  [[nodiscard]] std::vector<difference> differences() const {
    auto found = verify(dsn, {});
    REQUIRE_MESSAGE(found, found.reason());
    return found->differences;
  }

  std::map<std::string, account_number> numbers;
  std::int64_t booked = 0;
};

std::string words_of(const std::vector<difference>& all) {
  std::string words;
  for (const auto& d : all)
    words += d.what + ": " + d.where + ": " + d.expected + " | " + d.found + "\n";
  return words;
}

// Exactly these kinds.
void check_kinds(const booked_ledger& ledger, std::vector<std::string> kinds) {
  const auto all = ledger.differences();
  std::vector<std::string> found;
  for (const auto& d : all) found.push_back(d.what);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::ranges::sort(kinds);
  CHECK_MESSAGE(found == kinds, words_of(all));
}

TEST_CASE("verify: orders that were booked as their intents say are in order") {
  booked_ledger ledger;
  ledger.pay();
  ledger.pay();
  payment_course open{an_order()};
  open.begin_attempt(an_attempt(open.order));
  must_write(ledger, open);
  payment_course failed{an_order()};
  failed.begin_attempt(an_attempt(failed.order));
  failed.answer(payment_event::channel_failed, payment_stage::failed, channel_outcome::failed)
      .head.failure.code = "card_declined";
  must_write(ledger, failed);
  const auto found = verify(ledger.dsn, {});
  REQUIRE_MESSAGE(found, found.reason());
  CHECK_MESSAGE(found->differences_total == 0, words_of(found->differences));
  CHECK(found->payments == 4);
}

TEST_CASE("verify: a voucher that is in the books before its intent is marked is in order") {
  booked_ledger ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  course.succeed();
  must_write(ledger, course);
  ledger.book_rows(course, course.state().intents[0]);
  check_kinds(ledger, {});
}

TEST_CASE("verify: what was redirected stands on suspense, the rest where it was meant") {
  booked_ledger ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  course.succeed();
  course.book(1);
  course.book(2).intents[0].redirected = true;
  for (const auto& intent : course.state().intents) ledger.book_rows(course, intent);
  must_write(ledger, course);
  check_kinds(ledger, {});
  ledger.plant("booking_intent", "UPDATE suanpan.booking_intent SET redirected=false");
  check_kinds(ledger, {"booking", "bookings"});
}

struct lie {
  const char* table;
  const char* statement;
  std::vector<std::string> kinds;
};

TEST_CASE("verify: each lie about an order shows") {
  const std::vector<lie> lies{
      {"payment_order_key", "DELETE FROM suanpan.payment_order_key", {"payment_key"}},
      {"payment_order_key", "UPDATE suanpan.payment_order_key SET number='x'", {"payment_key"}},
      {"payment_order_key",
       "INSERT INTO suanpan.payment_order_key VALUES ('M1','1',sha256(''),gen_random_uuid())",
       {"payment_key"}},
      {"payment_evidence",
       "UPDATE suanpan.payment_evidence SET payment=gen_random_uuid()",
       {"payment_rows"}},
      {"payment_step", "DELETE FROM suanpan.payment_step WHERE version=2", {"payment_head"}},
      {"payment_step", "DELETE FROM suanpan.payment_step WHERE version=5", {"payment_head"}},
      {"payment", "UPDATE suanpan.payment SET version=6", {"payment_head"}},
      {"payment", "UPDATE suanpan.payment SET paid_by=2", {"payment_attempt", "payment_head"}},
      {"payment_step",
       "UPDATE suanpan.payment_step SET stage=7 WHERE version=3",
       {"payment_stage"}},
      {"payment", "UPDATE suanpan.payment SET open=true", {"payment_open"}},
      {"payment_attempt", "UPDATE suanpan.payment_attempt SET outcome=2", {"payment_attempt"}},
      {"payment_attempt", "UPDATE suanpan.payment_attempt SET open=true", {"payment_attempt"}},
      {"payment_attempt",
       "INSERT INTO suanpan.payment_attempt SELECT began_at,ended_at,next_query_at,2,operation,"
       "sends,0,1,doubt,queries,failure_advice,open,payment,'r2',channel,card,failure_code,"
       "failure_channel_code,bank_number,redirect_url,route_reasons FROM suanpan.payment_attempt",
       {"payment_attempt", "payment_evidence"}},
      {"payment_attempt",
       "INSERT INTO suanpan.payment_attempt SELECT began_at,ended_at,next_query_at,2,operation,"
       "sends,1,2,doubt,queries,failure_advice,open,payment,'r2',channel,card,failure_code,"
       "failure_channel_code,bank_number,redirect_url,route_reasons FROM suanpan.payment_attempt",
       {"payment_evidence"}},
      {"booking_intent",
       "DELETE FROM suanpan.booking_intent WHERE number=2",
       {"booking", "payment_transitions"}},
      {"booking_intent",
       "UPDATE suanpan.booking_intent SET transition=7 WHERE number=2",
       {"payment_transitions"}},
      {"booking_intent",
       "UPDATE suanpan.booking_intent SET legs=jsonb_set(legs,'{0,amount}','9941') WHERE number=2",
       {"booking", "bookings"}},
      {"booking_intent",
       "UPDATE suanpan.booking_intent SET legs=jsonb_set(legs,'{0,credit_owner}','\"internal\"')"
       " WHERE number=2",
       {"booking", "bookings"}},
      {"booking_intent",
       "UPDATE suanpan.booking_intent SET event_code=1 WHERE number=1",
       {"booking"}},
      {"booking_intent",
       "UPDATE suanpan.booking_intent SET booked=false,refusal=101,may_be_refused=true"
       " WHERE number=1",
       {"booking", "payment_transitions"}},
      {"transfer", "DELETE FROM suanpan.transfer WHERE event_code=3030", {"booking", "bookings"}},
      {"transfer",
       "UPDATE suanpan.transfer SET amount=9999 WHERE event_code=3030",
       {"booking", "bookings"}},
      {"transfer", "UPDATE suanpan.transfer SET memo='other' WHERE event_code=3030", {"booking"}},
      {"payment", "UPDATE suanpan.payment SET refunded=5", {"payment_head", "payment_refunds"}},
      {"notification", "UPDATE suanpan.notification SET attempts=1", {"notification"}},
  };
  booked_ledger ledger;
  ledger.pay();
  check_kinds(ledger, {});
  for (const auto& planted : lies) {
    INFO(planted.statement);
    const std::string table = planted.table == std::string{"transfer"}
                                  ? ledger.value("SELECT tableoid::regclass FROM suanpan.transfer")
                                  : "suanpan." + std::string{planted.table};
    sql(ledger.dsn, "ALTER TABLE " + table + " DISABLE TRIGGER USER");
    sql(ledger.dsn, "DROP TABLE IF EXISTS truth");
    sql(ledger.dsn, "CREATE TABLE truth AS SELECT * FROM " + table);
    ledger.plant(planted.table, planted.statement);
    check_kinds(ledger, planted.kinds);
    sql(ledger.dsn, "DELETE FROM " + table);
    sql(ledger.dsn, "INSERT INTO " + table + " SELECT * FROM truth");
  }
  check_kinds(ledger, {});
}

TEST_CASE("verify: a row in the name of an order that no intent wanted") {
  booked_ledger ledger;
  const auto course = ledger.pay();
  const auto memo = to_string(course.order.id);
  auto extra = posting(ledger.a, ledger.b, 5);
  extra.memo = "pay_01J2TW4YHYFK0RY0014D2PF2DB";  // nobody's order: a caller's own text
  ledger.post(extra, {now_micros() + 1'000});
  check_kinds(ledger, {});
  extra = posting(ledger.a, ledger.b, 5);
  extra.memo = memo;
  ledger.post(extra, {now_micros() + 2'000});
  check_kinds(ledger, {"booking"});
}

TEST_CASE("verify: an intent that waits for long, by the ledger's own time") {
  booked_ledger ledger;
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  auto& step = course.succeed();
  for (auto& intent : step.intents) intent.caused_micros -= 3'500'000'000;
  must_write(ledger, course);
  check_kinds(ledger, {});
  ledger.post(posting(ledger.a, ledger.b, 5), {now_micros() + 200'000'000});
  check_kinds(ledger, {"booking"});
}

TEST_CASE("verify: refunds and their shares agree") {
  booked_ledger ledger;
  auto course = ledger.pay();
  auto asked = an_order(payment_kind::refund);
  asked.original = course.order.id;
  asked.amount = {500};
  payment_course refund{asked};
  must_write(ledger, refund);
  auto& reserved = course.add(payment_event::refund_reserved, payment_stage::succeeded);
  reserved.share = refund_share{asked.id, {500}, false};
  reserved.head.refund_reserved = {500};
  must_write(ledger, course, course.steps.size() - 1);
  check_kinds(ledger, {});
  ledger.plant("refund_share", "UPDATE suanpan.refund_share SET state=2");
  check_kinds(ledger, {"payment_refunds"});
  sql(ledger.dsn, "UPDATE suanpan.refund_share SET state=1,amount=400");
  check_kinds(ledger, {"payment_refunds"});
}

}  // namespace
}  // namespace suanpan::testing
