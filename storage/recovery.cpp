// Recovery: balances at the checkpoint, plus the legs after them (R13). The tail comes in chunks
// through a cursor, so that memory follows the accounts it touches and not its length.
#include "storage/recovery.hpp"

#include "storage/array_text.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <unordered_set>

namespace suanpan::storage {
namespace {

constexpr std::string_view chunk_rows = "50000";

using snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read>;

std::string shard_numbers(std::span<const shard_claim> claims) {
  return array_of(claims, [](const shard_claim& c) { return std::to_string(c.shard.value); });
}

// Calls `body` with each chunk of the rows of `select`.
template <class Body>
void for_each_chunk(snapshot& in, const std::string& select, Body body) {
  in.exec("DECLARE chunks NO SCROLL CURSOR FOR " + select);
  for (;;) {
    const auto rows = in.exec("FETCH " + std::string{chunk_rows} + " FROM chunks");
    if (rows.empty()) break;
    body(rows);
  }
  in.exec("CLOSE chunks");
}

// Folds legs into the accounts of the claimed shards.
class tail_fold {
 public:
  explicit tail_fold(std::span<const shard_claim> claims) {
    for (const auto& claim : claims) positions_.at(claim.shard.value) = claim.position;
  }

  void take(snapshot& in, const pqxx::result& rows) {
    legs_.clear();
    for (const auto& row : rows) {
      legs_.push_back(
          {{number_in(row, 0)}, {number_in(row, 1)}, {number_in(row, 2)}, {number_in(row, 3)}});
    }
    load_missing(in);
    for (const auto& leg : legs_) {
      newest_ = std::max(newest_, leg.at);
      fold(leg.debit, leg_side::debit, leg);
      fold(leg.credit, leg_side::credit, leg);
    }
  }

  [[nodiscard]] ticket newest() const { return newest_; }
  [[nodiscard]] std::vector<account_row> touched() && {
    std::vector<account_row> rows;
    for (auto& [number, account] : accounts_) {
      if (account.row.covers > account.stored) rows.push_back(std::move(account.row));
    }
    std::sort(rows.begin(), rows.end(),
              [](const account_row& a, const account_row& b) { return a.number < b.number; });
    return rows;
  }

 private:
  struct folding {
    account_row row;
    ticket stored;  // `covers` of the checkpoint; rows arrive in no order, so it stays as it was
  };

  // Accounts of other shards are their owners' business.
  [[nodiscard]] bool is_ours(account_number number, ticket at) const {
    const auto& position = positions_[number.shard().value];
    return position && at > *position;
  }

  void load_missing(snapshot& in) {
    std::unordered_set<std::int64_t> missing;
    for (const auto& leg : legs_) {
      for (const auto number : {leg.debit, leg.credit}) {
        if (is_ours(number, leg.at) && !accounts_.contains(number)) missing.insert(number.value);
      }
    }
    if (missing.empty()) return;
    const auto rows =
        execute(in,
                "SELECT " + std::string{account_select} +
                    " FROM suanpan.account a JOIN suanpan.account_balance b ON b.account=a.number "
                    "WHERE a.number=any($1::int8[])",
                array_of(missing, [](std::int64_t n) { return std::to_string(n); }));
    for (const auto& row : rows) {
      auto account = read_account(row);
      const auto number = account.number;
      const auto stored = account.covers;
      accounts_.emplace(number, folding{std::move(account), stored});
    }
  }

  void fold(account_number number, leg_side side, const tail_leg& leg) {
    if (!is_ours(number, leg.at)) return;
    const auto found = accounts_.find(number);
    if (found == accounts_.end()) {
      throw std::runtime_error("a booked leg names account " + std::to_string(number.value) +
                               ", which does not exist");
    }
    auto& account = found->second;
    if (leg.at <= account.stored) return;
    apply_leg(account.row.totals, side, leg.amount);
    account.row.covers = std::max(account.row.covers, leg.at);
  }

  std::array<std::optional<ticket>, shards_max> positions_{};
  absl::flat_hash_map<account_number, folding> accounts_;
  std::vector<tail_leg> legs_;
  ticket newest_;
};

// Holds and voids move nothing, but whoever reads the account is told that it covers them (R8).
void read_tail(snapshot& in, std::span<const shard_claim> claims, recovery& into) {
  ticket lowest = claims.front().position;
  for (const auto& claim : claims) lowest = std::min(lowest, claim.position);
  const std::string ours = "any('" + shard_numbers(claims) + "'::int8[])";
  tail_fold fold{claims};
  for_each_chunk(in,
                 "SELECT ticket,debit_account,credit_account,CASE result WHEN 1 THEN amount ELSE 0 "
                 "END FROM suanpan.transfer WHERE ticket>" +
                     std::to_string(lowest.micros) +
                     " AND result IN (1,3,4) AND ((debit_account&1023)=" + ours +
                     " OR (credit_account&1023)=" + ours + ")",
                 [&](const pqxx::result& rows) { fold.take(in, rows); });
  into.newest = std::max(into.newest, fold.newest());
  into.touched = std::move(fold).touched();
}

// One id more than asked for tells since when the set is complete.
void read_recent(snapshot& in, std::int64_t since_millis, std::size_t most, recovery& into) {
  into.recent_complete_since_millis = since_millis;
  for_each_chunk(in,
                 "SELECT " + std::string{transfer_select} + " FROM suanpan.transfer t WHERE id>='" +
                     to_string(transfer_id::first_of(std::max<std::int64_t>(since_millis, 0))) +
                     "' AND leg=0 ORDER BY id DESC LIMIT " + std::to_string(most + 1),
                 [&](const pqxx::result& rows) {
                   for (const auto& row : rows) into.recent.push_back(read_transfer(row));
                 });
  if (into.recent.size() <= most) return;
  into.recent_complete_since_millis = into.recent.back().what.id.unix_millis() + 1;
  while (!into.recent.empty() &&
         into.recent.back().what.id.unix_millis() < into.recent_complete_since_millis)
    into.recent.pop_back();
}

void read_sequences(snapshot& in, std::span<const shard_claim> claims, recovery& into) {
  const auto rows = execute(in,
                            "SELECT s.shard,coalesce((SELECT max(a.number) FROM suanpan.account a "
                            "WHERE a.shard=s.shard),0)/1024 FROM suanpan.shard s "
                            "WHERE s.shard=any($1::int2[]) ORDER BY s.shard",
                            shard_numbers(claims));
  for (const auto& row : rows)
    into.last_sequence.emplace_back(shard_id{number_in<std::uint16_t>(row, 0)}, number_in(row, 1));
}

// Open holds of the accounts that start active, and those of all whose expiry the shards watch over
// (R23).
void read_holds(snapshot& in, std::span<const shard_claim> claims, recovery& into) {
  const std::string ours = "any('" + shard_numbers(claims) + "'::int8[])";
  const auto rows = in.exec("SELECT " + std::string{hold_select} +
                            " FROM suanpan.open_hold h WHERE (debit_account&1023)=" + ours +
                            " OR (credit_account&1023)=" + ours + " ORDER BY id");
  add_holds(rows, into.touched);
  std::array<bool, shards_max> claimed{};
  for (const auto& claim : claims) claimed.at(claim.shard.value) = true;
  for (const auto& row : rows) {
    const auto hold = read_hold(row);
    if (hold.expires_at != 0 && claimed.at(hold.debit.shard().value)) into.expiring.push_back(hold);
  }
}

}  // namespace

recovery read_recovery(pqxx::connection& connection, std::span<const shard_claim> claims,
                       std::int64_t recent_since_millis, std::size_t recent_max) {
  recovery into;
  into.recent_complete_since_millis = recent_since_millis;
  if (claims.empty()) return into;
  for (const auto& claim : claims) into.newest = std::max(into.newest, claim.newest);

  snapshot in{connection};
  // Every read here is one that an index serves; without statistics the planner would not know.
  in.exec("SET LOCAL enable_seqscan=off;SET LOCAL cursor_tuple_fraction=1");
  const auto watermark = in.exec("SELECT coalesce(max(newest),0) FROM suanpan.journal_commit");
  into.newest = std::max(into.newest, ticket{number_in(watermark[0], 0)});
  read_tail(in, claims, into);
  read_recent(in, recent_since_millis, recent_max, into);
  read_sequences(in, claims, into);
  in.exec("SET LOCAL enable_seqscan=on");  // all open holds: the table is as long as they are many
  read_holds(in, claims, into);
  return into;
}

}  // namespace suanpan::storage
