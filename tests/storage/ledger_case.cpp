// See ledger_case.hpp.
#include "tests/storage/ledger_case.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace suanpan::testing {

std::int64_t now_millis() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

transfer_id next_id(std::int64_t unix_millis) {
  static std::uint64_t count = 0;
  auto id = transfer_id::first_of(unix_millis);
  const std::uint64_t tail = ++count;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(tail >> (56 - 8 * i));
  return id;
}

account_row account_at(shard_id shard, std::int64_t sequence, const std::string& owner) {
  account_row row;
  row.number = account_number::make(shard, sequence);
  row.key = {owner, "2001", cny, std::to_string(sequence), shard};
  row.side = normal_side::credit;
  row.opened = {1'000};
  return row;
}

transfer posting(account_number debit, account_number credit, std::int64_t amount, transfer_id id) {
  transfer what;
  what.id = id;
  what.debit = debit;
  what.credit = credit;
  what.amount = {amount};
  what.event_code = 1001;
  what.ccy = cny;
  what.reference = "order-1";
  what.memo = "早餐";
  return what;
}

std::vector<transfer_row> rows_of(const std::vector<transfer>& items, ticket at,
                                  item_result result) {
  std::vector<transfer_row> rows;
  std::int32_t index = 0;
  for (const auto& item : items) rows.push_back({at, index++, result, {20'780}, &item});
  std::sort(rows.begin(), rows.end(),
            [](const transfer_row& x, const transfer_row& y) { return x.what->id < y.what->id; });
  return rows;
}

ledger_case::ledger_case() : session(open()) {
  const std::vector<shard_id> shards{shard_0, shard_1};
  const auto got = session->try_lock(shards);
  REQUIRE_MESSAGE(got, got.reason());
  REQUIRE(got->size() == 2);
  auto raised = session->raise_epochs(shards);
  REQUIRE_MESSAGE(raised, raised.reason());
  claims = *raised;
  const std::vector<account_row> openings{account_at(shard_0, 1), account_at(shard_0, 2),
                                          account_at(shard_1, 1), account_at(shard_1, 2)};
  const auto opened = session->write({claims, openings, {}, {1'000}});
  REQUIRE_MESSAGE(is<storage::committed>(opened), describe(opened));
}

std::unique_ptr<storage::journal_session> ledger_case::open(const std::string& node,
                                                            bool zero_loss) const {
  storage::session_options options;
  options.dsn = dsn;
  options.node_name = node;
  options.zero_loss = zero_loss;
  options.idle_session_timeout_ms = 120'000;  // a loaded machine may keep a case waiting
  auto opened = storage::journal_session::open(options);
  REQUIRE_MESSAGE(opened, opened.reason());
  return std::move(*opened);
}

storage::write_outcome ledger_case::write(const std::vector<transfer_row>& rows, ticket settled) {
  return session->write({claims, {}, rows, settled});
}

void ledger_case::post(const transfer& what, ticket at) {
  const std::vector<transfer> items{what};
  const auto written = write(rows_of(items, at), at);
  REQUIRE_MESSAGE(is<storage::committed>(written), describe(written));
}

storage::reader ledger_case::reader() const {
  return storage::reader{{dsn, "one"}};
}

std::string describe(const storage::write_outcome& outcome) {
  struct words {
    std::string operator()(const storage::committed&) const { return "committed"; }
    std::string operator()(const storage::rejected& r) const { return "rejected: " + r.message; }
    std::string operator()(const storage::failed& f) const { return "failed: " + f.reason; }
    std::string operator()(const storage::in_doubt& d) const { return "in doubt: " + d.reason; }
  };
  return std::visit(words{}, outcome);
}

}  // namespace suanpan::testing
