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
std::vector<item_result> judged_voucher(const std::string& shape, bool same_id = false) {
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

using answers = std::vector<item_result>;

}  // namespace

TEST_CASE("voucher: items that stand alone, and whole vouchers, are well-formed") {
  CHECK(judged_voucher("") == answers{});
  CHECK(judged_voucher("..") == answers{none, none});
  CHECK(judged_voucher(".ll..") == answers{none, none, none, none, none});
}

TEST_CASE("voucher: one malformed item refuses its voucher, and only that") {
  CHECK(judged_voucher("lx..") == answers{linked_invalid, memo_too_long, none});
  CHECK(judged_voucher("xl.l.") == answers{memo_too_long, linked_invalid, none, none});
  CHECK(judged_voucher("x..") == answers{memo_too_long, none});
}

TEST_CASE("voucher: the last item of a request can't be linked on") {
  CHECK(judged_voucher(".ll") == answers{none, linked_invalid, linked_open});
  CHECK(judged_voucher("l") == answers{linked_open});
}

TEST_CASE("voucher: a balancing transfer stands alone") {
  CHECK(judged_voucher("b.") == answers{none});
  CHECK(judged_voucher("lb..") == answers{linked_invalid, linked_balancing, none});
  CHECK(judged_voucher("bl.") == answers{linked_balancing, linked_invalid});
  CHECK(judged_voucher(".bl") == answers{none, linked_balancing});
}

TEST_CASE("voucher: an id stands in it once") {
  CHECK(judged_voucher("ll.", true) ==
        answers{linked_invalid, linked_repeats_id, linked_repeats_id});
  CHECK(judged_voucher("..", true) == answers{none, none});  // two items alone: the second exists
}

TEST_CASE("voucher: it has so many items at most") {
  const std::string longest(voucher_items_max - 1, 'l');
  CHECK(judged_voucher(longest + ".").back() == none);
  const auto beyond = judged_voucher(longest + "l.");
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
