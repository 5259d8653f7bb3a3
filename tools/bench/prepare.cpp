// See prepare.hpp.
#include "tools/bench/prepare.hpp"

#include "protocol/model/accounting_day.hpp"
#include "protocol/model/clock.hpp"
#include "protocol/model/records.hpp"
#include "storage/copy_rows.hpp"
#include "storage/libpq_connection.hpp"
#include "storage/migrate.hpp"
#include "storage/partitions.hpp"
#include "tools/bench/database.hpp"
#include "tools/bench/day.hpp"
#include "tools/bench/day_line.hpp"
#include "tools/bench/random.hpp"
#include "tools/cli/command.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace suanpan::bench {
namespace {

using cli::command_failure;
using cli::exit_status;

constexpr std::size_t rows_per_commit = 50'000;
constexpr std::uint32_t transfers_per_ticket = 8'000;
constexpr std::int64_t spread_micros =
    12LL * 3'600 * 1'000'000;  // of the transfers: the last 12 hours
// Of a node's configuration as shipped: one that begins its days otherwise refuses these rows.
constexpr day_shift shipped_shift{480};

class preparation {
 public:
  preparation(const prepare_options& options,
              const std::function<void(const char*, std::int64_t, std::int64_t)>& progress)
      : options_(options), progress_(progress), random_(options.seed) {}

  void run() {
    refuse_unless_idle();
    ensure_days();
    auto opened =
        storage::libpq_connection::open(options_.dsn, {{"application_name", "suanpan:prepare"}});
    if (!opened) throw command_failure(exit_status::unavailable, opened.reason());
    connection_ = std::move(*opened);
    totals_.resize(options_.accounts);
    write_accounts();
    write_transfers();
    write_balances();
    execute("ANALYZE suanpan.account, suanpan.account_balance, suanpan.transfer");
    execute("CHECKPOINT");
  }

 private:
  void refuse_unless_idle() {
    const auto schema = storage::inspect_schema(options_.dsn);
    if (!schema) throw command_failure(exit_status::unavailable, schema.reason());
    if (schema->shards == 0)
      throw command_failure(exit_status::refused, "migrate the database first");
    shards_ = schema->shards;
    const auto found =
        query_numbers(options_.dsn,
                      "SELECT (SELECT count(*) FROM (SELECT FROM suanpan.account LIMIT 1) a),"
                      "(SELECT count(*) FROM suanpan.node WHERE renewed_at > clock_timestamp() - "
                      "interval '10 s')");
    if (found.at(0) != 0) throw command_failure(exit_status::refused, "the ledger is not empty");
    if (found.at(1) != 0)
      throw command_failure(exit_status::refused, "a node lives, and would not know of these rows");
  }

  void ensure_days() {
    const auto made =
        storage::ensure_partitions(options_.dsn, {system_wall_clock().unix_micros(), 8, 3});
    if (!made) throw command_failure(exit_status::unavailable, made.reason());
    last_ticket_ = system_wall_clock().unix_micros();
    first_ticket_ = last_ticket_ - spread_micros;
  }

  void execute(const std::string& script, std::span<const std::string_view> copies = {}) {
    const auto end = connection_->run(script, copies);
    if (end.error || !end.alive) throw command_failure(exit_status::unavailable, end.trouble);
  }

  void copy(const std::string& target, std::string_view bytes) {
    execute("BEGIN;COPY " + target + " FROM STDIN(FORMAT binary);COMMIT", std::span(&bytes, 1));
  }

  [[nodiscard]] account_row make_account(std::uint32_t index) {
    account_row row;
    row.key.owner = "merchant:P" + std::to_string(index);
    row.key.subject = default_day_subjects().merchant_payable;
    row.key.ccy = cny_;
    row.key.shard = shard_of_owner(row.key.owner, shards_);
    row.number = account_number::make(row.key.shard, ++last_sequence_[row.key.shard.value]);
    row.side = normal_side::credit;
    row.opened = {first_ticket_};
    return row;
  }

  void write_accounts() {
    const std::string target = "suanpan.account(" + std::string(storage::account_columns) + ")";
    std::vector<account_row> rows;
    while (numbers_.size() < options_.accounts) {
      rows.clear();
      while (rows.size() < rows_per_commit && numbers_.size() < options_.accounts) {
        rows.push_back(make_account(static_cast<std::uint32_t>(numbers_.size())));
        numbers_.push_back(rows.back().number);
      }
      copy(target, buffer_.encode(std::span<const account_row>(rows)));
      progress_("accounts", static_cast<std::int64_t>(numbers_.size()), options_.accounts);
    }
  }

  /// Tickets are spread evenly over the time, each with so many rows.
  [[nodiscard]] ticket ticket_of(std::uint32_t row) const {
    const std::int64_t tickets =
        (options_.transfers + transfers_per_ticket - 1) / transfers_per_ticket;
    return {first_ticket_ + 1 + (row / transfers_per_ticket) * (spread_micros - 2) / tickets};
  }

  /// Rows that the checkpoint holds: whole tickets, since a balance covers a ticket or does not
  /// (R13).
  [[nodiscard]] std::uint32_t covered() const {
    return (options_.transfers - options_.tail) / transfers_per_ticket * transfers_per_ticket;
  }

  transfer make_transfer(std::uint32_t row) {
    transfer made;
    made.id = make_uuid7(ticket_of(row).micros / 1'000, row & 0xFFFU, random_);
    const std::uint32_t debit = random_.below(options_.accounts);
    const std::uint32_t step = 1 + random_.below(options_.accounts - 1);
    std::uint32_t credit = (debit + step) % options_.accounts;
    if (options_.hot > 0 && debit != 0 && random_.below(options_.hot) == 0) credit = 0;
    made.debit = numbers_[debit];
    made.credit = numbers_[credit];
    made.amount = {1 + random_.below(1'000'000)};
    made.ccy = cny_;
    made.event_code = 1'001;
    if (row < covered()) {
      apply_leg(totals_[debit], leg_side::debit, made.amount);
      apply_leg(totals_[credit], leg_side::credit, made.amount);
    }
    return made;
  }

  void write_transfers() {
    const std::string target = "suanpan.transfer(" + std::string(storage::transfer_columns) + ")";
    std::vector<transfer> transfers;
    std::vector<transfer_row> rows;
    for (std::uint32_t row = 0; row < options_.transfers;) {
      transfers.clear();
      rows.clear();
      transfers.reserve(rows_per_commit);
      for (; transfers.size() < rows_per_commit && row < options_.transfers; ++row) {
        transfers.push_back(make_transfer(row));
        transfer_row what;
        what.at = ticket_of(row);
        what.index = static_cast<std::int32_t>(row % transfers_per_ticket);
        what.date = date_of(what.at, shipped_shift);
        what.what = &transfers.back();
        rows.push_back(what);
      }
      copy(target, buffer_.encode(std::span<const transfer_row>(rows)));
      progress_("transfers", row, options_.transfers);
    }
  }

  /// The checkpoint: balances and positions up to the tail. The watermark stands at the last row.
  void write_balances() {
    const std::int64_t covers = covered() == 0 ? first_ticket_ : ticket_of(covered() - 1).micros;
    execute("CREATE TEMP TABLE prepared (account bigint, debits numeric, credits numeric)");
    std::string text;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      text.append(std::to_string(numbers_[i].value)).append(1, '\t');
      text.append(to_string(totals_[i].debits_posted)).append(1, '\t');
      text.append(to_string(totals_[i].credits_posted)).append(1, '\n');
      if (i % rows_per_commit != rows_per_commit - 1 && i + 1 != numbers_.size()) continue;
      const std::string_view bytes = text;
      execute("COPY prepared FROM STDIN", std::span(&bytes, 1));
      text.clear();
      progress_("balances", static_cast<std::int64_t>(i + 1), options_.accounts);
    }
    const std::string at = std::to_string(covers);
    const std::string newest = std::to_string(ticket_of(options_.transfers - 1).micros);
    execute("UPDATE suanpan.account_balance b SET covers = " + at +
            ", debits = p.debits, credits = p.credits FROM prepared p WHERE p.account = b.account");
    execute("UPDATE suanpan.shard_position SET position = " + at + " WHERE position < " + at);
    execute("INSERT INTO suanpan.journal_commit(session,ticket,newest)VALUES(1," + newest + "," +
            newest + ")");
  }

  const prepare_options& options_;
  const std::function<void(const char*, std::int64_t, std::int64_t)>& progress_;
  random_source random_;
  std::unique_ptr<storage::libpq_connection> connection_;
  storage::copy_buffer buffer_;
  const currency cny_ = parse_currency("CNY").value();
  std::uint32_t shards_ = 0;
  std::int64_t first_ticket_ = 0;
  std::int64_t last_ticket_ = 0;
  std::array<std::int64_t, shards_max> last_sequence_{};
  std::vector<account_number> numbers_;
  std::vector<account_totals> totals_;  // up to the tail
};

}  // namespace

void prepare_ledger(const prepare_options& options,
                    const std::function<void(const char*, std::int64_t, std::int64_t)>& progress) {
  preparation(options, progress).run();
}

}  // namespace suanpan::bench
