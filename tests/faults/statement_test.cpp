// Statements of a real node while postings go on: asked for through gRPC, page by page.
#include "tests/faults/one_node.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/random.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace suanpan;
using namespace suanpan::faults;
namespace v1 = suanpan::v1;

namespace {

constexpr std::size_t batch_items = 100;
constexpr int batches_most = 150;

/// What was acknowledged, by place in the ledger: ticket and id suffice to find it again.
class booked_items {
 public:
  void add(const std::vector<item>& items, const std::vector<answer>& answers) {
    const std::scoped_lock lock(guard_);
    for (std::size_t i = 0; i < items.size(); ++i)
      if (answers[i].told == 1)
        booked_.emplace(to_string(items[i].id), std::pair{items[i], answers[i].ticket});
  }
  [[nodiscard]] std::map<std::string, std::pair<item, std::int64_t>> all() const {
    const std::scoped_lock lock(guard_);
    return booked_;
  }

 private:
  mutable std::mutex guard_;
  std::map<std::string, std::pair<item, std::int64_t>> booked_;
};

struct whole_statement {
  std::vector<v1::StatementLine> lines;
  int pages = 0;
  std::int64_t as_of = 0;
};

whole_statement read_all(ledger_client& ledger, std::int64_t number, bool newest,
                         std::uint32_t page_size) {
  whole_statement whole;
  v1::GetStatementRequest request;
  request.set_number(number);
  request.set_newest_first(newest);
  request.set_page_size(page_size);
  std::int64_t debits = 0;
  std::int64_t credits = 0;
  do {
    v1::Statement page;
    grpc::ClientContext context;
    limit(context, milliseconds(20'000));
    const auto status = ledger.stub().GetStatement(&context, request, &page);
    REQUIRE_MESSAGE(status.ok(), status.error_message());
    if (whole.pages++ == 0) whole.as_of = page.as_of_ticket();
    CHECK(page.as_of_ticket() == whole.as_of);  // all pages are of one statement
    if (!newest) {
      CHECK(page.before().debits_posted() == std::to_string(debits));
      CHECK(page.before().credits_posted() == std::to_string(credits));
    }
    for (const auto& line : page.lines()) {
      (line.side() == v1::ENTRY_SIDE_DEBIT ? debits : credits) += line.amount();
      if (!newest) {
        CHECK(line.totals().debits_posted() == std::to_string(debits));
        CHECK(line.totals().credits_posted() == std::to_string(credits));
      }
      whole.lines.push_back(line);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}

std::string id_of(const v1::StatementLine& line) {
  transfer_id id;
  std::copy(line.transfer_id().begin(), line.transfer_id().end(), id.bytes.begin());
  return to_string(id);
}

/// Every acknowledged posting of the account is a line, once; lines are in order.
void check_against(const whole_statement& found,
                   const std::map<std::string, std::pair<item, std::int64_t>>& known,
                   std::int64_t number, bool newest, bool complete) {
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < found.lines.size(); ++i) {
    const auto& line = found.lines[i];
    CHECK(++seen[id_of(line)] == 1);
    CHECK(line.ticket() <= found.as_of);
    if (i > 0) {
      const auto& last = found.lines[i - 1];
      const bool rises =
          std::pair(last.ticket(), last.index()) < std::pair(line.ticket(), line.index());
      CHECK(rises == !newest);
    }
    const auto it = known.find(id_of(line));
    if (it == known.end()) {
      CHECK_FALSE(complete);
      continue;
    }
    const auto& [what, ticket] = it->second;
    CHECK(line.amount() == what.amount);
    CHECK(line.ticket() == ticket);
    CHECK(line.counterpart() == (what.debit == number ? what.credit : what.debit));
    CHECK((line.side() == v1::ENTRY_SIDE_DEBIT) == (what.debit == number));
    CHECK(line.reference() == what.reference);
  }
  std::size_t wanted = 0;
  for (const auto& [id, booked] : known) {
    if (booked.first.debit != number && booked.first.credit != number) continue;
    ++wanted;
    CHECK_MESSAGE(seen.contains(id), "missing " << id);
  }
  if (complete) CHECK(seen.size() == wanted);
}

std::vector<item> some_items(const one_node& world, samples::random_source& random) {
  std::vector<item> items;
  for (std::size_t i = 0; i < batch_items; ++i) {
    items.push_back(random.one_in(4)
                        ? transfer_of(world.payee, world.source, 1 + random.below(50))
                        : transfer_of(world.source, world.payee, 1 + random.below(99)));
    items.back().reference = "R" + std::to_string(random.below(5));
  }
  return items;
}

}  // namespace

TEST_CASE("statements: while batches are booked, and after kill -9, no line is missing or twice") {
  one_node world(
      {"statements.interval_ms=20", "statements.lag_ms=100", "statements.rows_least=700"});
  booked_items known;
  samples::random_source random(3);
  world.top_up(5);
  {
    std::atomic<bool> over{false};
    std::thread poster([&] {
      ledger_client own(world.node.address());
      samples::random_source chance(4);
      for (int n = 0; n < batches_most && !over; ++n) {
        const auto items = some_items(world, chance);
        known.add(items, own.post_recorded(items, world.history, 2));
      }
    });
    for (int i = 0; i < 12; ++i) {
      const auto before = known.all();  // acknowledged before the question
      const bool newest = i % 2 == 1;
      const auto found = read_all(*world.ledger, world.payee, newest, i < 6 ? 300 : 1'000);
      check_against(found, before, world.payee, newest, false);
    }
    over = true;
    poster.join();
  }
  const auto all = known.all();
  const auto check_whole = [&] {
    for (const bool newest : {false, true})
      check_against(read_all(*world.ledger, world.payee, newest, 777), all, world.payee, newest,
                    true);
  };
  check_whole();
  world.restart();
  check_whole();
  testing::sql(world.dsn, "SELECT suanpan.forget_statements()");
  check_whole();  // while they are built again, from the rows
  v1::Account account;
  REQUIRE(world.ledger->account(world.payee, account).ok());
  const auto found = read_all(*world.ledger, world.payee, false, 1'000);
  REQUIRE(!found.lines.empty());
  CHECK(found.lines.back().totals().balance() == account.totals().balance());
  for (int i = 0; i < 20; ++i) {
    const auto& line = found.lines[random.below(found.lines.size())];
    v1::GetBalanceAtRequest request;
    request.set_number(world.payee);
    request.set_at_micros(line.ticket() - 1);
    v1::BalanceAt then;
    grpc::ClientContext context;
    limit(context, milliseconds(20'000));
    REQUIRE(world.ledger->stub().GetBalanceAt(&context, request, &then).ok());
    std::string expected = "0";
    for (const auto& l : found.lines)
      if (l.ticket() < line.ticket()) expected = l.totals().balance();
    CHECK(then.totals().balance() == expected);
    CHECK(then.as_of_ticket() == line.ticket() - 1);
  }
  world.judge_all();
}

TEST_CASE("lists of transfers: by reference, event code and time, whole over their pages") {
  one_node world;
  booked_items known;
  samples::random_source random(5);
  for (int i = 0; i < 3; ++i) {
    const auto items = some_items(world, random);
    known.add(items, world.send(items));
  }
  for (const bool newest : {false, true}) {
    v1::ListTransfersRequest request;
    request.set_reference("R3");
    request.set_newest_first(newest);
    request.set_page_size(70);
    std::map<std::string, int> seen;
    std::int64_t last = newest ? INT64_MAX : 0;
    do {
      v1::ListTransfersResponse page;
      grpc::ClientContext context;
      limit(context, milliseconds(20'000));
      REQUIRE(world.ledger->stub().ListTransfers(&context, request, &page).ok());
      for (const auto& listed : page.transfers()) {
        transfer_id id;
        std::copy(listed.transfer().id().begin(), listed.transfer().id().end(), id.bytes.begin());
        CHECK(++seen[to_string(id)] == 1);
        CHECK(listed.transfer().reference() == "R3");
        CHECK((newest ? listed.ticket() <= last : listed.ticket() >= last));
        last = listed.ticket();
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    std::size_t wanted = 0;
    for (const auto& [id, booked] : known.all()) wanted += booked.first.reference == "R3" ? 1 : 0;
    CHECK(seen.size() == wanted);
    CHECK(wanted > 0);
  }
}
