// Who may come again, and when: lines by order of arrival, tickets that must settle first, reasons
// that must be gone (R1, R26).
#include "actors/teller/waiting_room.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace suanpan;

namespace {

constexpr account_number a = account_number::make({0}, 1);
constexpr account_number b = account_number::make({0}, 2);
constexpr account_number c = account_number::make({0}, 3);
constexpr account_number d = account_number::make({0}, 4);

std::vector<arrival> returning(waiting_room& room, std::int64_t settled) {
  room.begin_batch({settled});
  std::vector<arrival> taken;
  while (const auto next = room.take_returning()) taken.push_back(*next);
  return taken;
}

std::vector<arrival> first(waiting_room& room) {
  std::vector<arrival> taken;
  while (const auto next = room.take_first()) taken.push_back(*next);
  return taken;
}

}  // namespace

TEST_CASE("room: a deferred item comes again once its ticket has settled, not before") {
  waiting_room room;
  room.defer(1, {a, b}, {10});
  CHECK(returning(room, 9).empty());
  CHECK_FALSE(room.has_ready({9}));
  CHECK(room.has_ready({10}));
  CHECK(returning(room, 10) == std::vector<arrival>{1});
  CHECK(returning(room, 11).empty());
}

TEST_CASE(
    "room: those of one account come again in order of arrival, whatever deferred them last") {
  waiting_room room;
  room.defer(5, {a, b}, {10});
  room.defer(2, {a, c}, {11});
  CHECK(returning(room, 10).empty());  // 2 is ahead of it, and not due
  CHECK(returning(room, 11) == std::vector<arrival>{2, 5});
}

TEST_CASE("room: one that is under judgement again holds up those behind it, and no others") {
  waiting_room room;
  room.defer(1, {a, b}, {10});
  CHECK(returning(room, 10) == std::vector<arrival>{1});
  room.defer(2, {b, c}, {11});
  room.defer(3, {c, d}, {11});
  room.defer(4, {d, c}, {11});
  CHECK(returning(room, 11).empty());  // 2 waits for 1, 3 for 2, 4 for 3
  room.leave(1);
  CHECK(returning(room, 11) == std::vector<arrival>{2, 3, 4});
}

TEST_CASE("room: an item for the first time goes when its last reason is gone, out of turn") {
  waiting_room room;
  room.enter(1, {a, b}, {}, 2);
  room.enter(2, {a, c}, {}, 1);
  CHECK(first(room).empty());
  room.fulfil(2);
  CHECK(first(room) == std::vector<arrival>{2});
  room.fulfil(1);
  CHECK(first(room).empty());
  room.fulfil(1);
  CHECK(first(room) == std::vector<arrival>{1});
}

TEST_CASE("room: an account that nobody waited for resolves nothing") {
  waiting_room room;
  room.enter(1, {a, b}, {b}, 1);
  room.resolve(1, a);  // was not there when the item came, and was opened since
  room.resolve(1, a);
  CHECK(first(room).empty());
  room.resolve(1, b);
  CHECK(first(room).empty());
  room.fulfil(1);
  CHECK(first(room) == std::vector<arrival>{1});
}

TEST_CASE("room: what was deferred waits for an earlier item that nobody has judged yet") {
  waiting_room room;
  room.enter(1, {a, b}, {}, 1);
  room.defer(2, {b, c}, {10});
  CHECK(returning(room, 10).empty());
  room.fulfil(1);
  CHECK(returning(room, 10).empty());
  CHECK(first(room) == std::vector<arrival>{1});
  CHECK(returning(room, 10).empty());  // judged now, not decided
  room.defer(1, {a, b}, {12});
  CHECK(returning(room, 11).empty());
  CHECK(returning(room, 12) == std::vector<arrival>{1, 2});
}

TEST_CASE("room: a batch that is full leaves the rest in its place") {
  waiting_room room;
  for (const arrival n : {1, 2, 3}) room.defer(n, {a, b}, {10});
  room.begin_batch({10});
  CHECK(room.take_returning() == 1);
  CHECK(returning(room, 10).empty());  // another batch: 1 is under judgement
  room.leave(1);
  CHECK(returning(room, 10) == std::vector<arrival>{2, 3});
}

TEST_CASE("room: an account has a line until the last of its items is decided") {
  waiting_room room;
  room.enter(1, {a, b}, {}, 1);
  CHECK(room.has_line(a));
  CHECK(room.waiting_at(b) == std::vector<arrival>{1});
  room.fulfil(1);
  CHECK(first(room) == std::vector<arrival>{1});
  CHECK(room.holds(1));
  CHECK(room.waiting_at(b).empty());
  CHECK(room.has_line(a));
  room.leave(1);
  CHECK_FALSE(room.has_line(a));
  CHECK_FALSE(room.holds(1));
  CHECK(room.size() == 0);
}
