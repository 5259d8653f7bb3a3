// Vouchers of a request: how long, how they end, whose ids they hold; one bad item refuses its own
// voucher and nothing else.
#include "protocol/messages/requests.hpp"
#include "protocol/wire/posting.hpp"
#include "suanpan/v1/ledger.pb.h"
#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace suanpan;
using enum item_result;

namespace {

// 'l' is linked to the next, '.' is not; an 'x' before it says that the item is malformed, a 'b'
// that it is balancing.
std::vector<item_result> judged(const std::string& shape, bool same_id = false) {
  std::vector<transfer> items;
  std::vector<item_answer> answers;
  bool malformed = false;
  bool balancing = false;
  for (const char c : shape) {
    malformed = malformed || c == 'x';
    balancing = balancing || c == 'b';
    if (c == 'x' || c == 'b') continue;
    auto t = samples::make_transfer(same_id ? 1 : items.size(), account_number::make({0}, 1),
                                    account_number::make({0}, 2), 5);
    t.linked = c == 'l';
    if (balancing) t.kind = transfer_kind::balancing_credit;
    items.push_back(t);
    answers.push_back({malformed ? memo_too_long : none, {}, {}});
    malformed = balancing = false;
  }
  wire::judge_vouchers(items, answers);
  std::vector<item_result> results;
  for (const auto& a : answers) results.push_back(a.result);
  return results;
}

using told = std::vector<item_result>;

}  // namespace

TEST_CASE("voucher: items that stand alone, and whole vouchers, are well-formed") {
  CHECK(judged("") == told{});
  CHECK(judged("..") == told{none, none});
  CHECK(judged(".ll..") == told{none, none, none, none, none});
}

TEST_CASE("voucher: one malformed item refuses its voucher, and only that") {
  CHECK(judged("lx..") == told{linked_invalid, memo_too_long, none});
  CHECK(judged("xl.l.") == told{memo_too_long, linked_invalid, none, none});
  CHECK(judged("x..") == told{memo_too_long, none});
}

TEST_CASE("voucher: the last item of a request can't be linked on") {
  CHECK(judged(".ll") == told{none, linked_invalid, linked_open});
  CHECK(judged("l") == told{linked_open});
}

TEST_CASE("voucher: a balancing transfer stands alone") {
  CHECK(judged("b.") == told{none});
  CHECK(judged("lb..") == told{linked_invalid, linked_balancing, none});
  CHECK(judged("bl.") == told{linked_balancing, linked_invalid});
  CHECK(judged(".bl") == told{none, linked_balancing});
}

TEST_CASE("voucher: an id stands in it once") {
  CHECK(judged("ll.", true) == told{linked_invalid, linked_repeats_id, linked_repeats_id});
  CHECK(judged("..", true) == told{none, none});  // two items alone: the second exists
}

TEST_CASE("voucher: it has so many items at most") {
  const std::string longest(voucher_items_max - 1, 'l');
  CHECK(judged(longest + ".").back() == none);
  const auto beyond = judged(longest + "l.");
  CHECK(beyond.back() == linked_too_long);
  CHECK(beyond.front() == linked_invalid);
}

TEST_CASE("voucher: `linked` is read in place and from a message alike") {
  v1::Transfer message;
  message.set_linked(true);
  wire::received_transfer received;
  REQUIRE(wire::read_transfer(message.SerializeAsString(), received));
  CHECK(received.linked);
  transfer what;
  CHECK(wire::translate(message, {}, what) == id_must_not_be_zero);
  CHECK(what.linked);  // also where the item is malformed: its voucher must be known
}
