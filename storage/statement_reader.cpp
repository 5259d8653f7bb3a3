// Each answer is one snapshot: how far the account's shard is settled, how far runs cover it, the
// lines of the runs, and the rows above the cover, of which there are few.
#include "storage/statement_reader.hpp"

#include "storage/array_text.hpp"
#include "storage/row_text.hpp"
#include "storage/statement_runs.hpp"
#include "storage/statement_sql.hpp"
#include "storage/transfer_lists.hpp"
#include "storage/transfer_tables.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <stdexcept>

namespace suanpan::storage {
namespace {

// Rows above a cover, or of a short time, lie in a few ranges of the BRIN; without statistics the
// planner would not know.
constexpr const char* settings = "SET LOCAL enable_seqscan=off;SET LOCAL jit=off";

struct shard_state {
  ticket covers;
  ticket settled;
};

shard_state state_of(statement_snapshot& in, shard_id shard) {
  const auto rows = execute(in, std::string{settled_select} + " AND s.shard=$1::int2",
                            std::to_string(shard.value));
  if (rows.empty()) return {};
  return {{number_in(rows[0], 2)}, {number_in(rows[0], 3)}};
}

std::optional<account_row> find_account(statement_snapshot& in, account_number number) {
  const auto rows = execute(in,
                            "SELECT " + std::string{account_select} +
                                " FROM suanpan.account a JOIN suanpan.account_balance b "
                                "ON b.account=a.number WHERE a.number=$1::int8",
                            std::to_string(number.value));
  if (rows.empty()) return std::nullopt;
  return read_account(rows[0]);
}

/// The rows above the cover that are the account's lines.
struct tail_part {
  account_totals below;  // those below the place
  std::vector<statement_entry> lines;
};

struct tail_question {
  account_number account;
  ticket covers;
  line_position low;   // lines from here…
  line_position high;  // …to before this
  bool newest_first;
  std::size_t most;
};

statement_entry tail_line(const pqxx::row& row, account_number account) {
  statement_entry line;
  line.account = account;
  line.at = {{number_in(row, 0)}, number_in<std::int32_t>(row, 1)};
  line.side = number_in<std::int16_t>(row, 2) == 0 ? leg_side::debit : leg_side::credit;
  line.amount = {number_in(row, 3)};
  const auto id = parse_transfer_id(text_in(row, 4));
  if (!id) throw std::runtime_error("an id from the database is none");
  line.id = *id;
  return line;
}

// One look at the rows yields both the sums and the lines.
tail_part read_tail(statement_snapshot& in, const tail_question& q) {
  tail_part part;
  const auto& sums_end = q.newest_first ? q.high : q.low;
  if (q.high <= behind(q.covers)) return part;
  const std::string account = std::to_string(q.account.value);
  const std::string order = q.newest_first ? "DESC" : "ASC";
  const auto rows = in.exec(
      "WITH tail AS MATERIALIZED (SELECT ticket,idx,(debit_account<>" + account +
      ")::int::int2 AS side,amount,id FROM (" +
      select_all_rows(detached_days(in), "ticket,idx,debit_account,credit_account,amount,id",
                      "ticket>" + std::to_string(q.covers.micros) +
                          " AND ticket<=" + std::to_string(q.high.at.micros) + " AND " +
                          std::string{is_line} + " AND (debit_account=" + account +
                          " OR credit_account=" + account + ")") +
      ") r WHERE (ticket,idx)<" + place_text(q.high) +
      "),"
      "page AS (SELECT * FROM tail WHERE (ticket,idx)>=" +
      place_text(q.low) + " ORDER BY ticket " + order + ",idx " + order + " LIMIT " +
      std::to_string(q.most) +
      ") SELECT ticket,idx,side,amount,id FROM page UNION ALL "
      "SELECT NULL,NULL,side,sum(amount),NULL FROM tail WHERE (ticket,idx)<" +
      place_text(sums_end) + " GROUP BY side");
  for (const auto& row : rows) {
    if (!row[0].is_null()) {
      part.lines.push_back(tail_line(row, q.account));
    } else if (number_in<std::int16_t>(row, 2) == 0) {
      part.below.debits_posted = wide_in(row, 3);
    } else {
      part.below.credits_posted = wide_in(row, 3);
    }
  }
  return part;
}

account_totals operator+(account_totals a, const account_totals& b) {
  a.debits_posted += b.debits_posted;
  a.credits_posted += b.credits_posted;
  return a;
}

void take_back(account_totals& totals, leg_side side, minor_units amount) {
  (side == leg_side::debit ? totals.debits_posted : totals.credits_posted) -= amount.value;
}

// The rows of these ids, wherever their day is now.
absl::flat_hash_map<transfer_id, stored_transfer> fetch_rows(
    statement_snapshot& in, const std::vector<statement_entry>& entries) {
  absl::flat_hash_map<transfer_id, stored_transfer> found;
  const auto ids = array_of(entries, [](const statement_entry& e) { return to_string(e.id); });
  const auto read = [&](const std::string& table) {
    for (const auto& row : execute(in,
                                   "SELECT " + std::string{transfer_select} + " FROM " + table +
                                       " t WHERE t.id=any($1::uuid[])",
                                   ids)) {
      auto transfer = read_transfer(row);
      const auto id = transfer.what.id;
      found.emplace(id, std::move(transfer));
    }
  };
  if (entries.empty()) return found;
  read("suanpan.transfer");
  if (found.size() < entries.size())
    for (const auto& day : detached_days(in)) read("suanpan." + day);
  return found;
}

void fill_lines(statement_snapshot& in, const std::vector<statement_entry>& entries,
                bool newest_first, statement_page& page, account_totals below) {
  const auto rows = fetch_rows(in, entries);
  for (const auto& entry : entries) {
    const auto row = rows.find(entry.id);
    if (row == rows.end() || row->second.at != entry.at.at || row->second.index != entry.at.index)
      throw std::runtime_error("a statement names transfer " + to_string(entry.id) +
                               ", whose row is not there: rebuild the statements");
    if (newest_first) {
      page.lines.push_back({row->second, entry.side, below});
      take_back(below, entry.side, entry.amount);
    } else {
      apply_leg(below, entry.side, entry.amount);
      page.lines.push_back({row->second, entry.side, below});
    }
  }
  if (newest_first) page.before = below;
}

}  // namespace

struct statement_reader::impl {
  reader_options options;
  kept_session session;

  template <class Body>
  auto in_snapshot(Body body) {
    return on_session(session,
                      {options.dsn, "suanpan:" + options.node_name + ":" + options.purpose,
                       options.statement_timeout_ms, options.seen},
                      [&body](pqxx::connection& session) {
                        statement_snapshot in{session};
                        in.exec(settings);
                        return body(in);
                      });
  }
};

statement_reader::statement_reader(reader_options options) : impl_(std::make_unique<impl>()) {
  impl_->options = std::move(options);
}
statement_reader::~statement_reader() = default;
statement_reader::statement_reader(statement_reader&&) noexcept = default;
statement_reader& statement_reader::operator=(statement_reader&&) noexcept = default;

outcome<std::optional<statement_page>> statement_reader::statement(
    const statement_question& asked) {
  return impl_->in_snapshot([&](statement_snapshot& in) -> std::optional<statement_page> {
    auto account = find_account(in, asked.account);
    if (!account) return std::nullopt;
    const auto state = state_of(in, asked.account.shard());
    statement_page page;
    page.account = std::move(*account);
    page.as_of = asked.as_of.micros == 0 ? state.settled : std::min(asked.as_of, state.settled);
    const line_position high = std::min(asked.to, behind(page.as_of));
    const line_position low = std::min(asked.from, high);
    const std::size_t most = std::size_t{asked.limit} + 1;  // is there another page?
    const bool down = asked.newest_first;
    account_runs runs(in, asked.account, down ? high : low);
    auto entries = down ? runs.downwards(most, low) : runs.upwards(most, high);
    tail_part tail;
    // Old pages need no look at the newest rows.
    if (down ? high > behind(state.covers) : low > behind(state.covers) || entries.size() < most)
      tail = read_tail(in, {asked.account, state.covers, low, high, down, most});
    entries.insert(down ? entries.begin() : entries.end(), tail.lines.begin(), tail.lines.end());
    page.more = entries.size() > asked.limit;
    if (page.more) entries.resize(asked.limit);
    page.before = runs.below() + tail.below;
    fill_lines(in, entries, down, page, page.before);
    return page;
  });
}

outcome<std::optional<balance_at>> statement_reader::balance(account_number number, ticket at) {
  return impl_->in_snapshot([&](statement_snapshot& in) -> std::optional<balance_at> {
    auto account = find_account(in, number);
    if (!account) return std::nullopt;
    const auto state = state_of(in, number.shard());
    const ticket as_of = std::min(at, state.settled);
    const auto place = behind(as_of);
    const account_runs runs(in, number, place);
    const auto tail = read_tail(in, {number, state.covers, place, place, true, 0});
    account->totals = runs.below() + tail.below;
    account->covers = as_of;
    return balance_at{std::move(*account), as_of};
  });
}

outcome<transfer_page> statement_reader::transfers(const transfer_question& asked,
                                                   std::chrono::milliseconds patience) {
  return impl_->in_snapshot(
      [&](statement_snapshot& in) { return list_transfers(in, asked, patience); });
}

}  // namespace suanpan::storage
