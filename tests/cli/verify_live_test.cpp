// Rows before, actor, rows after: what counts as a difference beside traffic.
#include "tools/cli/verify_live.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::cli;

namespace {

account_row row(std::int64_t number, int debits, int credits) {
  account_row made;
  made.number = {number};
  made.totals = {debits, credits};
  return made;
}

live_account live(std::int64_t number, int debits, int credits) {
  return {{number}, account_totals{debits, credits}, {}};
}

}  // namespace

TEST_CASE("verify: an actor that equals the rows is no difference") {
  const std::vector rows = {row(1'025, 5, 7)};
  const std::vector actors = {live(1'025, 5, 7)};
  CHECK(differing_below(rows, actors).empty());
  CHECK(ahead_of(rows, actors).empty());
  CHECK(differing_above(rows, actors).empty());
}

TEST_CASE(
    "verify: an actor that knows less than rows read before it is a difference, on either side") {
  const std::vector rows = {row(1'025, 5, 7), row(2'049, 5, 7), row(3'073, 0, 0)};
  const std::vector actors = {live(1'025, 4, 9), live(2'049, 9, 6), live_account{{3'073}, {}, {}}};
  const auto found = differing_below(rows, actors);
  REQUIRE(found.size() == 3);
  CHECK(found[0].where == "account 1025");
  CHECK(found[2].found == "no such account");
}

TEST_CASE("verify: an actor ahead of the rows is judged by rows read after it") {
  const std::vector before = {row(1'025, 5, 7)};
  const std::vector actors = {live(1'025, 6, 7)};
  CHECK(differing_below(before, actors).empty());
  CHECK(ahead_of(before, actors) == std::vector<account_number>{{1'025}});
  CHECK(differing_above(std::vector{row(2'049, 9, 9), row(1'025, 8, 7)}, actors).empty());
  CHECK(differing_above(std::vector{row(1'025, 5, 9)}, actors).size() == 1);
  CHECK(differing_above({}, actors).size() == 1);
}
