// The book that others read: what it holds, who waits, and how much it holds at most.
#include "actors/registry/merchant_book.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace suanpan;

namespace {

merchant named(const std::string& id, const std::string& name = "n") {
  merchant m;
  m.id = {id};
  m.name = name;
  return m;
}
bound_card a_card(const std::string& id, bool active = true) {
  bound_card card;
  card.id = {id};
  card.active = active;
  return card;
}

}  // namespace

TEST_CASE("merchant book: what was learned is found, and who holds an old copy keeps it") {
  merchant_book book;
  CHECK(book.find({"M1"}) == nullptr);
  book.learn(std::vector{named("M1", "old")});
  const auto held = book.find({"M1"});
  book.learn(std::vector{named("M1", "new")});
  CHECK(held->name == "old");
  CHECK(book.find({"M1"})->name == "new");
  const auto same = book.find({"M1"});
  book.learn(std::vector{named("M1", "new")});
  CHECK(book.find({"M1"}) == same);
}

TEST_CASE("merchant book: the first who waits wakes the registrar, all are answered together") {
  merchant_book book;
  int woken = 0;
  book.on_question([&woken] { ++woken; });
  std::vector<bool> told;
  for (int i = 0; i < 3; ++i)
    CHECK(book.wait_for(merchant_id{"M1"}, [&told](bool read) { told.push_back(read); }));
  CHECK(book.wait_for(card_id{"card_1"}, [&told](bool read) { told.push_back(read); }));
  CHECK(woken == 1);
  const auto asked = book.take_questions();
  CHECK(asked.merchants.size() == 3);
  CHECK(asked.cards == std::vector<card_id>{{"card_1"}});
  for (const auto& then : asked.waiting) then(true);
  CHECK(told == std::vector<bool>(4, true));
  CHECK(book.take_questions().empty());
  CHECK(book.wait_for(merchant_id{"M2"}, [](bool) {}));
  CHECK(woken == 2);
}

TEST_CASE("merchant book: beyond its bound nobody waits") {
  merchant_book book;
  for (std::size_t i = 0; i < merchant_book::waiting_max; ++i)
    REQUIRE(book.wait_for(merchant_id{"M1"}, [](bool) {}));
  CHECK(!book.wait_for(merchant_id{"M1"}, [](bool) {}));
  CHECK(!book.wait_for(card_id{"card_1"}, [](bool) {}));
}

TEST_CASE("merchant book: of cards the one that was not asked for longest makes room") {
  merchant_book book(3);
  for (const char* id : {"card_1", "card_2", "card_3"}) book.learn(std::vector{a_card(id)});
  CHECK(book.card({"card_1"}) != nullptr);
  book.learn(std::vector{a_card("card_4")});
  CHECK(book.card({"card_2"}) == nullptr);
  CHECK(book.card({"card_1"}) != nullptr);
  CHECK(book.card({"card_3"}) != nullptr);
  CHECK(book.card({"card_4"}) != nullptr);
  CHECK(book.cards_held(2) == std::vector<card_id>{{"card_4"}, {"card_3"}});
}

TEST_CASE("merchant book: cards that were read again are as they are now, the others forgotten") {
  merchant_book book;
  book.learn(std::vector{a_card("card_1"), a_card("card_2")});
  book.keep_only({a_card("card_2", false)});
  CHECK(book.card({"card_1"}) == nullptr);
  REQUIRE(book.card({"card_2"}) != nullptr);
  CHECK(!book.card({"card_2"})->active);
  book.learn(std::vector{a_card("card_1")});
  CHECK(book.card({"card_1"}) != nullptr);
}
