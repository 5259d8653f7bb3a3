// A row that the database refuses, for a reason that the ledger cannot know (R12): planted by a
// constraint that only the test has. It fails alone.
#include "tests/faults/one_node.hpp"

#include <future>

using namespace suanpan::faults;

namespace {

void plant_poison(const std::string& dsn) {
  suanpan::testing::sql(dsn,
                        "ALTER TABLE suanpan.transfer ADD CONSTRAINT poison_of_the_test "
                        "CHECK (memo <> 'poison') NOT VALID");
}

item poison(const one_node& with) {
  auto what = transfer_of(with.source, with.payer, 1'000);
  what.memo = "poison";
  return what;
}

}  // namespace

TEST_CASE("poison: one row fails alone with INTERNAL; its batch and the batches beside it go on") {
  one_node with;
  plant_poison(with.dsn);
  std::vector<item> batch;
  for (int i = 0; i < 3'000; ++i) batch.push_back(transfer_of(with.source, with.payer, 1));
  batch[1'234] = poison(with);
  // Other callers, at the same time: their batches may share the transaction.
  std::vector<std::future<std::vector<answer>>> others;
  for (int c = 0; c < 4; ++c)
    others.push_back(std::async(std::launch::async, [&with, c] {
      ledger_client own(with.node.address());
      std::vector<answer> all;
      for (int round = 0; round < 10; ++round) {
        const std::vector<item> items(1, transfer_of(with.source, with.payee, 1));
        const auto told = own.post_recorded(items, with.history, 10 + c);
        all.insert(all.end(), told.begin(), told.end());
      }
      return all;
    }));
  const auto answers = with.send(batch);
  for (auto& other : others)
    for (const auto& a : other.get()) CHECK(a.told == 1);
  CHECK(answers[1'234].told == 202);
  CHECK(answers[1'234].ticket == 0);
  CHECK(std::ranges::count(answers, 1, &answer::told) == 2'999);
  CHECK(with.node.metric("suanpan_poison_rows_total") == 1);
  CHECK(with.node.ready());
  CHECK(with.ledger->balance(with.payer) == 2'999);
  CHECK(with.ledger->balance(with.payee) == 40);

  // Nothing was booked under the id: once the cause is gone, the same id can be.
  CHECK(with.send(batch[1'234]).told == 202);
  suanpan::testing::sql(with.dsn,
                        "ALTER TABLE suanpan.transfer DROP CONSTRAINT poison_of_the_test");
  CHECK(with.send(batch[1'234]).told == 1);
  CHECK(with.ledger->balance(with.payer) == 3'999);
  with.judge_all();
}

TEST_CASE("poison: what depended on the poisoned row is judged without it") {
  one_node with;
  plant_poison(with.dsn);
  // The payer has only what the poison would bring.
  const auto paid = transfer_of(with.payer, with.payee, 500);
  const auto answers = with.send({poison(with), paid});
  CHECK(answers[0].told == 202);
  CHECK(answers[1].told == 100);
  std::vector<item> many;
  for (int i = 0; i < 64; ++i) {
    many.push_back(i % 8 == 3 ? poison(with) : transfer_of(with.source, with.payer, 1));
    many.push_back(transfer_of(with.payer, with.payee, 1));
  }
  const auto told = with.send(many);
  CHECK(std::ranges::count(told, 202, &answer::told) == 8);
  CHECK(with.node.metric("suanpan_poison_rows_total") == 9);
  CHECK(with.ledger->balance(with.payer) >= 0);
  with.judge_all();
}
