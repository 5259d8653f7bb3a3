// Which accounts are dirty since when, and from where recovery would have to read (R13).
#include "actors/teller/directory.hpp"

#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using stage = directory_entry::stage;

namespace {

constexpr auto one = account_number::make({0}, 1);
constexpr auto two = account_number::make({0}, 2);
constexpr auto far = account_number::make({1}, 1);

}  // namespace

TEST_CASE("directory: with nothing dirty the position is the settled watermark") {
  directory known;
  known.make(one, stage::active);
  CHECK(known.position_of({0}, {50}) == ticket{50});
  CHECK(known.oldest_first_dirty() == ticket{});
}

TEST_CASE("directory: the position stays below the oldest ticket that no checkpoint covers") {
  directory known;
  known.touch(known.make(one, stage::active), {20});
  known.touch(known.make(two, stage::active), {30});
  known.touch(known.make(far, stage::active), {10});
  known.touch(*known.find(one), {40});
  CHECK(known.position_of({0}, {50}) == ticket{19});
  CHECK(known.position_of({1}, {50}) == ticket{9});
  CHECK(known.oldest_first_dirty() == ticket{10});
  known.set_dirty(*known.find(one), {});
  CHECK(known.position_of({0}, {50}) == ticket{29});
}

TEST_CASE("directory: the position is never above the settled watermark") {
  directory known;
  known.touch(known.make(one, stage::active), {80});
  CHECK(known.position_of({0}, {50}) == ticket{50});
}

TEST_CASE("directory: the oldest dirty accounts come first, no more than asked, none too new") {
  directory known;
  known.touch(known.make(two, stage::active), {10});
  known.touch(known.make(one, stage::active), {20});
  known.touch(known.make(far, stage::active), {30});
  auto found = known.oldest_dirty(10, {20});
  REQUIRE(found.size() == 2);
  CHECK(found[0]->number == two);
  CHECK(found[1]->number == one);
  CHECK(known.oldest_dirty(1, {99}).size() == 1);
}

TEST_CASE("directory: an erased account is dirty no more") {
  directory known;
  known.touch(known.make(one, stage::active), {10});
  known.erase(*known.find(one));
  CHECK(known.find(one) == nullptr);
  CHECK(known.position_of({0}, {50}) == ticket{50});
  CHECK(known.oldest_dirty(10, {99}).empty());
}
