// The step table walked: every course × stage × event, laws of the whole, and the printed table in
// actors/payment/README.md.
#include "tests/payment/told.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

using namespace suanpan;
using namespace suanpan::told;

namespace {

constexpr std::string_view opening =
    "<!-- steps: printed by the step table, compared by tests/payment -->\n";
constexpr std::string_view closing = "<!-- end of steps -->\n";

std::vector<payment_event> all_events() {
  std::vector<payment_event> events;
  for (int n = 1; n < 100; ++n)
    if (const auto e = static_cast<payment_event>(n); name_of(e) != "event_not_known")
      events.push_back(e);
  return events;
}

template <class Check>
void each_cell(Check check) {
  for (const auto course : payment_courses)
    for (const auto stage : payment_stages)
      for (const auto event : all_events()) check(step_place{course, stage, event});
}

/// Rows that may decide in the cell, in order.
std::vector<const step_row*> rows_of(const step_place& at) {
  std::vector<const step_row*> rows;
  for (const auto& row : all_steps())
    if (row.on == at.event && row.who.has(at.course) && row.from.has(at.stage))
      rows.push_back(&row);
  return rows;
}

}  // namespace

TEST_CASE("every stage answers every event, in every course") {
  std::size_t cells = 0;
  each_cell([&cells](const step_place& at) {
    CAPTURE(name_of(at.course));
    CAPTURE(name_of(at.stage));
    CAPTURE(name_of(at.event));
    const auto rows = rows_of(at);
    REQUIRE(!rows.empty());
    CHECK(rows.back()->when == step_condition::always);
    CHECK(&find_step(at, [](step_condition c) { return c == step_condition::always; }) ==
          rows.back());
    ++cells;
  });
  CHECK(cells == 7 * 7 * 31);
}

TEST_CASE("no row of the table is out of reach, and each says why") {
  std::set<const step_row*> reached;
  each_cell([&reached](const step_place& at) {
    for (const auto* row : rows_of(at)) reached.insert(row);
  });
  for (const auto& row : all_steps()) {
    CHECK(reached.contains(&row));
    CHECK(!row.why.empty());
  }
}

TEST_CASE("a recorded step's rule names its row, for every kind that goes its way") {
  for (const auto kind : payment_kinds) {
    const auto order = order_of(kind);
    const auto course = course_of(order);
    for (const auto stage : payment_stages)
      for (const auto& row : all_steps()) {
        if (!row.who.has(course) || !row.from.has(stage)) continue;
        const auto text = rule_text(kind, stage, row);
        CAPTURE(text);
        CHECK(find_rule(order, text) == &row);
        CHECK(text.size() <= 256);
      }
  }
  CHECK(find_rule(order_of(payment_kind::payout), "payout/created/nothing") == nullptr);
  CHECK(find_rule(order_of(payment_kind::payout), "") == nullptr);
}

TEST_CASE("silence never leads to submit: a new number needs evidence, whatever the course") {
  each_cell([](const step_place& at) {
    for (const auto* row : rows_of(at)) {
      const auto& then = row->then;
      const bool sends = then.acts.has(step_act::submit);
      CHECK(sends == (then.attempt == attempt_change::begins));
      if (sends) CHECK(at.event == payment_event::attempt_began);
      if (then.acts.has(step_act::choose_channel))
        CHECK((at.event == payment_event::requested || at.event == payment_event::funds_held));
      const bool frees = at.stage != payment_stage::created && !then.stays &&
                         then.to == payment_stage::created &&
                         row->verdict == step_verdict::recorded;
      if (frees)
        CHECK((at.event == payment_event::channel_failed ||
               at.event == payment_event::channel_unsent ||
               at.event == payment_event::channel_never_had_it));
    }
  });
}

TEST_CASE("nothing that happens to an ended order changes its stage") {
  each_cell([](const step_place& at) {
    if (!is_terminal(at.stage)) return;
    for (const auto* row : rows_of(at))
      CHECK((row->verdict != step_verdict::recorded || row->then.stays));
  });
}

TEST_CASE("the README of the payment rules holds the table as it is") {
  const std::string path = SUANPAN_SOURCE_DIR "/actors/payment/README.md";
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto from = text.find(opening);
  const auto to = text.find(closing);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  const auto begin = from + opening.size();
  const auto printed = "\n" + printed_step_table() + "\n";
  if (std::getenv("SUANPAN_WRITE_STEPS") != nullptr) {
    std::ofstream(path, std::ios::binary) << text.substr(0, begin) << printed << text.substr(to);
    return;
  }
  INFO("SUANPAN_WRITE_STEPS=1 test_payment writes it anew");
  CHECK((text.substr(begin, to - begin) == printed));
}
