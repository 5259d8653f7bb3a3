// A merchant's events for a resend by hand: of an order, or of a range of time, whatever became of
// them.
#include "storage/notification_reader.hpp"
#include "tests/storage/payments_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

struct range_case {
  ledger_case ledger;
  notification_reader reader{{ledger.dsn, "one", "resends"}};
  std::vector<payment_id> orders;

  /// An order with two events, caused at these moments.
  void add(const std::string& merchant, std::int64_t first, std::int64_t second) {
    auto order = an_order();
    order.merchant = {merchant};
    payment_course course{order};
    course.begin_attempt(an_attempt(order));
    auto& step = course.succeed();
    step.notifications[0].caused_micros = first;
    step.notifications.push_back({2, "payment.surplus", "{}", second});
    must_write(ledger, course);
    orders.push_back(order.id);
  }
  [[nodiscard]] std::vector<ranged_notification> found(const notification_range& range) {
    auto rows = reader.find(range);
    REQUIRE_MESSAGE(rows, rows.reason());
    return std::move(*rows);
  }
};

notification_range in_time(std::int64_t from, std::int64_t to, std::uint32_t limit = 100) {
  notification_range range;
  range.merchant = {"M001"};
  range.from_micros = from;
  range.to_micros = to;
  range.limit = limit;
  return range;
}

TEST_CASE("events of a range of time are found in the order in which they were caused") {
  range_case is_in;
  const auto now = now_micros();
  is_in.add("M001", now + 10, now + 40);
  is_in.add("M001", now + 20, now + 30);
  is_in.add("M002", now + 15, now + 25);
  const auto all = is_in.found(in_time(now, 0));
  REQUIRE(all.size() == 4);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(all[i].what.what.caused_micros == now + 10 * static_cast<std::int64_t>(i + 1));
  CHECK(all[0].what.order == is_in.orders[0]);
  CHECK(all[0].what.merchant == merchant_id{"M001"});
  CHECK(all[0].what.shard == shard_0);
  CHECK(all[0].what.attempts == 0);
  CHECK_FALSE(all[0].acknowledged);
  CHECK(is_in.found(in_time(now + 20, now + 40)).size() == 2);
  CHECK(is_in.found(in_time(now, 0, 3)).size() == 3);
  CHECK(is_in.found(in_time(now + 41, 0)).empty());
  // Of orders that are older than a month before the range nothing is looked for.
  CHECK(is_in.found(in_time(now + notification_range::order_age_most + 3'600'000'000, 0)).empty());
}

TEST_CASE(
    "events of one order are found in sequence, of its own merchant, also acknowledged ones") {
  range_case is_in;
  const auto now = now_micros();
  is_in.add("M001", now + 10, now + 20);
  const std::vector<delivery_record> tries{{shard_0, is_in.orders[0], 1, 1, now, 200, "", 0, true}};
  REQUIRE(is<committed>(is_in.ledger.session->write_payments({is_in.ledger.claims, {}, tries})));
  notification_range range;
  range.merchant = {"M001"};
  range.order = is_in.orders[0];
  const auto both = is_in.found(range);
  REQUIRE(both.size() == 2);
  CHECK(both[0].acknowledged);
  CHECK(both[0].what.attempts == 1);
  CHECK(both[1].what.what.sequence == 2);
  CHECK_FALSE(both[1].acknowledged);
  range.sequence = 2;
  REQUIRE(is_in.found(range).size() == 1);
  CHECK(is_in.found(range)[0].what.what.type == "payment.surplus");
  range.merchant = {"M002"};
  CHECK(is_in.found(range).empty());
}

}  // namespace
}  // namespace suanpan::testing
