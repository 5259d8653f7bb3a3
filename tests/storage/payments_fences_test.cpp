// What SQL repeats of the rules: facts stay, ends are for ever, another attempt needs evidence.
#include "tests/storage/payments_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

// An order with everything that an order can have.
payment_course paid(ledger_case& ledger) {
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  auto& step = course.succeed();
  step.opens_case = payment_case{1, case_reason::answer_mismatched, 1, "look", now_micros()};
  course.book(1);
  must_write(ledger, course);
  return course;
}

void check_refused(const ledger_case& ledger, const std::vector<std::string>& statements) {
  for (const auto& statement : statements) {
    const auto fault = sql_fault(ledger.dsn, statement);
    CHECK_MESSAGE(fault.starts_with("23"), statement, " -> ", fault);
  }
}

TEST_CASE("facts about payments cannot be changed, removed or truncated") {
  ledger_case ledger;
  const auto course = paid(ledger);
  payment_course refund{an_order(payment_kind::refund)};
  refund.order.original = course.order.id;
  refund.steps[0].opens = refund.order;
  must_write(ledger, refund);
  auto reserving = course;
  auto& step = reserving.add(payment_event::refund_reserved, payment_stage::succeeded);
  step.share = refund_share{refund.order.id, {100}, false};
  step.head.refund_reserved = {100};
  must_write(ledger, reserving, 4);
  const std::vector<delivery_record> tries{
      {shard_0, course.order.id, 1, 1, now_micros(), 200, "", 0, true}};
  REQUIRE(is<committed>(ledger.session->write_payments({ledger.claims, {}, tries})));
  std::vector<std::string> statements;
  for (const auto* table : {"payment", "payment_order_key", "payment_step", "payment_case",
                            "payment_evidence", "payment_attempt", "booking_intent", "refund_share",
                            "notification", "notification_attempt"}) {
    statements.push_back("DELETE FROM suanpan." + std::string{table});
    statements.push_back("TRUNCATE suanpan." + std::string{table} + " CASCADE");
  }
  for (const auto* change : {"payment_order_key SET payment=payment",
                             "payment_step SET note=''",
                             "payment_case SET summary='x'",
                             "payment_evidence SET allows_new_number=true",
                             "notification_attempt SET trouble='x'",
                             "payment SET amount=amount+1,version=version+1",
                             "payment SET fee=0,version=version+1 WHERE kind=3",
                             "payment SET merchant='M2',version=version+1",
                             "payment SET refunded=1",
                             "payment SET version=version-1",
                             "payment_attempt SET reference='x'",
                             "payment_attempt SET channel='b'",
                             "payment_attempt SET allowed_by=1",
                             "payment_attempt SET open=true",
                             "payment_attempt SET sends=0",
                             "payment_attempt SET outcome=2",
                             "booking_intent SET legs='[1]'",
                             "booking_intent SET caused_at=caused_at+1",
                             "booking_intent SET booked=false WHERE number=1",
                             "refund_share SET amount=99",
                             "notification SET body='{}'",
                             "notification SET acknowledged=false",
                             "notification SET attempts=0"})
    statements.push_back("UPDATE suanpan." + std::string{change});
  check_refused(ledger, statements);
}

TEST_CASE("an order that came to its end stays there") {
  ledger_case ledger;
  auto course = paid(ledger);
  for (const auto stage : {payment_stage::processing, payment_stage::failed}) {
    auto changed = course;
    auto& step = changed.add(payment_event::failed_after_success, stage);
    step.head.failure.code = "x";
    if (!is_terminal(stage)) step.head.finished_micros = 0;
    const auto refused = write(ledger, changed, 4);
    CHECK_MESSAGE(is<rejected>(refused), describe(refused));
  }
  course.add(payment_event::failed_after_success, payment_stage::succeeded);
  must_write(ledger, course, 4);
}

struct next_try {
  const char* words;
  channel_outcome outcome;
  channel_doubt doubt;
  bool allows;
  bool open;
  std::int16_t allowed_by;
  bool accepted;
};

TEST_CASE("another attempt needs evidence of the last one, or its explicit failure (R20)") {
  using o = channel_outcome;
  using d = channel_doubt;
  ledger_case ledger;
  for (const auto& is_so : {
           next_try{"after a refusal", o::failed, d::none, false, false, 0, true},
           next_try{"certainly unsent", o::unknown, d::not_sent, true, false, 1, true},
           next_try{"a final not found", o::not_found, d::none, true, false, 1, true},
           next_try{"silence", o::unknown, d::no_answer, false, false, 0, false},
           next_try{"silence called evidence", o::unknown, d::no_answer, false, false, 1, false},
           next_try{"not found, not final", o::not_found, d::none, false, false, 1, false},
           next_try{"evidence of nobody", o::unknown, d::not_sent, true, false, 2, false},
           next_try{"evidence, and still open", o::unknown, d::not_sent, true, true, 1, false},
           next_try{"after success", o::succeeded, d::none, false, false, 0, false},
       }) {
    payment_course course{an_order()};
    course.begin_attempt(an_attempt(course.order));
    auto& step =
        course.answer(payment_event::channel_silent, payment_stage::unknown, is_so.outcome);
    step.attempt->doubt = step.evidence->doubt = is_so.doubt;
    step.attempt->open = is_so.open;
    step.evidence->allows_new_number = is_so.allows;
    must_write(ledger, course);
    auto attempt = an_attempt(course.order, 2);
    attempt.allowed_by = is_so.allowed_by;
    course.begin_attempt(attempt);
    const auto written = write(ledger, course, 3);
    CHECK_MESSAGE(is<committed>(written) == is_so.accepted, is_so.words, ": ", describe(written));
  }
}

TEST_CASE("evidence that allows another attempt is a final not found, or certainly never sent") {
  ledger_case ledger;
  for (const auto outcome : {channel_outcome::succeeded, channel_outcome::failed,
                             channel_outcome::pending, channel_outcome::unknown}) {
    payment_course course{an_order()};
    course.begin_attempt(an_attempt(course.order));
    auto& step = course.answer(payment_event::channel_silent, payment_stage::unknown, outcome);
    step.attempt->open = true;
    step.evidence->allows_new_number = true;
    step.evidence->doubt =
        outcome == channel_outcome::unknown ? channel_doubt::no_answer : channel_doubt::none;
    CHECK(is<rejected>(write(ledger, course)));
  }
}

TEST_CASE("attempts are numbered without gaps, and a reference is used once for ever") {
  ledger_case ledger;
  payment_course first{an_order()};
  first.begin_attempt(an_attempt(first.order));
  must_write(ledger, first);

  payment_course thief{an_order()};
  auto attempt = an_attempt(thief.order);
  attempt.reference = first.steps[1].attempt->reference;
  thief.begin_attempt(attempt);
  const auto taken = write(ledger, thief);
  REQUIRE(is<rejected>(taken));
  CHECK_FALSE(std::get<rejected>(taken).duplicate);

  payment_course gap{an_order()};
  gap.begin_attempt(an_attempt(gap.order, 2));
  CHECK(is<rejected>(write(ledger, gap)));

  auto renamed = first;  // another attempt under the number of the first
  renamed.begin_attempt(an_attempt(first.order)).attempt->reference = {"another"};
  CHECK(is<rejected>(write(ledger, renamed, 2)));

  auto moved = first;  // to another channel, under its reference
  moved.answer(payment_event::channel_silent, payment_stage::unknown, channel_outcome::unknown)
      .attempt->channel = {"another"};
  CHECK(is<rejected>(write(ledger, moved, 2)));
}

TEST_CASE("what orders name is never removed") {
  ledger_case ledger;
  check_refused(ledger, {"DELETE FROM suanpan.currency WHERE letters='ZWG'",
                         "UPDATE suanpan.currency SET code=1 WHERE letters='CNY'",
                         "DELETE FROM suanpan.shard"});
}

TEST_CASE("an intent stays as it was meant, and its end is for ever") {
  ledger_case ledger;
  auto course = paid(ledger);
  auto intent = course.state().intents[0];
  const auto refuse = [&](const booking_intent& changed) {
    auto copy = course;
    copy.add(payment_event::booked, payment_stage::succeeded).intents = {changed};
    const auto refused = write(ledger, copy, 4);
    CHECK_MESSAGE(is<rejected>(refused), describe(refused));
  };
  auto changed = intent;
  changed.legs[0].amount = {9'999};
  refuse(changed);
  changed = course.state().intents[1];  // likewise of one that is to be booked yet
  changed.booked = true;
  changed.legs[0].amount = {9'999};
  refuse(changed);
  changed = intent;
  changed.event_code += 1;
  refuse(changed);
  changed = intent;
  changed.transition = payment_transition::settled;
  refuse(changed);
  changed = intent;
  changed.booked = false;
  refuse(changed);
  changed = intent;
  changed.redirected = true;
  refuse(changed);
  changed = course.state().intents[1];
  changed.refusal = item_result::debit_insufficient_funds;  // one that can't be refused
  refuse(changed);
  changed = course.state().intents[1];
  changed.number = 3;
  changed.legs.clear();
  refuse(changed);
  CHECK(stored(ledger, course.order.id) == course.state());
}

TEST_CASE("refunds never take more than there was") {
  ledger_case ledger;
  auto course = paid(ledger);
  std::vector<payment_id> refunds;
  for (int i = 0; i < 3; ++i) {
    payment_course refund{an_order(payment_kind::refund)};
    refund.order.original = course.order.id;
    refund.steps[0].opens = refund.order;
    must_write(ledger, refund);
    refunds.push_back(refund.order.id);
  }
  const auto reserve = [&](const payment_id& refund, std::int64_t amount, std::int64_t in_all) {
    auto next = course;
    auto& step = next.add(payment_event::refund_reserved, payment_stage::succeeded);
    step.share = refund_share{refund, {amount}, false};
    step.head.refund_reserved = {in_all};
    const auto written = write(ledger, next, course.steps.size());
    if (is<committed>(written)) course = next;
    return is<committed>(written);
  };
  CHECK(reserve(refunds[0], 6'000, 6'000));
  CHECK_FALSE(reserve(refunds[1], 4'001, 10'000));  // the shares tell
  CHECK_FALSE(reserve(refunds[1], 4'000, 10'001));  // the head tells
  CHECK(reserve(refunds[1], 4'000, 10'000));
  CHECK(reserve(refunds[0], 0, 4'000));  // gone
  CHECK(stored(ledger, course.order.id) == course.state());
  CHECK_FALSE(reserve(refunds[0], 6'001, 10'000));  // what was released, anew
  CHECK(reserve(refunds[0], 5, 4'005));
  CHECK(stored(ledger, course.order.id) == course.state());
  CHECK(reserve(refunds[2], 5'995, 10'000));
  auto& step = course.add(payment_event::refund_settled, payment_stage::succeeded);
  step.share = refund_share{refunds[1], {4'000}, true};
  step.head.refunded = {4'000};
  step.head.refund_reserved = {6'000};
  must_write(ledger, course, course.steps.size() - 1);
  CHECK(stored(ledger, course.order.id) == course.state());
  CHECK_FALSE(reserve(refunds[1], 0, 6'000));
}

TEST_CASE("an order that makes no sense is refused") {
  ledger_case ledger;
  const auto refuse = [&](auto change) {
    payment_course course{an_order()};
    change(course);
    const auto refused = write(ledger, course);
    CHECK_MESSAGE(is<rejected>(refused), describe(refused));
  };
  using course = payment_course;
  refuse([](course& c) { c.steps[0].opens->amount = {-1}; });
  refuse([](course& c) { c.steps[0].opens->fee = {-1}; });
  refuse([](course& c) { c.steps[0].opens->ccy = {1}; });
  refuse([](course& c) { c.steps[0].opens->merchant = {""}; });
  refuse([](course& c) { c.steps[0].opens->number = {"a\nb"}; });
  refuse([](course& c) { c.steps[0].opens->number = {std::string(65, 'x')}; });
  refuse([](course& c) { c.steps[0].opens->kind = payment_kind::refund; });
  refuse([](course& c) { c.steps[0].opens->original = next_payment_id(); });
  refuse([](course& c) { c.steps[0].opens->id = next_payment_id(); });
  refuse([](course& c) { c.steps[0].opens.reset(); });
  refuse([](course& c) { c.steps[0].head.version = 0; });
  refuse([](course& c) { c.steps[0].event = payment_event::booked; });
  refuse([](course& c) { c.steps[0].shard = {99}; });
  refuse([](course& c) {
    c.add(payment_event::expired, payment_stage::closed).head.finished_micros = 0;
  });
  refuse([](course& c) { c.add(payment_event::no_route_found, payment_stage::failed); });
  refuse([](course& c) { c.add(payment_event::channel_succeeded, payment_stage::succeeded); });
  CHECK(ledger.value("SELECT count(*) FROM suanpan.payment") == "0");
}

}  // namespace
}  // namespace suanpan::testing
