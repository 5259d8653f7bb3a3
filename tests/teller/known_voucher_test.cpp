// What a voucher is told some of whose ids are known (R2, R4).
#include "actors/teller/known_voucher.hpp"

#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using enum item_result;

namespace {

const auto payer = account_number::make({0}, 1);
const auto shop = account_number::make({0}, 2);

std::vector<transfer> asked() {
  std::vector<transfer> items;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    items.push_back(samples::make_transfer(n, payer, shop, 5));
    items.back().linked = n < 3;
  }
  return items;
}

stored_transfer stored(const transfer& what, item_result result) {
  stored_transfer s;
  s.what = what;
  s.at = {40};
  s.result = result;
  return s;
}

std::vector<item_result> results(const std::vector<stored_transfer>& known,
                                 const std::vector<bool>& there = {true, true, true}) {
  std::vector<const stored_transfer*> pointers;
  for (std::size_t i = 0; i < known.size(); ++i) pointers.push_back(there[i] ? &known[i] : nullptr);
  std::vector<item_result> told;
  for (const auto& a : answers_to_known_voucher(asked(), pointers)) told.push_back(a.result);
  return told;
}

using told = std::vector<item_result>;

}  // namespace

TEST_CASE("known voucher: all there and equal: the recorded answers, with their ticket") {
  std::vector<stored_transfer> known;
  for (const auto& t : asked()) known.push_back(stored(t, posted));
  CHECK(results(known) == told{exists, exists, exists});
  known[0].result = known[2].result = linked_failed;
  known[1].result = debit_insufficient_funds;
  CHECK(results(known) == told{linked_failed, debit_insufficient_funds, linked_failed});
  const std::vector<const stored_transfer*> pointers = {&known[0], &known[1], &known[2]};
  CHECK(answers_to_known_voucher(asked(), pointers)[1].at == ticket{40});
}

TEST_CASE("known voucher: some of its ids are new: nothing can be booked") {
  std::vector<stored_transfer> known;
  for (const auto& t : asked()) known.push_back(stored(t, posted));
  CHECK(results(known, {true, false, true}) == told{linked_exists, linked_exists, linked_exists});
}

TEST_CASE("known voucher: an item with other content is told how it differs") {
  std::vector<stored_transfer> known;
  for (const auto& t : asked()) known.push_back(stored(t, posted));
  known[1].what.amount = {6};
  CHECK(results(known) == told{linked_exists, exists_with_different_amount, linked_exists});
  known[1].result = debit_insufficient_funds;
  CHECK(results(known) == told{linked_exists, exists_with_different_content, linked_exists});
  known[1] = stored(asked()[1], posted);
  known[0].what.linked = false;
  CHECK(results(known) == told{exists_with_different_linked, linked_exists, linked_exists});
}
