// Which database a node may use, by what it saw before (R18).
#include "protocol/model/lineage.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using enum lineage_verdict;

TEST_CASE("lineage: the first database is taken, the same again, and later timelines of it") {
  const database_lineage none;
  const database_lineage seen{7, 3};
  CHECK(judge(none, {7, 1}) == newer);
  CHECK(judge(seen, {7, 3}) == same);
  CHECK(judge(seen, {7, 4}) == newer);
  CHECK(may_use(newer));
  CHECK(may_use(same));
  CHECK(refusal_of(seen, {7, 4}).empty());
}

TEST_CASE("lineage: a superseded primary and another system are refused, and told apart") {
  const database_lineage seen{7, 3};
  CHECK(judge(seen, {7, 2}) == older);
  CHECK(judge(seen, {8, 3}) == foreign);
  CHECK(judge(seen, {8, 9}) == foreign);
  CHECK_FALSE(may_use(older));
  CHECK_FALSE(may_use(foreign));
  CHECK(refusal_of(seen, {7, 2}) ==
        "a superseded database: timeline 2 of system 7; this node saw timeline 3 of system 7");
  CHECK(refusal_of(seen, {8, 3}) ==
        "another database: timeline 3 of system 8; this node saw timeline 3 of system 7");
}
