// Who may be told what is left to reverse, and when.
#include "actors/teller/reversal_desk.hpp"

#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace suanpan;
using namespace suanpan::samples;

namespace {

using units = std::vector<reversal_desk::arrival>;
using ids = std::vector<transfer_id>;

const auto x = id_at(1, 1);
const auto y = id_at(1, 2);

}  // namespace

TEST_CASE("desk: what reverses different originals waits for nobody") {
  reversal_desk desk;
  CHECK(desk.empty());
  desk.enter(1, ids{x}, {});
  desk.enter(2, ids{y}, {});
  CHECK(desk.take_ready() == units{1, 2});
  CHECK(desk.take_ready().empty());
  CHECK(desk.names(x));
  desk.leave(1);
  CHECK_FALSE(desk.names(x));
  desk.leave(2);
  CHECK(desk.empty());
}

TEST_CASE("desk: reversals of one original are ready one after the other, as they came") {
  reversal_desk desk;
  for (const reversal_desk::arrival unit : {1, 2, 3}) desk.enter(unit, ids{x}, {});
  CHECK(desk.take_ready() == units{1});
  desk.leave(2);  // given up while it waits
  CHECK(desk.take_ready().empty());
  desk.leave(1);
  CHECK(desk.take_ready() == units{3});
  desk.leave(3);
  CHECK(desk.empty());
}

TEST_CASE("desk: an original in flight is waited for") {
  reversal_desk desk;
  desk.enter(1, ids{x, y}, ids{x, y});
  desk.ended(x);
  desk.ended(id_at(1, 9));
  CHECK(desk.take_ready().empty());
  desk.ended(y);
  CHECK(desk.take_ready() == units{1});
  desk.ended(y);
  CHECK(desk.take_ready().empty());
}

TEST_CASE("desk: a voucher is ready when it is first in every line") {
  reversal_desk desk;
  desk.enter(1, ids{x}, {});
  desk.enter(2, ids{y}, {});
  desk.enter(3, ids{x, y}, {});
  desk.enter(4, ids{y}, {});
  CHECK(desk.take_ready() == units{1, 2});
  desk.leave(2);
  CHECK(desk.take_ready().empty());
  desk.leave(1);
  CHECK(desk.take_ready() == units{3});
  desk.leave(3);
  CHECK(desk.take_ready() == units{4});
}

TEST_CASE("desk: whoever left is not woken, and a cleared desk is empty") {
  reversal_desk desk;
  desk.enter(1, ids{x}, ids{x});
  desk.leave(1);
  desk.ended(x);
  CHECK(desk.take_ready().empty());
  desk.enter(2, ids{x}, ids{x});
  desk.clear();
  desk.ended(x);
  CHECK(desk.take_ready().empty());
  CHECK(desk.empty());
  desk.leave(2);
}
