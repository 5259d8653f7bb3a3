// Properties of orders over random happenings. The laws hold in 10,000 courses; each planted fault
// breaks the one that is there for it.
#include "tests/payment/random_course.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace suanpan;
using namespace suanpan::told;

namespace {

constexpr std::uint64_t cases = 10'000;
constexpr std::uint64_t cases_under_a_fault = 3'000;

/// The law that the first course breaks; empty: none does.
std::string broken_under(planted fault) {
  for (std::uint64_t seed = 1; seed <= cases_under_a_fault; ++seed) {
    random_course course(seed, fault);
    if (auto law = course.run(); !law.empty()) return law;
  }
  return {};
}

}  // namespace

TEST_CASE("property: whatever happens to an order, in whatever order, its laws hold") {
  std::map<std::pair<payment_course, payment_stage>, int> ends;
  std::set<const step_row*> rows;
  std::size_t steps = 0;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    random_course course(seed);
    CAPTURE(seed);
    REQUIRE(course.run() == "");
    ++ends[{course_of(course.live().order), course.live().head.stage}];
    steps += course.steps().size();
    for (const auto& step : course.steps()) rows.insert(find_rule(course.live().order, step.rule));
  }
  MESSAGE(steps << " steps");
  CHECK(steps > 10 * cases);
  for (const auto course : payment_courses) {
    CAPTURE(name_of(course));
    CHECK(ends[{course, payment_stage::succeeded}] > 50);
    CHECK(ends[{course, payment_stage::failed}] > 50);
  }
  for (const auto& row : all_steps()) {
    if (row.verdict != step_verdict::recorded) continue;
    CAPTURE(row.why);
    CHECK(rows.contains(&row));  // the courses are wild enough to need every row
  }
}

TEST_CASE("property: a step on another than its predecessor is noticed") {
  CHECK(broken_under(planted::version_skipped) == "versions have no gap");
}
TEST_CASE("property: an end that changes is noticed (R21)") {
  CHECK(broken_under(planted::end_reopened) == "a terminal stage never changes");
}
TEST_CASE("property: an attempt that stays open when another may begin is noticed") {
  CHECK(broken_under(planted::attempt_left_open) != "");
}
TEST_CASE("property: an attempt that nothing allowed is noticed (R20)") {
  CHECK(broken_under(planted::evidence_forgotten) == "a new number needs evidence");
}
TEST_CASE("property: a not found that is taken as final too early is noticed (R20)") {
  CHECK(broken_under(planted::allowed_too_early) != "");
}
TEST_CASE("property: silence that fails an order is noticed") {
  CHECK(broken_under(planted::silence_fails) == "an open attempt ends by evidence only");
}
TEST_CASE("property: a refund that is promised and not reserved is noticed") {
  CHECK(broken_under(planted::refund_not_reserved) == "refunds never exceed the amount");
}
TEST_CASE("property: a voucher that does not move what it must is noticed") {
  CHECK(broken_under(planted::voucher_unbalanced) == "a voucher moves what it must");
}
TEST_CASE("property: a success that is booked twice is noticed") {
  CHECK(broken_under(planted::paid_twice) != "");
}
TEST_CASE("property: a hold that outlives its order is noticed (R23)") {
  CHECK(broken_under(planted::hold_forgotten) == "a hold ends with its order");
}
TEST_CASE("property: memory that differs from what recovery folds is noticed") {
  CHECK(broken_under(planted::step_not_applied) == "recovered is live");
}
TEST_CASE("property: time that ends an open attempt is noticed") {
  CHECK(broken_under(planted::expiry_ends_attempt) == "an open attempt ends by evidence only");
}
