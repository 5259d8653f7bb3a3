// What is wrong with a reversal, by what is known of its original.
#include "protocol/model/reversal.hpp"

#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace suanpan;
using namespace suanpan::samples;

namespace {

constexpr auto a = account_number::make({0}, 1);
constexpr auto b = account_number::make({0}, 2);

original_facts original(std::uint64_t n, std::int64_t amount, std::int64_t reversed = 0,
                        transfer_kind kind = transfer_kind::post) {
  return {make_transfer(n, a, b, amount).id, kind, a, b, {amount}, {reversed}};
}

transfer reversal(std::uint64_t n, const original_facts& of, std::int64_t amount) {
  auto t = make_transfer(n, of.credit, of.debit, amount);
  t.kind = transfer_kind::reverse;
  t.related = of.id;
  return t;
}

item_result judge(const transfer& what, const std::vector<original_facts>& known) {
  return judge_reversals({&what, 1}, known).reason;
}

}  // namespace

TEST_CASE("reversal: whole, in part, and what is left") {
  using enum item_result;
  const auto of = original(1, 100);
  CHECK(judge(reversal(2, of, 100), {of}) == none);
  CHECK(judge(reversal(2, of, 1), {of}) == none);
  CHECK(judge(reversal(2, of, 101), {of}) == exceeds_original);
  const auto in_part = original(1, 100, 60);
  CHECK(judge(reversal(2, in_part, 40), {in_part}) == none);
  CHECK(judge(reversal(2, in_part, 41), {in_part}) == exceeds_original);
  const auto spent = original(1, 100, 100);
  CHECK(judge(reversal(2, spent, 1), {spent}) == exceeds_original);
}

TEST_CASE("reversal: each refusal, in order of precedence") {
  using enum item_result;
  const auto of = original(1, 100);
  CHECK(judge(reversal(2, of, 100), {}) == original_not_found);
  CHECK(judge(reversal(2, of, 100), {original(3, 100)}) == original_not_found);
  for (const auto kind : {transfer_kind::hold, transfer_kind::void_hold, transfer_kind::reverse}) {
    const auto wrong = original(1, 100, 0, kind);
    auto with_more_wrong = reversal(2, wrong, 900);
    with_more_wrong.debit = a;
    CHECK(judge(with_more_wrong, {wrong}) == original_not_reversible);
  }
  const auto captured = original(1, 100, 0, transfer_kind::capture);
  CHECK(judge(reversal(2, captured, 100), {captured}) == none);
  auto not_swapped = reversal(2, of, 900);
  std::swap(not_swapped.debit, not_swapped.credit);
  CHECK(judge(not_swapped, {of}) == reversal_accounts_differ);
  auto other = reversal(2, of, 100);
  other.credit = account_number::make({0}, 3);
  CHECK(judge(other, {of}) == reversal_accounts_differ);
}

TEST_CASE("reversal: in a voucher, earlier items count, and the least number is blamed") {
  const auto of = original(1, 100, 10);
  const auto second = original(9, 5);
  const std::vector unit{reversal(2, of, 50), reversal(3, second, 5), reversal(4, of, 41)};
  auto fault = judge_reversals(unit, std::vector{of, second});
  CHECK(fault.reason == item_result::exceeds_original);
  CHECK(fault.item == 2);
  fault = judge_reversals(unit, std::vector{of});
  CHECK(fault.reason == item_result::original_not_found);
  CHECK(fault.item == 1);
  CHECK(judge_reversals(std::span(unit).first(2), std::vector{of, second}).reason ==
        item_result::none);
}

TEST_CASE("reversal: other kinds are no matter of this") {
  CHECK(judge(make_transfer(1, a, b, 5), {}) == item_result::none);
  const std::vector plain{make_transfer(1, a, b, 5)};
  CHECK_FALSE(has_reversal(plain));
  CHECK(has_reversal(std::vector{reversal(2, original(1, 5), 5)}));
}
