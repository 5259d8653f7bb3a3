// R7 to R13 as the journal keeps them: what it says is durable is, what it can't vouch for it
// doesn't.
#include "tests/journal/one_journal.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace suanpan;
using namespace suanpan::testing;

namespace {

std::vector<std::uint32_t> failed_rows(const batch_settled& m) {
  std::vector<std::uint32_t> rows;
  for (const auto& row : m.failed) rows.push_back(row.index);
  std::ranges::sort(rows);
  return rows;
}

// Sixteen rows; those at `places` are ones that the database refuses.
std::vector<std::string> memos(const std::vector<std::size_t>& places) {
  std::vector<std::string> all(16, "good");
  for (const auto p : places) all[p] = "poison";
  return all;
}

}  // namespace

TEST_CASE("journal: a batch is told to be settled once its rows are stored, in order of tickets") {
  one_journal with;
  const auto first = with.make_batch({"a", "b"});
  const auto second = with.make_batch({"c"});
  with.send(commit_batch{first});
  with.send(commit_batch{second});
  with.run();
  REQUIRE(with.said.settled.size() == 2);
  CHECK(with.said.settled[0].settled == first);
  CHECK(with.said.settled[1].settled == second);
  for (const auto& row : with.said.settled[0].failed) FAIL_CHECK(row.what);
  CHECK(with.stored(first) + with.stored(second) == 3);
}

TEST_CASE("journal: a batch that the database did not take is never told to be settled (R7)") {
  one_journal with;
  const auto lost = with.make_batch({"a"});
  with.kill_backend();
  with.commit(lost);
  CHECK(with.said.settled.empty());
  REQUIRE(with.said.lost.size() == 1);
  CHECK(with.said.lost[0].session == with.session());
  CHECK(with.stored(lost) == 0);
}

TEST_CASE("journal: a recorded refusal is stored in the same commit as its batch (R5)") {
  one_journal with;
  const auto b = with.make_batch({"booked", "refused", "unavailable"});
  b->entries[1].result = item_result::debit_insufficient_funds;
  b->entries[2].result = item_result::unavailable;
  with.commit(b);
  REQUIRE(with.said.settled.size() == 1);
  CHECK(with.value("SELECT string_agg(result::text,',' ORDER BY result) FROM suanpan.transfer") ==
        "1,100");
}

namespace {

// Entries 1 to 3 of the batch are a voucher.
batch_ptr with_voucher(one_journal& with, const std::vector<std::string>& memos) {
  auto b = with.make_batch(memos);
  for (std::uint32_t i = 1; i <= 3; ++i) {
    b->entries[i].unit = 1;
    b->entries[i].unit_size = 3;
  }
  return b;
}

}  // namespace

TEST_CASE("journal: a voucher is written whole, and its rows name its first item (R2)") {
  one_journal with;
  const auto b = with_voucher(with, {"alone", "v", "v", "v", "alone"});
  with.commit(b);
  REQUIRE(with.said.settled.size() == 1);
  CHECK(failed_rows(with.said.settled[0]).empty());
  CHECK(with.stored(b) == 5);
  CHECK(with.value("SELECT string_agg(idx::text,',' ORDER BY idx) FROM suanpan.transfer "
                   "WHERE voucher='" +
                   to_string(b->entries[1].what->id) + "'") == "1,2,3");
  CHECK(with.value("SELECT count(*) FROM suanpan.transfer WHERE voucher IS NULL") == "2");
}

TEST_CASE("journal: a row that the database refuses takes its voucher with it (R2, R12)") {
  one_journal with;
  with.refuse_memo("poison");
  const auto b = with_voucher(with, {"alone", "v", "v", "poison", "alone"});
  with.commit(b);
  REQUIRE(with.said.settled.size() == 1);
  CHECK(failed_rows(with.said.settled[0]) == std::vector<std::uint32_t>{1});
  CHECK(with.stored(b) == 2);
}

TEST_CASE("journal: an id that is there already sets its voucher aside, and nothing else (R12)") {
  one_journal with;
  const auto known = with.make_batch({"known"});
  with.commit(known);
  const auto b = with_voucher(with, {"alone", "v", "v", "v", "alone"});
  auto& items = b->requests.front()->items;
  items[2].id = known->entries[0].what->id;
  with.commit(b);
  REQUIRE(with.said.settled.size() == 2);
  REQUIRE(with.said.settled[1].failed.size() == 1);
  CHECK(with.said.settled[1].failed[0].index == 1);
  CHECK(with.said.settled[1].failed[0].duplicate);
  CHECK(with.value("SELECT count(*) FROM suanpan.transfer") == "3");
}

TEST_CASE("journal: of many rows exactly those that the database refuses fail (R12)") {
  one_journal with;
  with.refuse_memo("poison");
  for (const auto& places : std::vector<std::vector<std::size_t>>{
           {0}, {15}, {7}, {8}, {0, 1}, {6, 7}, {7, 8}, {3, 9, 14}}) {
    const auto b = with.make_batch(memos(places));
    with.commit(b);
    REQUIRE(with.said.settled.size() == 1);
    const auto& told = with.said.settled[0];
    CHECK(failed_rows(told) == std::vector<std::uint32_t>(places.begin(), places.end()));
    for (const auto& row : told.failed) CHECK_FALSE(row.duplicate);
    CHECK(with.stored(b) == 16 - static_cast<int>(places.size()));
    with.said.settled.clear();
  }
  CHECK(with.said.lost.empty());
}

TEST_CASE("journal: an id that is stored already fails as a duplicate, the others go on (R12)") {
  one_journal with;
  const auto first = with.make_batch({"a"});
  with.commit(first);
  const auto b = with.make_batch(memos({}));
  b->requests[0]->items[5].id = first->entries[0].what->id;
  with.commit(b);
  REQUIRE(with.said.settled.size() == 2);
  REQUIRE(failed_rows(with.said.settled[1]) == std::vector<std::uint32_t>{5});
  CHECK(with.said.settled[1].failed[0].duplicate);
  CHECK(with.value("SELECT count(*) FROM suanpan.transfer") == "16");
}

TEST_CASE("journal: no watermark reaches a ticket before all its parts have settled (R14)") {
  one_journal with;
  with.refuse_memo("poison");
  const auto b = with.make_batch(memos({3}));
  with.commit(b);
  REQUIRE(with.said.settled.size() == 1);
  const auto at = std::to_string(b->at.micros);
  CHECK(std::stoi(with.value("SELECT count(*) FROM suanpan.journal_commit WHERE newest>=" + at)) >
        1);
  CHECK(with.value("SELECT count(*) FROM suanpan.journal_commit WHERE ticket>=" + at) == "1");
}

TEST_CASE("journal: nor where a shard was taken whose newest ticket is above it (R14)") {
  one_journal with;
  with.refuse_memo("poison");
  const auto b = with.make_batch(memos({3}));
  const auto ahead = std::to_string(b->at.micros + 60'000'000);  // of a node whose clock is ahead
  with.send(release_shards{with.session(), {{1}}});
  with.run();
  sql(with.dsn,
      "INSERT INTO suanpan.journal_commit VALUES (99," + ahead + "," + ahead + ",default)");
  with.take();
  REQUIRE(with.said.taken.back().claims.size() == 1);
  REQUIRE(with.said.taken.back().claims[0].newest == ticket{std::stoll(ahead)});
  with.commit(b);  // it was on its way meanwhile
  REQUIRE(with.said.settled.size() == 1);
  CHECK(with.value("SELECT count(*) FROM suanpan.journal_commit WHERE session<>99 AND ticket>=" +
                   std::to_string(b->at.micros)) == "1");
}

TEST_CASE("journal: a full disk or a read-only database is not blamed on rows (R12)") {
  one_journal with;
  with.refuse_memo("poison");
  sql(with.dsn,
      "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "RAISE EXCEPTION USING errcode='53100', message='no space left'; END $$");
  sql(with.dsn,
      "CREATE TRIGGER full_disk BEFORE INSERT ON suanpan.journal_commit FOR EACH ROW "
      "EXECUTE FUNCTION full_disk()");
  const auto b = with.make_batch({"a", "b"});
  with.commit(b);
  CHECK(with.said.settled.empty());
  CHECK(with.said.lost.size() == 1);
  CHECK(with.stored(b) == 0);
}

TEST_CASE("journal: with its session die the batches that waited for it (R9)") {
  one_journal with(1);
  const auto cause = with.make_batch({"a"});
  const auto waits = with.make_batch({"b"});
  with.kill_backend();
  with.send(commit_batch{cause});
  with.send(commit_batch{waits});
  with.run();
  REQUIRE(with.said.lost.size() == 1);
  with.take();
  REQUIRE(with.said.taken.back().claims.size() == 2);
  with.commit(waits);  // late, and of a session that is gone
  const auto fresh = with.make_batch({"c"});
  with.commit(fresh);
  REQUIRE(with.said.settled.size() == 1);
  CHECK(with.said.settled[0].settled == fresh);
  CHECK(with.stored(cause) + with.stored(waits) == 0);
  CHECK(with.stored(fresh) == 1);
}

TEST_CASE("journal: a batch of a shard that was released is not written (R16)") {
  one_journal with;
  const auto b = with.make_batch({"a"});
  with.send(release_shards{with.session(), {{1}}});
  with.run();
  REQUIRE(with.said.released.size() == 1);
  with.commit(b);
  CHECK(with.said.settled.empty());
  CHECK(with.stored(b) == 0);
}

TEST_CASE("journal: answers leave only after a round trip on the session they stand on (R8)") {
  one_journal with;
  const auto ask = [&with](incarnation session) {
    auto posting = std::make_shared<told_posting>();
    posting->answers = {{item_result::exists, {5}}, {item_result::posted, {6}}};
    auto read = std::make_shared<told_read>();
    read->result = read_result::found;
    with.send(fence_answers{session, posting, nullptr});
    with.send(fence_read{read, session});
    with.run();
    CHECK(posting->finished);
    CHECK(read->finished);
    return std::pair{posting->answers, read->result};
  };
  CHECK(ask(with.session()).first[0].result == item_result::exists);
  CHECK(ask(with.session()).second == read_result::found);
  const auto old = with.session();
  SUBCASE("not when the server has ended it") {
    with.kill_backend();
  }
  SUBCASE("not when a later session owns the shards") {
    with.kill_backend();
    (void)ask(old);
    with.take();
    REQUIRE_FALSE(with.said.taken.back().claims.empty());
  }
  const auto [answers, read] = ask(old);
  CHECK(answers[0].result == item_result::unavailable);
  CHECK(answers[1].result == item_result::posted);  // durable all the same
  CHECK(read == read_result::unavailable);
}

TEST_CASE("journal: a checkpoint of a shard that was released is passed over (R13)") {
  one_journal with;
  const auto b = with.make_batch({"a"});
  with.commit(b);
  const auto balance = [&with](account_number number, std::int64_t covers) {
    return with.value("SELECT count(*) FROM suanpan.account_balance WHERE account=" +
                      std::to_string(number.value) + " AND covers=" + std::to_string(covers));
  };
  with.send(release_shards{with.session(), {{1}}});
  with.send(write_checkpoint{with.session(),
                             1,
                             {{with.from, {100, 0}, b->at}, {with.to, {0, 100}, b->at}},
                             {{{0}, b->at}, {{1}, b->at}}});
  with.run();
  REQUIRE(with.said.checkpoints.size() == 1);
  CHECK(balance(with.from, b->at.micros) == "1");
  CHECK(balance(with.to, b->at.micros) == "0");
  CHECK(with.value("SELECT count(*) FROM suanpan.shard_position WHERE position>0") == "1");
}
