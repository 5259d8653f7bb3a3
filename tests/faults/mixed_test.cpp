// 2,000 random batches of every kind through real nodes on a real PostgreSQL, both of which are
// killed in between: in the end the rows are what one run, item by item, would have said (R1), and
// what every client was told is in them.
#include "protocol/messages/requests.hpp"
#include "protocol/wire/answers.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"
#include "tests/faults/mixed_load.hpp"
#include "tests/faults/one_node.hpp"
#include "tests/support/sequential_model.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace suanpan::faults {
namespace {

constexpr int clients = 4;
constexpr int batches_each = 500;
constexpr int kills = 6;

struct told_item {
  transfer what;
  item_answer answer;
};

/// A client that sends its batches one after the other, each again until every answer is final.
class mixed_client {
 public:
  mixed_client(const std::string& address, const mixed_town& town, std::uint64_t seed)
      : ledger_(address), town_(town), items_(town, seed) {}

  void run(std::atomic<int>& batches) {
    for (int i = 0; i < batches_each; ++i) {
      send(items_.next_batch());
      if (items_.chance().one_in(12)) change_terms();
      ++batches;
    }
  }
  [[nodiscard]] const std::vector<told_item>& told() const { return told_; }
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  static bool is_final(int result) {
    return result != 0 && result != v1::TRANSFER_RESULT_UNAVAILABLE &&
           result != v1::TRANSFER_RESULT_UNKNOWN;
  }

  void send(const std::vector<transfer>& batch) {
    v1::PostTransfersRequest request;
    for (const auto& t : batch) wire::fill(t, *request.add_transfers());
    for (int tries = 0; tries < 400; ++tries) {
      grpc::ClientContext context;
      limit(context, milliseconds(items_.chance().one_in(40) ? 3 : 5'000));
      v1::PostTransfersResponse response;
      const auto status = ledger_.stub().PostTransfers(&context, request, &response);
      if (status.ok() && take(batch, response)) return;
      pause_for(milliseconds(items_.chance().between(1, 80)));
    }
    gave_up_ = true;
  }

  bool take(const std::vector<transfer>& batch, const v1::PostTransfersResponse& response) {
    bool all = true;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto& outcome = response.results(static_cast<int>(i));
      all = all && is_final(outcome.result());
      told_.push_back({batch[i],
                       {static_cast<item_result>(outcome.result()),
                        {outcome.ticket()},
                        {outcome.moved_amount()}}});
    }
    return all;
  }

  // Freezes for a moment, or other limits; what fails is not asked again.
  void change_terms() {
    auto& chance = items_.chance();
    const auto number = town_.accounts[1 + chance.below(town_.accounts.size() - 1)].value;
    grpc::ClientContext context;
    limit(context, milliseconds(2'000));
    if (chance.one_in(2)) {
      v1::SetAccountLimitsRequest request;
      request.set_number(number);
      request.set_credit_limit(chance.between(0, 40));
      if (chance.one_in(2)) request.set_maximum_balance(chance.between(0, 200));
      v1::AccountLimits answer;
      static_cast<void>(ledger_.stub().SetAccountLimits(&context, request, &answer));
      return;
    }
    v1::SetAccountFlagsRequest request;
    request.set_number(number);
    const auto flag =
        chance.one_in(2) ? v1::ACCOUNT_FLAG_FROZEN_DEBIT : v1::ACCOUNT_FLAG_FROZEN_CREDIT;
    if (chance.one_in(3))
      request.set_set(flag);
    else
      request.set_clear(flag);
    v1::AccountFlags answer;
    static_cast<void>(ledger_.stub().SetAccountFlags(&context, request, &answer));
  }

  ledger_client ledger_;
  const mixed_town& town_;
  mixed_items items_;
  std::vector<told_item> told_;
  bool gave_up_ = false;
};

/// Everything that was stored, in the ledger's order.
struct stored_ledger {
  explicit stored_ledger(const std::string& dsn) {
    pqxx::connection connection{dsn};
    pqxx::transaction<pqxx::isolation_level::repeatable_read> in{connection};
    for (const auto& row : in.exec("SELECT " + std::string{storage::transfer_select} +
                                   " FROM suanpan.transfer t ORDER BY t.ticket,t.idx"))
      rows.push_back(storage::read_transfer(row));
    for (const auto& row : in.exec("SELECT account,ticket,flags,credit_limit,maximum_balance FROM "
                                   "suanpan.account_change ORDER BY ticket,account")) {
      account_terms terms{static_cast<account_flags>(row[2].as<int>()), {}};
      terms.limits.credit_limit = row[3].as<std::int64_t>();
      if (!row[4].is_null()) terms.limits.maximum_balance = row[4].as<std::int64_t>();
      changes.push_back({{row[0].as<std::int64_t>()}, {row[1].as<std::int64_t>()}, terms});
    }
    for (const auto& row :
         in.exec("SELECT " + std::string{storage::account_select} +
                 " FROM suanpan.account a JOIN suanpan.account_balance b ON b.account=a.number"
                 " ORDER BY a.opened"))
      accounts.push_back(storage::read_account(row));
  }

  std::vector<stored_transfer> rows;
  std::vector<account_change> changes;
  std::vector<account_row> accounts;
};

std::string words_of(const stored_transfer& row, item_result expected) {
  return to_string(row.what.id) + " at " + std::to_string(row.at.micros) + "." +
         std::to_string(row.index) + " is " + std::string(name_of(row.result)) +
         ", one by one it is " + std::string(name_of(expected));
}

/// The first row that one run, item by item, would have judged otherwise; "" if there is none.
std::string breach_of_serial_meaning(const stored_ledger& ledger) {
  samples::sequential_model model;
  for (auto row : ledger.accounts) {  // all were opened before the first item
    row.totals = {};
    model.open(row);
  }
  auto change = ledger.changes.begin();
  const auto apply_changes = [&](ticket before) {
    for (; change != ledger.changes.end() && change->at < before; ++change)
      model.change(change->number, change->terms);
  };
  for (std::size_t i = 0; i < ledger.rows.size();) {
    const auto& first = ledger.rows[i];
    apply_changes(first.at);
    std::vector<transfer> unit;
    const auto begin = i;
    do unit.push_back(ledger.rows[i].what);
    while (ledger.rows[i++].what.linked && i < ledger.rows.size());
    const auto expected = model.run_voucher(unit, first.at);
    for (std::size_t k = 0; k < unit.size(); ++k)
      if (ledger.rows[begin + k].result != expected[k])
        return words_of(ledger.rows[begin + k], expected[k]);
    if (first.result == item_result::posted && unit.size() == 1 && model.moved() != first.amount())
      return to_string(first.what.id) + " moved " + std::to_string(first.amount().value);
  }
  return "";
}

/// The first thing that a client was told and that is not in the rows; "" if there is none.
std::string lie_of(const std::vector<told_item>& told,
                   const std::map<transfer_id, const stored_transfer*>& rows) {
  for (const auto& t : told) {
    const auto result = t.answer.result;
    if (!is_done(result) && !is_recorded(result)) continue;
    const auto it = rows.find(t.what.id);
    const auto lie = to_string(t.what.id) + " was told " + std::string(name_of(result));
    if (it == rows.end()) return lie + ", and has no row";
    const auto& row = *it->second;
    if (compare_content(row.what, t.what) != item_result::exists)
      return lie + ", with other content";
    const bool fits = is_done(result) ? is_booked(row.result) : row.result == result;
    if (!fits || row.at != t.answer.at || row.moved != t.answer.moved)
      return lie + ", its row says " + std::string(name_of(row.result));
  }
  return "";
}

mixed_town open_town(ledger_client& ledger) {
  std::vector<account_wish> wishes{{.owner = "internal", .subject = "1002", .shard = 3U}};
  for (int n = 1; n <= 6; ++n)
    wishes.push_back(
        {.owner = "user:" + std::to_string(n), .subject = "2002", .no_overdraft = true});
  wishes.push_back({.owner = "internal", .subject = "1221", .no_overdraft = true, .shard = 7U});
  wishes.push_back(
      {.owner = "user:abroad", .subject = "2002", .currency = "USD", .no_overdraft = true});
  mixed_town town;
  for (const auto number : ledger.open(wishes)) town.accounts.push_back({number});
  return town;
}

/// How many there were.
int kill_now_and_then(one_node& home, const std::atomic<int>& batches) {
  for (int k = 1; k <= kills; ++k) {
    const auto due = k * clients * batches_each / (kills + 1);
    if (!wait_until(milliseconds(120'000), [&] { return batches >= due; })) return k - 1;
    if (k % 2 == 0) {
      testing::private_postgres::instance().kill();
      testing::private_postgres::instance().start();
    } else {
      home.node.kill();
      home.node.start();
    }
  }
  return kills;
}

}  // namespace

TEST_CASE("mixed: 2,000 batches of all kinds, with kills in between, have serial meaning (R1)") {
  one_node home;
  const auto town = open_town(*home.ledger);
  std::vector<std::unique_ptr<mixed_client>> all;
  for (std::uint64_t n = 0; n < clients; ++n)
    all.push_back(std::make_unique<mixed_client>(home.node.address(), town, 20'261'124 + n));
  std::atomic<int> batches{0};
  std::vector<std::thread> threads;
  for (auto& client : all) threads.emplace_back([&client, &batches] { client->run(batches); });
  CHECK(kill_now_and_then(home, batches) == kills);
  for (auto& thread : threads) thread.join();
  CHECK(batches == clients * batches_each);

  const stored_ledger ledger(home.dsn);
  CHECK(breach_of_serial_meaning(ledger) == "");
  std::map<transfer_id, const stored_transfer*> rows;
  std::map<std::pair<transfer_kind, bool>, int> seen;
  for (const auto& row : ledger.rows) {
    rows[row.what.id] = &row;
    ++seen[{row.what.kind, is_booked(row.result)}];
  }
  for (const auto& client : all) {
    CHECK_FALSE(client->gave_up());
    CHECK(lie_of(client->told(), rows) == "");
  }
  for (int kind = 1; kind <= 7; ++kind) {
    CAPTURE(kind);
    CHECK(seen[{static_cast<transfer_kind>(kind), true}] > 20);
  }
  MESSAGE(ledger.rows.size() << " rows, " << ledger.changes.size() << " changes of terms");
  const auto verified = verify_line(home.dsn, home.node.address());
  CHECK_MESSAGE(verified.starts_with("verify: ok "), verified);
}

}  // namespace suanpan::faults
