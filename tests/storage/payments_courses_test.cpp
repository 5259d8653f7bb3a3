// Whatever the rules decide the tables take, and give back as the rules hold it in memory: orders
// under random happenings, written as they went and read back.
#include "storage/verify.hpp"
#include "tests/payment/random_course.hpp"
#include "tests/storage/payments_case.hpp"

#include <algorithm>

namespace suanpan::testing {
namespace {

using namespace storage;

constexpr std::uint64_t courses_in_all = 300;

std::vector<std::vector<payment_step>> random_orders() {
  std::vector<std::vector<payment_step>> orders;
  for (std::uint64_t seed = 1; seed <= courses_in_all; ++seed) {
    told::random_course course{seed};
    CAPTURE(seed);
    REQUIRE(course.run() == "");
    auto steps = course.steps();
    // Each course is told of the same order.
    const auto id = next_payment_id();
    for (auto& step : steps) {
      step.order = id;
      step.shard = shard_0;
      if (step.opens) {
        step.opens->id = id;
        step.opens->number = {"course-" + std::to_string(seed)};
      }
      if (step.attempt)
        step.attempt->reference.value =
            std::to_string(seed) + "-" + std::to_string(step.attempt->number);
      if (step.share)
        step.share->refund.bytes[15] ^= static_cast<std::uint8_t>(seed),
            step.share->refund.bytes[14] ^= static_cast<std::uint8_t>(seed >> 8U);
    }
    orders.push_back(std::move(steps));
  }
  return orders;
}

// What shares are of must be there.
void write_refunds(ledger_case& ledger, const std::vector<std::vector<payment_step>>& orders) {
  std::vector<payment_id> known;
  for (const auto& steps : orders) {
    for (const auto& step : steps) {
      if (!step.share || std::ranges::find(known, step.share->refund) != known.end()) continue;
      known.push_back(step.share->refund);
      auto order = an_order(payment_kind::refund);
      order.id = step.share->refund;
      order.original = step.order;
      must_write(ledger, payment_course{order});
    }
  }
}

TEST_CASE("every order that the rules make is stored step by step and read back as it stands") {
  ledger_case ledger;
  const auto orders = random_orders();
  write_refunds(ledger, orders);
  std::size_t longest = 0;
  for (const auto& steps : orders) longest = std::max(longest, steps.size());
  for (std::size_t at = 0; at < longest; ++at) {
    std::vector<payment_unit> units;
    for (const auto& steps : orders)
      if (at < steps.size()) units.emplace_back(&steps[at], 1);
    if (is<committed>(ledger.session->write_payments({ledger.claims, units}))) continue;
    for (const auto& unit : units) {
      const auto alone = ledger.session->write_payments({ledger.claims, {&unit, 1}});
      REQUIRE_MESSAGE(is<committed>(alone), unit[0].rule, ": ", describe(alone));
    }
  }
  payment_names names;
  std::vector<payment_state> meant;
  std::vector<payment_id> left;  // something is left to be done about them
  for (const auto& steps : orders) {
    payment_state state;
    for (const auto& step : steps) apply(state, step);
    if (!is_at_rest(state)) left.push_back(state.order.id);
    names.ids.push_back(state.order.id);
    meant.push_back(std::move(state));
  }
  auto reader = reader_of(ledger);
  const auto found = reader.find(names);
  REQUIRE_MESSAGE(found, found.reason());
  REQUIRE(found->size() == meant.size());
  for (std::size_t i = 0; i < meant.size(); ++i) {
    CAPTURE(orders[i].back().rule);
    CHECK(found->at(i) == meant[i]);
  }
  // Nothing of it is booked here, and the refunds are no real ones.
  const auto verified = verify(ledger.dsn, {});
  REQUIRE_MESSAGE(verified, verified.reason());
  for (const auto& d : verified->differences)
    if (d.what.starts_with("payment_") && d.what != "payment_refunds")
      FAIL_CHECK(d.what, " ", d.where, ": ", d.expected, " | ", d.found);

  const auto open = reader.open_payments(shard_0);
  REQUIRE_MESSAGE(open, open.reason());
  for (const auto& id : left)
    CHECK(std::ranges::any_of(*open, [&](const payment_state& s) { return s.order.id == id; }));
}

}  // namespace
}  // namespace suanpan::testing
