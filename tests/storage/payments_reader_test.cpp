// Who reads payments finds what was written, and nothing else.
#include "tests/storage/payments_case.hpp"

#include <algorithm>
#include <functional>

namespace suanpan::testing {
namespace {

using namespace storage;

std::vector<payment_id> ids_of(const std::vector<payment_state>& states) {
  std::vector<payment_id> ids;
  for (const auto& state : states) ids.push_back(state.order.id);
  return ids;
}

std::vector<payment_id> open_on(const ledger_case& ledger, shard_id shard) {
  const auto open = reader_of(ledger).open_payments(shard);
  REQUIRE_MESSAGE(open, open.reason());
  return ids_of(*open);
}

payment_course paid_order() {
  payment_course course{an_order()};
  course.begin_attempt(an_attempt(course.order));
  course.succeed();
  return course;
}

payment_course on_shard_1(payment_course course) {
  for (auto& step : course.steps) step.shard = shard_1;
  return course;
}

TEST_CASE("an order stays open until it is at its end, booked, and nothing is due") {
  ledger_case ledger;
  auto course = paid_order();
  must_write(ledger, course);
  must_write(ledger, on_shard_1(payment_course{an_order()}));
  const std::vector<payment_id> only{course.order.id};
  CHECK(open_on(ledger, shard_0) == only);
  CHECK(open_on(ledger, shard_1).size() == 1);
  course.book(1);
  must_write(ledger, course, 3);
  CHECK(open_on(ledger, shard_0) == only);
  course.book(2).head.due_micros = now_micros();
  must_write(ledger, course, 4);
  CHECK(open_on(ledger, shard_0) == only);
  course.add(payment_event::channel_asked, payment_stage::succeeded).head.due_micros = 0;
  must_write(ledger, course, 5);
  CHECK(open_on(ledger, shard_0).empty());

  // A contradiction opens it again.
  auto& step = course.add(payment_event::failed_after_success, payment_stage::succeeded);
  step.intents = {an_intent(3, payment_transition::returned_by_bank,
                            {a_leg("internal/2999", "channel:icbc/1122", 10'000)})};
  must_write(ledger, course, 6);
  const auto open = reader_of(ledger).open_payments(shard_0);
  REQUIRE(open);
  REQUIRE(open->size() == 1);
  CHECK(open->front() == course.state());
}

TEST_CASE("a closed order that nothing is left of is not open from its first record on") {
  ledger_case ledger;
  payment_course course{an_order()};
  course.add(payment_event::no_route_found, payment_stage::failed).head.failure.code = "no_channel";
  must_write(ledger, course);
  CHECK(open_on(ledger, shard_0).empty());
  CHECK(stored(ledger, course.order.id) == course.state());
}

TEST_CASE("a refund that ended is open until its original heard of it") {
  ledger_case ledger;
  auto original = paid_order();
  original.book(1);
  original.book(2);
  must_write(ledger, original);
  auto asked = an_order(payment_kind::refund);
  asked.original = original.order.id;
  payment_course refund{asked};
  must_write(ledger, refund);
  auto& reserved = original.add(payment_event::refund_reserved, payment_stage::succeeded);
  reserved.share = refund_share{asked.id, {500}, false};
  reserved.head.refund_reserved = {500};
  must_write(ledger, original, original.steps.size() - 1);
  refund.add(payment_event::no_route_found, payment_stage::failed).head.failure.code = "x";
  must_write(ledger, refund, 1);
  CHECK(open_on(ledger, shard_0) == std::vector{asked.id});
  auto& released = original.add(payment_event::refund_released, payment_stage::succeeded);
  released.share = refund_share{asked.id, {0}, false};
  released.head.refund_reserved = {0};
  must_write(ledger, original, original.steps.size() - 1);
  CHECK(open_on(ledger, shard_0).empty());
}

TEST_CASE("an order with a surplus is open until the surplus is returned") {
  ledger_case ledger;
  auto course = paid_order();
  auto& again = course.add(payment_event::succeeded_again, payment_stage::succeeded);
  again.intents = {an_intent(3, payment_transition::surplus_received,
                             {a_leg("channel:icbc/1122", "internal/2998", 10'000)})};
  for (std::int16_t i = 1; i <= 3; ++i) course.book(i);
  must_write(ledger, course);
  CHECK(ledger.value("SELECT open FROM suanpan.payment") == "f");
  CHECK(open_on(ledger, shard_0) == std::vector{course.order.id});
  course.add(payment_event::surplus_returned, payment_stage::succeeded);
  must_write(ledger, course, course.steps.size() - 1);
  CHECK(open_on(ledger, shard_0).empty());
}

TEST_CASE("orders are found by number of their merchant, by id, and by reference, each once") {
  ledger_case ledger;
  std::vector<payment_course> courses;
  for (int i = 0; i < 4; ++i) {
    courses.push_back(paid_order());
    must_write(ledger, courses.back());
  }
  auto reader = reader_of(ledger);
  const auto find = [&](const payment_names& names) {
    const auto found = reader.find(names);
    REQUIRE_MESSAGE(found, found.reason());
    return *found;
  };
  const auto& order = courses[1].order;
  CHECK(find({{{order.merchant, order.number}}, {}, {}}) ==
        std::vector<payment_state>{courses[1].state()});
  CHECK(find({{{{"M002"}, order.number}}, {}, {}}).empty());
  CHECK(find({{}, {}, {courses[2].steps[1].attempt->reference}}) ==
        std::vector<payment_state>{courses[2].state()});
  CHECK(find({{}, {}, {{"nobody's"}}}).empty());
  const auto all = find({{{order.merchant, order.number}, {{"M,\"'\\"}, {"x"}}},
                         {order.id, courses[3].order.id, next_payment_id()},
                         {courses[1].steps[1].attempt->reference}});
  CHECK(ids_of(all) == std::vector{order.id, courses[3].order.id});
  CHECK(find({}).empty());
}

TEST_CASE("lists go from the newest back, page by page, through every filter") {
  ledger_case ledger;
  std::vector<payment_id> of_one;
  for (int i = 0; i < 7; ++i) {
    auto order = an_order(i % 2 == 0 ? payment_kind::quick_pay : payment_kind::top_up);
    order.created_micros = 1'000'000 * (i + 1);
    if (i == 6) order.merchant = {"M002"};
    must_write(ledger, payment_course{order});
    if (i != 6) of_one.push_back(order.id);
  }
  std::reverse(of_one.begin(), of_one.end());
  auto reader = reader_of(ledger);
  const auto list = [&](const payment_filter& filter) {
    const auto page = reader.list(filter);
    REQUIRE_MESSAGE(page, page.reason());
    return ids_of(*page);
  };
  payment_filter filter{.merchant = merchant_id{"M001"}};
  CHECK(list(filter) == of_one);
  CHECK(list({}).size() == 7);
  filter.limit = 4;
  auto pages = list(filter);
  filter.before = pages.back();
  const auto second = list(filter);
  CHECK(second.size() == 2);
  pages.insert(pages.end(), second.begin(), second.end());
  CHECK(pages == of_one);
  CHECK(list({.kind = payment_kind::top_up}).size() == 3);
  CHECK(list({.kind = payment_kind::payout}).empty());
  CHECK(list({.stage = payment_stage::created}).size() == 7);
  CHECK(list({.stage = payment_stage::failed}).empty());
  CHECK(list({.from_micros = 2'000'000, .to_micros = 4'000'000}).size() == 2);
}

TEST_CASE("the life of an order tells steps, events and cases in their order") {
  ledger_case ledger;
  auto course = paid_order();
  course.steps.back().opens_case =
      payment_case{1, case_reason::success_after_end, 1, "look at it", 5};
  course.steps.back().notifications.push_back({2, "payment.surplus", "{}", now_micros()});
  must_write(ledger, course);
  const std::vector<delivery_record> tries{
      {shard_0, course.order.id, 1, 1, now_micros(), 503, "busy", now_micros(), false},
      {shard_0, course.order.id, 1, 2, now_micros(), 410, "gone", 0, false}};
  REQUIRE(is<committed>(ledger.session->write_payments({ledger.claims, {}, tries})));
  auto reader = reader_of(ledger);
  const auto life = reader.life(course.order.id);
  REQUIRE_MESSAGE(life, life.reason());
  REQUIRE(life->has_value());
  const auto& told = **life;
  CHECK(told.state == course.state());
  REQUIRE(told.steps.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& step = course.steps[i];
    CHECK(told.steps[i] == told_step{step.head.version, step.event, step.head.stage, step.rule,
                                     step.note, step.at_micros});
  }
  REQUIRE(told.notifications.size() == 2);
  CHECK(told.notifications[0] ==
        told_notification{course.steps[2].notifications[0], 2, false, true, 0, "gone"});
  CHECK_FALSE(told.notifications[1].given_up);
  CHECK(told.cases == std::vector{*course.steps[2].opens_case});
  const auto nobody = reader.life(next_payment_id());
  REQUIRE(nobody);
  CHECK_FALSE(nobody->has_value());

  const auto cases = reader.list_cases({.merchant = merchant_id{"M001"}});
  REQUIRE_MESSAGE(cases, cases.reason());
  REQUIRE(cases->size() == 1);
  CHECK(cases->front() ==
        found_case{course.order.id, {"M001"}, course.order.number, *course.steps[2].opens_case});
  CHECK(reader.list_cases({.reason = case_reason::refund_stuck})->empty());
  CHECK(reader.list_cases({.before_micros = 5})->empty());
  CHECK(reader.list_cases({.order = course.order.id})->size() == 1);
}

TEST_CASE("undelivered events: next due first, of each order the earliest, a few a merchant") {
  ledger_case ledger;
  std::vector<payment_course> courses;
  for (int i = 0; i < 6; ++i) {
    auto order = an_order();
    if (i == 5) order.merchant = {"M002"};
    payment_course course{order};
    course.begin_attempt(an_attempt(order));
    auto& step = course.succeed();
    step.notifications[0].caused_micros = 100 - i;
    step.notifications.push_back({2, "payment.surplus", "{}", 1});
    must_write(ledger, course);
    courses.push_back(course);
  }
  auto reader = reader_of(ledger);
  const auto read = [&](const undelivered_filter& filter) {
    const auto found = reader.undelivered(filter);
    REQUIRE_MESSAGE(found, found.reason());
    return *found;
  };
  const auto all = read({.shard = shard_0});
  REQUIRE(all.size() == 6);
  CHECK(all[0] ==
        undelivered_notification{
            shard_0, courses[5].order.id, {"M002"}, courses[5].steps[2].notifications[0], 0, 95});
  for (std::size_t i = 0; i < 6; ++i) CHECK(all[i].order == courses[5 - i].order.id);
  CHECK(read({.shard = shard_1}).empty());
  CHECK(read({.shard = shard_0, .due_before_micros = 97}).size() == 2);
  CHECK(read({.shard = shard_0, .limit = 3}).size() == 3);
  const auto fair = read({.shard = shard_0, .limit_per_merchant = 1});
  REQUIRE(fair.size() == 2);
  CHECK(fair[0].merchant == merchant_id{"M002"});

  // Acknowledged: the order's next one may go.
  const std::vector<delivery_record> tries{
      {shard_0, courses[5].order.id, 1, 1, now_micros(), 200, "", 0, true}};
  REQUIRE(is<committed>(ledger.session->write_payments({ledger.claims, {}, tries})));
  const auto later = read({.shard = shard_0, .due_before_micros = 2});
  REQUIRE(later.size() == 1);
  CHECK(later[0].what.sequence == 2);
}

TEST_CASE("notifications are listed from the newest order back, page by page") {
  ledger_case ledger;
  std::vector<payment_id> orders;
  for (int i = 0; i < 3; ++i) {
    auto order = an_order();
    if (i == 2) order.merchant = {"M002"};
    payment_course course{order};
    course.begin_attempt(an_attempt(order));
    course.succeed().notifications.push_back({2, "payment.surplus", "{}", 1});
    must_write(ledger, course);
    orders.push_back(order.id);
  }
  std::ranges::sort(orders, std::greater{});
  const std::vector<delivery_record> tries{
      {shard_0, orders[0], 1, 1, now_micros(), 503, "busy", now_micros(), false},
      {shard_0, orders[0], 1, 2, now_micros(), 200, "", 0, true}};
  REQUIRE(is<committed>(ledger.session->write_payments({ledger.claims, {}, tries})));
  auto reader = reader_of(ledger);
  const auto read = [&](const notification_filter& filter) {
    const auto found = reader.list_notifications(filter);
    REQUIRE_MESSAGE(found, found.reason());
    return *found;
  };
  const auto all = read({});
  REQUIRE(all.size() == 6);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].order == orders[i / 2]);
    CHECK(all[i].notification.what.sequence == static_cast<std::int32_t>(i % 2 + 1));
  }
  CHECK(all[0].notification.acknowledged);
  CHECK(all[0].notification.attempts == 2);
  CHECK(all[1].notification.attempts == 0);
  std::vector<listed_notification> paged;
  notification_filter page{.limit = 1};
  for (auto found = read(page); !found.empty(); found = read(page)) {
    paged.push_back(found[0]);
    page.from_order = found[0].order;
    page.after_sequence = found[0].notification.what.sequence;
  }
  CHECK(paged == all);
  CHECK(read({.merchant = merchant_id{"M002"}}).size() == 2);
  CHECK(read({.order = orders[1]}).size() == 2);
  CHECK(read({.waiting_only = true}).size() == 5);
}

}  // namespace
}  // namespace suanpan::testing
