// A caller that lost an answer sends the same id again, and must be told what happened, whatever
// has happened since (R4, R5, R9).
#include "tests/faults/one_node.hpp"

#include <atomic>
#include <thread>

using namespace suanpan::faults;

namespace {

constexpr int posted = 1;
constexpr int exists = 2;
constexpr int other_amount = 42;
constexpr int other_content = 59;
constexpr int insufficient = 100;

/// Payments of which the caller has lost the answers; the payer is empty by now.
struct lost_answers {
  item paid;
  std::int64_t paid_at = 0;
  item refused;
  std::int64_t refused_at = 0;
};

lost_answers pay_and_lose(one_node& with) {
  with.top_up(100);
  lost_answers lost{transfer_of(with.payer, with.payee, 60), 0,
                    transfer_of(with.payer, with.payee, 70), 0};
  // The caller hangs up at once; what became of it is only in the database.
  for (int tries = 0; tries < 50; ++tries) {
    with.send({lost.paid}, milliseconds(1));
    v1::GetTransferResponse found;
    if (!with.ledger->transfer(lost.paid.id, found).ok()) continue;
    lost.paid_at = found.ticket();
    break;
  }
  REQUIRE(lost.paid_at != 0);
  const auto no = with.send(lost.refused);
  REQUIRE(no.told == insufficient);
  lost.refused_at = no.ticket;
  REQUIRE(with.send(transfer_of(with.payer, with.payee, 40)).told == posted);
  REQUIRE(with.ledger->balance(with.payer) == 0);
  return lost;
}

void ask_again(one_node& with, const lost_answers& lost) {
  const auto paid = with.send(lost.paid);
  CHECK(paid.told == exists);
  CHECK(paid.ticket == lost.paid_at);
  const auto refused = with.send(lost.refused);
  CHECK(refused.told == insufficient);
  CHECK(refused.ticket == lost.refused_at);
}

// All at the same moment, each over one of `connections`.
std::vector<answer> send_at_once(one_node& with, const item& what, int callers, int connections) {
  std::vector<std::unique_ptr<ledger_client>> clients;
  for (int i = 0; i < connections; ++i) {
    clients.push_back(std::make_unique<ledger_client>(with.node.address()));
    REQUIRE(clients.back()->connected(milliseconds(5'000)));
  }
  std::vector<answer> answers(static_cast<std::size_t>(callers));
  std::atomic<int> waiting{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i)
    threads.emplace_back([&, i] {
      ++waiting;
      while (waiting < callers) std::this_thread::yield();
      answers[static_cast<std::size_t>(i)] =
          clients[static_cast<std::size_t>(i % connections)]->post_recorded(std::vector<item>{what},
                                                                            with.history, i)[0];
    });
  for (auto& thread : threads) thread.join();
  return answers;
}

std::ptrdiff_t told(const std::vector<answer>& answers, int what) {
  return std::ranges::count(answers, what, &answer::told);
}

}  // namespace

TEST_CASE("retry: a lost answer is exists, though the payer is empty; a refusal stays one") {
  one_node with;
  const auto lost = pay_and_lose(with);
  ask_again(with, lost);
  with.top_up(500);  // now the refused one could be paid: a new try is a new id
  ask_again(with, lost);
  auto other = lost.refused;
  other.amount = 1;
  CHECK(with.send(other).told == other_content);
  other = lost.paid;
  other.amount = 1;
  CHECK(with.send(other).told == other_amount);

  SUBCASE("after kill -9 and a restart") {
    with.restart();
  }
  SUBCASE("after PostgreSQL was killed") {
    suanpan::testing::private_postgres::instance().kill();
    suanpan::testing::private_postgres::instance().start();
    with.node.await_ready();
  }
  SUBCASE("by another node, after a take-over") {
    node_process second({"node-2", with.dsn});
    second.start();
    REQUIRE(wait_until(milliseconds(30'000), [&] { return second.readyz().status == 503; }));
    with.node.kill();
    second.await_ready();
    with.ledger = std::make_unique<ledger_client>(second.address());
    ask_again(with, lost);
    CHECK(second.stop() == 0);
    with.restart();
  }
  ask_again(with, lost);
  with.judge_all();
}

TEST_CASE("retry: the same id twice in one batch is decided once") {
  one_node with;
  with.top_up(100);
  const auto paid = transfer_of(with.payer, with.payee, 80);
  auto other = paid;
  other.amount = 81;
  const auto both = with.send({paid, paid, other});
  CHECK(both[0].told == posted);
  CHECK(both[1].told == exists);
  CHECK(both[1].ticket == both[0].ticket);
  CHECK(both[2].told == other_amount);

  const auto refused = transfer_of(with.payer, with.payee, 50);
  auto changed = refused;
  changed.memo = "other";
  const auto no = with.send({refused, refused, changed});
  CHECK(no[0].told == insufficient);
  CHECK(no[1].told == insufficient);
  CHECK(no[1].ticket == no[0].ticket);
  CHECK(no[2].told == other_content);
  CHECK(with.ledger->balance(with.payer) == 20);
  with.judge_all();
}

TEST_CASE("retry: the same id a hundred times at once over ten connections is booked once") {
  one_node with;
  with.top_up(100);
  const auto paid = transfer_of(with.payer, with.payee, 100);  // funds for just one
  const auto answers = send_at_once(with, paid, 100, 10);
  CHECK(told(answers, posted) == 1);
  CHECK(told(answers, exists) == 99);
  for (const auto& a : answers) CHECK(a.ticket == answers[0].ticket);
  CHECK(with.ledger->balance(with.payer) == 0);

  const auto refused = transfer_of(with.payer, with.payee, 1);
  const auto refusals = send_at_once(with, refused, 100, 10);
  CHECK(told(refusals, insufficient) == 100);
  for (const auto& a : refusals) CHECK(a.ticket == refusals[0].ticket);
  with.judge_all();
}
