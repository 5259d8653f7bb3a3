// R23: what commits make of the holds that are open, and who reads them.
#include "storage/verify.hpp"
#include "tests/storage/ledger_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

transfer holding(account_number debit, account_number credit, std::int64_t amount,
                 std::int64_t expires_at = 0) {
  auto t = posting(debit, credit, amount);
  t.kind = transfer_kind::hold;
  t.expires_at = expires_at;
  return t;
}

transfer ending(const transfer& hold, transfer_kind how, std::int64_t amount) {
  auto t = posting(hold.debit, hold.credit, amount);
  t.kind = how;
  t.related = hold.id;
  return t;
}

write_outcome book(ledger_case& ledger, const transfer& what, ticket at) {
  const std::vector<transfer> items{what};
  return ledger.write(rows_of(items, at, booked_as(what.kind)), at);
}

TEST_CASE("a hold is open from its commit to the one that ends it, and ended once") {
  ledger_case ledger;
  const auto hold = holding(ledger.a, ledger.c, 100, 9'000'000'000'000'000);
  REQUIRE(is<committed>(book(ledger, hold, {2'000})));
  CHECK(ledger.value("SELECT amount FROM suanpan.open_hold") == "100");
  CHECK(ledger.value("SELECT state FROM audit.hold") == "open");
  CHECK(ledger.value("SELECT count(*) FROM audit.transfer") == "0");

  const auto capture = ending(hold, transfer_kind::capture, 30);
  REQUIRE(is<committed>(book(ledger, capture, {3'000})));
  CHECK(ledger.value("SELECT count(*) FROM suanpan.open_hold") == "0");
  CHECK(ledger.value("SELECT state||' '||captured FROM audit.hold") == "captured 30");
  CHECK(ledger.value("SELECT kind||' '||amount FROM audit.transfer") == "capture 30");

  const auto again = book(ledger, ending(hold, transfer_kind::void_hold, 100), {4'000});
  REQUIRE_MESSAGE(is<rejected>(again), describe(again));
  CHECK_FALSE(std::get<rejected>(again).duplicate);
  CHECK(ledger.session->lost().empty());

  const auto found = ledger.reader().find_transfers(std::vector{hold.id, capture.id});
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  for (const auto& stored : *found)
    CHECK(compare_content(stored.what, stored.what.id == hold.id ? hold : capture) ==
          item_result::exists);
}

TEST_CASE("accounts are loaded with their open holds; recovery knows those that expire") {
  ledger_case ledger;
  const auto forever = holding(ledger.a, ledger.c, 100);
  const auto expiring = holding(ledger.a, ledger.d, 7, 9'000'000'000'000'000);
  const auto voided = holding(ledger.a, ledger.c, 5);
  REQUIRE(is<committed>(book(ledger, forever, {2'000})));
  REQUIRE(is<committed>(book(ledger, expiring, {2'001})));
  REQUIRE(is<committed>(book(ledger, voided, {2'002})));
  REQUIRE(is<committed>(book(ledger, ending(voided, transfer_kind::void_hold, 5), {2'003})));

  const auto rows = ledger.reader().load_accounts(std::vector{ledger.a, ledger.d});
  REQUIRE_MESSAGE(rows, rows.reason());
  for (const auto& row : *rows) {
    CHECK(row.totals == account_totals{});
    CHECK(row.holds.size() == (row.number == ledger.a ? 2 : 1));
    CHECK(row.held == (row.number == ledger.a ? held_totals{107, 0} : held_totals{0, 7}));
  }
  const auto of_debtor = ledger.reader().recover(std::vector{ledger.claims[0]}, 0, 100);
  REQUIRE_MESSAGE(of_debtor, of_debtor.reason());
  REQUIRE(of_debtor->expiring.size() == 1);
  CHECK(of_debtor->expiring[0].id == expiring.id);
  const auto of_creditor = ledger.reader().recover(std::vector{ledger.claims[1]}, 0, 100);
  REQUIRE(of_creditor);
  CHECK(of_creditor->expiring.empty());
  CHECK(of_creditor->touched.size() == 2);
}

TEST_CASE("verify: holds are counted, ended by what fits, and those that are open are stored") {
  ledger_case ledger;
  const auto hold = holding(ledger.a, ledger.c, 100);
  REQUIRE(is<committed>(book(ledger, hold, {2'000})));
  REQUIRE(is<committed>(book(ledger, holding(ledger.b, ledger.c, 9), {2'001})));
  REQUIRE(is<committed>(book(ledger, ending(hold, transfer_kind::capture, 101), {2'002})));
  REQUIRE(ledger.value("WITH gone AS (DELETE FROM suanpan.open_hold RETURNING 1) "
                       "SELECT count(*) FROM gone") == "1");
  const auto found = verify(ledger.dsn, {});
  REQUIRE_MESSAGE(found, found.reason());
  CHECK(found->holds == 2);
  std::vector<std::string> holds;
  for (const auto& d : found->differences)
    if (d.what == "hold") holds.push_back(d.found);
  CHECK(holds == std::vector<std::string>{"captures 101 of 100", "not stored"});
}

}  // namespace
}  // namespace suanpan::testing
