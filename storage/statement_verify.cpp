// Lines are compared by account: their number, their sums, and a sum of hashes that no line can be
// missing from, or be in twice. What is in a block is also held against its neighbours.
#include "storage/statement_verify.hpp"

#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"
#include "storage/statement_runs.hpp"
#include "storage/statement_sql.hpp"
#include "storage/transfer_tables.hpp"

#include <absl/container/flat_hash_map.h>

#include <cstring>
#include <map>
#include <stdexcept>

namespace suanpan::storage {
namespace {

constexpr std::size_t statement_differences_kept = 1'000;

struct line_sums {
  std::int64_t lines = 0;
  account_totals totals;
  std::uint64_t hash = 0;
  bool operator==(const line_sums&) const = default;

  void add(const statement_entry& e) {
    ++lines;
    apply_leg(totals, e.side, e.amount);
    hash += hash_of(e);
  }

 private:
  static std::uint64_t mix(std::uint64_t h, std::uint64_t value) noexcept {
    h ^= value + 0x9E3779B97F4A7C15ULL + (h << 6U) + (h >> 2U);
    h *= 0xFF51AFD7ED558CCDULL;
    return h ^ h >> 33U;
  }
  static std::uint64_t hash_of(const statement_entry& e) noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, e.id.bytes.data(), sizeof halves);
    std::uint64_t h = mix(halves[0], halves[1]);
    h = mix(h, static_cast<std::uint64_t>(e.at.at.micros));
    h = mix(h, static_cast<std::uint64_t>(e.at.index) << 1U | static_cast<std::uint64_t>(e.side));
    return mix(h, static_cast<std::uint64_t>(e.amount.value));
  }
};

class comparison {
 public:
  comparison(statement_snapshot& in, verification& into) : in_(in), into_(into) {}

  void run() {
    for (const auto& row : in_.exec("SELECT shard,covers FROM suanpan.statement_cover"))
      covers_[{number_in<std::uint16_t>(row, 0)}] = {number_in(row, 1)};
    read_rows();
    for (const auto& row : in_.exec("SELECT run,above,upto,entries FROM suanpan.statement_run"))
      read_run(number_in(row, 0), {number_in(row, 1)}, {number_in(row, 2)}, number_in(row, 3));
    for (const auto& row :
         in_.exec("SELECT DISTINCT run FROM suanpan.statement_block b WHERE NOT EXISTS "
                  "(SELECT 1 FROM suanpan.statement_run r WHERE r.run=b.run)"))
      differ("run " + text_in(row, 0), "a row of the run", "blocks alone");
    for (const auto& [account, of] : accounts_)
      if (of.rows != of.runs)
        differ("account " + std::to_string(account.value) + " in the statements' runs",
               text_of(of.rows), text_of(of.runs));
  }

 private:
  struct both {
    line_sums rows;
    line_sums runs;
  };

  static std::string text_of(const line_sums& s) {
    return std::to_string(s.lines) + " lines, debits " + to_string(s.totals.debits_posted) +
           ", credits " + to_string(s.totals.credits_posted) + ", digest " + std::to_string(s.hash);
  }
  void differ(std::string where, std::string expected, std::string found) {
    ++into_.differences_total;
    if (into_.differences.size() < statement_differences_kept)
      into_.differences.push_back(
          {"statement", std::move(where), std::move(expected), std::move(found)});
  }
  [[nodiscard]] bool is_covered(const statement_entry& e) const {
    const auto covers = covers_.find(e.account.shard());
    return covers != covers_.end() && e.at.at <= covers->second;
  }

  void read_rows() {
    in_.exec("DECLARE chunks NO SCROLL CURSOR FOR " +
             select_all_rows(detached_days(in_),
                             "ticket,idx,debit_account,credit_account,amount,id",
                             std::string{is_line}));
    for (auto rows = in_.exec("FETCH 50000 FROM chunks"); !rows.empty();
         rows = in_.exec("FETCH 50000 FROM chunks")) {
      for (const auto& row : rows) take_row(row);
    }
    in_.exec("CLOSE chunks");
  }
  void take_row(const pqxx::row& row) {
    statement_entry e;
    e.at = {{number_in(row, 0)}, number_in<std::int32_t>(row, 1)};
    e.amount = {number_in(row, 4)};
    const auto id = parse_transfer_id(text_in(row, 5));
    if (!id) throw std::runtime_error("an id from the database is none");
    e.id = *id;
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      e.account = {number_in(row, side == leg_side::debit ? 2 : 3)};
      e.side = side;
      if (is_covered(e)) accounts_[e.account].rows.add(e);
    }
  }

  void read_run(std::int64_t run, ticket above, ticket upto, std::int64_t entries) {
    const std::string name = "run " + std::to_string(run);
    in_.exec(
        "DECLARE blocks NO SCROLL CURSOR FOR SELECT first_account,first_ticket,first_idx,data "
        "FROM suanpan.statement_block WHERE run=" +
        std::to_string(run) + " ORDER BY first_account,first_ticket,first_idx");
    block_key last;
    account_totals so_far;  // of last.account in this run
    std::int64_t lines = 0;
    for (auto rows = in_.exec("FETCH 500 FROM blocks"); !rows.empty();
         rows = in_.exec("FETCH 500 FROM blocks")) {
      for (const auto& row : rows) {
        const auto block = unpack_row(row, 0);
        if (!block) {
          differ(name + " at account " + text_in(row, 0), "a block", "damaged bytes");
          continue;
        }
        if (block->entries.front().account != last.account) so_far = {};
        if (!(block->before == so_far))
          differ(name + " at account " + text_in(row, 0),
                 to_string(so_far.debits_posted) + " and " + to_string(so_far.credits_posted) +
                     " before the block",
                 to_string(block->before.debits_posted) + " and " +
                     to_string(block->before.credits_posted));
        for (const auto& e : block->entries) {
          if (key_of(e) <= last || e.at.at <= above || e.at.at > upto || !is_covered(e))
            differ(name, "lines in order, above its lower end, below its cover",
                   "account " + std::to_string(e.account.value) + " ticket " +
                       std::to_string(e.at.at.micros));
          if (e.account != last.account) so_far = {};
          apply_leg(so_far, e.side, e.amount);
          accounts_[e.account].runs.add(e);
          last = key_of(e);
          ++lines;
        }
      }
    }
    in_.exec("CLOSE blocks");
    if (lines != entries)
      differ(name, std::to_string(entries) + " lines", std::to_string(lines) + " lines");
  }

  statement_snapshot& in_;
  verification& into_;
  std::map<shard_id, ticket> covers_;
  absl::flat_hash_map<account_number, both> accounts_;
};

}  // namespace

outcome<done> verify_statements(const std::string& dsn, verification& into) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:verify", 0);
    statement_snapshot in{*connection};
    in.exec("SET LOCAL cursor_tuple_fraction=1");
    comparison(in, into).run();
    return done{};
  });
}

}  // namespace suanpan::storage
