// R7, R12: what the journal's transaction leaves behind, and what it says when it leaves nothing.
#include "tests/storage/ledger_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

TEST_CASE("a written transfer reads back with every field as it was") {
  ledger_case ledger;
  const auto what = posting(ledger.a, ledger.c, 12'345);
  ledger.post(what, {2'000});

  const std::vector<transfer_id> ids{what.id, next_id()};
  const auto found = ledger.reader().find_transfers(ids);
  REQUIRE_MESSAGE(found, found.reason());
  REQUIRE(found->size() == 1);
  const auto& stored = found->front();
  CHECK(compare_content(stored.what, what) == item_result::exists);
  CHECK(stored.what.id == what.id);
  CHECK(stored.at == ticket{2'000});
  CHECK(stored.index == 0);
  CHECK(stored.result == item_result::posted);
  CHECK(stored.date == accounting_date{20'780});
}

TEST_CASE("a recorded refusal is found under its id and is no booked transfer") {
  ledger_case ledger;
  const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
  const auto rows = rows_of(items, {2'000}, item_result::debit_insufficient_funds);
  REQUIRE(is<committed>(ledger.write(rows, {2'000})));
  const std::vector<transfer_id> ids{items[0].id};
  const auto found = ledger.reader().find_transfers(ids);
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().result == item_result::debit_insufficient_funds);
  CHECK(ledger.value("SELECT count(*) FROM audit.transfer") == "0");
  CHECK(ledger.value("SELECT result FROM audit.refusal") == "100");
}

TEST_CASE(
    "a second row of an id is rejected as a duplicate, nothing is stored, the session lives") {
  ledger_case ledger;
  const auto first = posting(ledger.a, ledger.b, 5);
  ledger.post(first, {2'000});
  const std::vector<transfer> items{posting(ledger.c, ledger.d, 7), first};
  const auto rows = rows_of(items, {3'000});
  const auto outcome = ledger.write(rows, {3'000});
  REQUIRE_MESSAGE(is<rejected>(outcome), describe(outcome));
  CHECK(std::get<rejected>(outcome).duplicate);
  CHECK(std::get<rejected>(outcome).sqlstate == "23505");
  CHECK(ledger.session->lost().empty());
  CHECK(ledger.value("SELECT count(*) FROM suanpan.transfer") == "1");

  const auto stored = ledger.session->stored_among(rows);
  REQUIRE(stored);
  REQUIRE(stored->size() == 1);
  CHECK(stored->front() == first.id);
  ledger.post(items[0], {4'000});
}

TEST_CASE("a row that the database refuses is rejected and is no duplicate; the session lives") {
  ledger_case ledger;
  auto poison = posting(ledger.a, ledger.b, 5);
  std::string sqlstate = "23514";
  SUBCASE("amount zero") {
    poison.amount = {0};
  }
  SUBCASE("the same account twice") {
    poison.credit = poison.debit;
  }
  SUBCASE("an id of a day without a partition") {
    poison.id = next_id(now_millis() - 40LL * 86'400'000);
  }
  SUBCASE("text that is not UTF-8") {
    poison.reference = "\xff";
    sqlstate = "22021";
  }
  const std::vector<transfer> items{poison};
  const auto outcome = ledger.write(rows_of(items, {2'000}), {2'000});
  REQUIRE_MESSAGE(is<rejected>(outcome), describe(outcome));
  CHECK(std::get<rejected>(outcome).sqlstate == sqlstate);
  CHECK_FALSE(std::get<rejected>(outcome).duplicate);
  ledger.post(posting(ledger.a, ledger.b, 5), {3'000});
}

TEST_CASE("an account opened twice under one key is rejected as a duplicate") {
  ledger_case ledger;
  auto again = account_at(shard_0, 1);
  again.number = account_number::make(shard_0, 9);
  const std::vector<account_row> openings{again};
  const auto outcome = ledger.session->write({ledger.claims, openings, {}, {2'000}});
  REQUIRE_MESSAGE(is<rejected>(outcome), describe(outcome));
  CHECK(std::get<rejected>(outcome).duplicate);
}

TEST_CASE("openings and transfers of one write are stored together") {
  ledger_case ledger;
  const std::vector<account_row> openings{account_at(shard_1, 3, "user:42")};
  const std::vector<transfer> items{posting(ledger.a, openings[0].number, 5)};
  const auto outcome =
      ledger.session->write({ledger.claims, openings, rows_of(items, {2'000}), {2'000}});
  REQUIRE_MESSAGE(is<committed>(outcome), describe(outcome));
  CHECK(ledger.value("SELECT count(*) FROM suanpan.account_balance WHERE covers=0") == "5");
  CHECK(ledger.value("SELECT count(*) FROM audit.transfer") == "1");
}

TEST_CASE("every commit appends its watermark and the newest ticket of its rows") {
  ledger_case ledger;
  const std::vector<transfer> items{posting(ledger.a, ledger.b, 5)};
  REQUIRE(is<committed>(ledger.write(rows_of(items, {5'000}), {4'000})));
  REQUIRE(is<committed>(ledger.session->write_watermark({4'500})));
  CHECK(ledger.value("SELECT string_agg(ticket||'/'||newest,' ' ORDER BY at) "
                     "FROM suanpan.journal_commit") == "1000/1000 4000/5000 4500/5000");
}

}  // namespace
TEST_CASE("a balancing transfer's row has what it moved, and what was asked for") {
  ledger_case ledger;
  auto what = posting(ledger.a, ledger.c, 100);
  what.kind = transfer_kind::balancing_debit;
  what.metadata = R"({"order": "7", "名": "张"})";
  auto refused = posting(ledger.a, ledger.c, 9);
  refused.kind = transfer_kind::balancing_credit;
  const std::vector items{what, refused};
  auto rows = rows_of(items, {2'000});
  for (auto& row : rows) {
    if (row.what->id == what.id) row.moved = {40};
    if (row.what->id == refused.id) row.result = item_result::credit_exceeds_maximum;
  }
  REQUIRE(is<committed>(ledger.write(rows, {2'000})));
  const auto found = ledger.reader().find_transfers(std::vector{what.id, refused.id});
  REQUIRE(found);
  for (const auto& row : *found) {
    const bool booked = row.what.id == what.id;
    CHECK(compare_content(row.what, booked ? what : refused) == item_result::exists);
    CHECK(row.moved.value == (booked ? 40 : 0));
    CHECK(row.amount().value == (booked ? 40 : 9));
  }
  CHECK(ledger.value("SELECT amount||'/'||asked_amount||metadata FROM audit.transfer") ==
        R"(40/100{"order": "7", "名": "张"})");
  auto more = posting(ledger.a, ledger.c, 5);
  more.kind = transfer_kind::balancing_debit;
  const std::vector wrong{more};
  auto wrong_rows = rows_of(wrong, {3'000});
  wrong_rows.front().moved = {6};
  CHECK(is<rejected>(ledger.write(wrong_rows, {3'000})));
}

}  // namespace suanpan::testing
