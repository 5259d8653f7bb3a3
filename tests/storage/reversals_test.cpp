// What commits and queries make of reversals.
#include "storage/verify.hpp"
#include "tests/storage/ledger_case.hpp"

#include <algorithm>

namespace suanpan::testing {
namespace {

using namespace storage;

transfer reversing(const transfer& original, std::int64_t amount) {
  auto t = posting(original.credit, original.debit, amount);
  t.kind = transfer_kind::reverse;
  t.related = original.id;
  return t;
}

write_outcome book(ledger_case& ledger, const std::vector<transfer>& items, ticket at) {
  return ledger.write(rows_of(items, at), at);
}

original_facts facts_of(ledger_case& ledger, const transfer& original) {
  const auto found = ledger.reader().find_originals(std::vector{original.id});
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  return found->front();
}

}  // namespace

TEST_CASE("what is reversed of a posting is found, and no commit reverses more than all of it") {
  ledger_case ledger;
  const auto original = posting(ledger.a, ledger.c, 100);
  REQUIRE(is<committed>(book(ledger, {original}, {2'000})));
  auto facts = facts_of(ledger, original);
  CHECK(facts.kind == transfer_kind::post);
  CHECK(facts.debit == ledger.a);
  CHECK(facts.credit == ledger.c);
  CHECK(facts.amount.value == 100);
  CHECK(facts.reversed.value == 0);

  const auto part = reversing(original, 30);
  REQUIRE(is<committed>(book(ledger, {part, reversing(original, 60)}, {3'000})));
  CHECK(facts_of(ledger, original).reversed.value == 90);
  CHECK(ledger.value("SELECT count(*) FROM audit.transfer WHERE kind='reversal' AND reverses='" +
                     to_string(original.id) + "'") == "2");

  const auto too_much = book(ledger, {reversing(original, 11)}, {4'000});
  REQUIRE_MESSAGE(is<rejected>(too_much), describe(too_much));
  CHECK(ledger.session->lost().empty());
  REQUIRE(is<committed>(book(ledger, {reversing(original, 10)}, {5'000})));

  const auto of_a_reversal = book(ledger, {reversing(part, 1)}, {6'000});
  CHECK_MESSAGE(is<rejected>(of_a_reversal), describe(of_a_reversal));
  const auto of_nothing = book(ledger, {reversing(posting(ledger.a, ledger.c, 5), 5)}, {7'000});
  CHECK_MESSAGE(is<rejected>(of_nothing), describe(of_nothing));

  const auto stored = ledger.reader().find_transfers(std::vector{part.id});
  REQUIRE(stored);
  CHECK(compare_content(stored->front().what, part) == item_result::exists);
  CHECK(compare_content(stored->front().what, reversing(part, 30)) != item_result::exists);
  auto elsewhere = part;
  elsewhere.related = part.id;
  CHECK(compare_content(stored->front().what, elsewhere) ==
        item_result::exists_with_different_reverses_id);
}

TEST_CASE("a refused posting is nothing to reverse, and refusals of reversals are recorded") {
  ledger_case ledger;
  const auto refused = posting(ledger.a, ledger.c, 100);
  const std::vector<transfer> items{refused};
  REQUIRE(is<committed>(
      ledger.write(rows_of(items, {2'000}, item_result::debit_insufficient_funds), {2'000})));
  const auto found = ledger.reader().find_originals(std::vector{refused.id});
  REQUIRE(found);
  CHECK(found->empty());
  const std::vector<transfer> reversals{reversing(refused, 100)};
  REQUIRE(is<committed>(
      ledger.write(rows_of(reversals, {3'000}, item_result::original_not_found), {3'000})));
  CHECK(ledger.value("SELECT kind||' '||result FROM audit.refusal WHERE ticket=3000") ==
        "reversal 70");
}

TEST_CASE("verification finds a reversal that is not of its original") {
  ledger_case ledger;
  const auto original = posting(ledger.a, ledger.c, 100);
  REQUIRE(is<committed>(book(ledger, {original}, {2'000})));
  REQUIRE(is<committed>(book(ledger, {reversing(original, 100)}, {3'000})));
  auto verified = verify(ledger.dsn, {});
  REQUIRE(verified);
  CHECK(verified->differences_total == 0);

  // As nobody writes it: with the fences taken away.
  ledger.value(
      "WITH more AS (INSERT INTO suanpan.transfer(ticket,debit_account,credit_account,amount,idx,"
      "event_code,accounting_date,leg,kind,result,currency,id,reference,memo,related) "
      "SELECT 4000,credit_account,debit_account,1,0,0,accounting_date,0,7,1,currency,"
      "overlay(id::text placing 'ffff' from 33)::uuid,'','',id FROM suanpan.transfer "
      "WHERE ticket=2000 RETURNING 1) SELECT count(*) FROM more");
  verified = verify(ledger.dsn, {});
  REQUIRE(verified);
  REQUIRE_FALSE(verified->differences.empty());
  CHECK(std::ranges::any_of(verified->differences, [](const difference& d) {
    return d.what == "reversal" && d.found == "that is of 100, and 101 is reversed";
  }));
}

}  // namespace suanpan::testing
