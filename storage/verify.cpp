// Recomputes the books. One pass over every row in the ledger's order, in one snapshot; nothing
// here calls the actors' rules, recovery or the trial balance, so that a fault in those cannot hide
// itself.
#include "storage/verify.hpp"

#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace suanpan::storage {
namespace {

constexpr std::size_t differences_kept = 1'000;
constexpr const char* chunk = "FETCH 50000 FROM chunks";

using snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read>;

// An account as the rows make it, beside what is stored of it.
struct recomputed {
  account_row stored;  // totals and covers of the checkpoint
  int128 debits = 0;   // of all rows
  int128 credits = 0;
  int128 covered_debits = 0;  // of rows up to `stored.covers`
  int128 covered_credits = 0;
};

// A row as it comes in the ledger's order.
struct row_facts {
  std::int64_t at;
  std::int32_t index;
  account_number debit;
  account_number credit;
  std::int64_t amount;
  currency ccy;
  bool booked;
};

std::string place(std::int64_t at, std::int32_t index) {
  return "ticket " + std::to_string(at) + " index " + std::to_string(index);
}

class examination {
 public:
  explicit examination(verification& result) : result_(result) {}

  void add_account(account_row row) {
    const auto number = row.number;
    accounts_.emplace(number, recomputed{std::move(row)});
  }
  void set_position(shard_id shard, ticket position) { positions_[shard] = position; }

  void take(const row_facts& row) {
    const auto order = std::tuple{row.at, row.index, row.debit.shard()};
    if (order == previous_)
      differ("order", place(row.at, row.index), "one row", "several of one shard");
    previous_ = order;
    if (!row.booked) {
      ++result_.refusals;
      return;
    }
    ++result_.transfers;
    auto* debit = account_of(row.debit, row);
    auto* credit = account_of(row.credit, row);
    if (debit != nullptr) add(*debit, row, row.amount, 0);
    if (credit != nullptr) add(*credit, row, 0, row.amount);
  }

  void finish() {
    std::map<std::int16_t, std::pair<int128, int128>> by_currency;
    for (auto& [number, account] : accounts_) {
      auto& [debits, credits] = by_currency[account.stored.key.ccy.code];
      debits += account.debits;
      credits += account.credits;
      compare_with_checkpoint(account);
      account.stored.totals = {account.debits, account.credits};
      result_.balances.push_back(std::move(account.stored));
    }
    result_.accounts = static_cast<std::int64_t>(accounts_.size());
    for (const auto& [code, sums] : by_currency) {
      if (sums.first == sums.second) continue;
      differ("trial_balance", "currency " + std::to_string(code), to_string(sums.first),
             to_string(sums.second));
    }
    std::sort(result_.balances.begin(), result_.balances.end(),
              [](const account_row& a, const account_row& b) { return a.number < b.number; });
  }

  void differ(std::string what, std::string where, std::string expected, std::string found) {
    ++result_.differences_total;
    if (result_.differences.size() == differences_kept) return;
    result_.differences.push_back(
        {std::move(what), std::move(where), std::move(expected), std::move(found)});
  }

 private:
  // Null: the row is at fault, and counted nowhere.
  recomputed* account_of(account_number number, const row_facts& row) {
    const auto found = accounts_.find(number);
    if (found == accounts_.end()) {
      differ("account", place(row.at, row.index), "account " + std::to_string(number.value),
             "no such account");
      return nullptr;
    }
    auto& account = found->second;
    if (account.stored.key.ccy != row.ccy) {
      differ("currency", place(row.at, row.index), std::to_string(account.stored.key.ccy.code),
             std::to_string(row.ccy.code));
    }
    if (row.at < account.stored.opened.micros) {
      differ("opened", place(row.at, row.index),
             "after ticket " + std::to_string(account.stored.opened.micros), "before it");
    }
    return &account;
  }

  void add(recomputed& account, const row_facts& row, std::int64_t debit, std::int64_t credit) {
    account.debits += debit;
    account.credits += credit;
    const auto& stored = account.stored;
    if (row.at <= stored.covers.micros) {
      account.covered_debits += debit;
      account.covered_credits += credit;
    } else if (row.at <= positions_[stored.number.shard()].micros) {
      differ("position", name(stored), "covers at least the position of its shard",
             place(row.at, row.index) + " would not be recovered");
    }
    const int128 debit_side = account.debits - account.credits;
    const int128 balance = stored.side == normal_side::debit ? debit_side : -debit_side;
    const bool lowers = (stored.side == normal_side::debit) == (credit != 0);
    if (has(stored.flags, account_flags::no_overdraft) && lowers && balance < 0) {
      differ("overdraft", name(stored), "0 or more",
             to_string(balance) + " at " + place(row.at, row.index));
    }
  }

  void compare_with_checkpoint(const recomputed& account) {
    const auto& stored = account.stored;
    const auto at = " up to ticket " + std::to_string(stored.covers.micros);
    if (account.covered_debits != stored.totals.debits_posted) {
      differ("balance", name(stored), "debits " + to_string(account.covered_debits) + at,
             to_string(stored.totals.debits_posted));
    }
    if (account.covered_credits != stored.totals.credits_posted) {
      differ("balance", name(stored), "credits " + to_string(account.covered_credits) + at,
             to_string(stored.totals.credits_posted));
    }
  }

  static std::string name(const account_row& row) {
    return "account " + std::to_string(row.number.value);
  }

  verification& result_;
  absl::flat_hash_map<account_number, recomputed> accounts_;
  std::map<shard_id, ticket> positions_;
  std::tuple<std::int64_t, std::int32_t, shard_id> previous_{-1, -1, {}};
};

// Every row ever written: the partitions, and the days that were detached since.
std::string all_rows(snapshot& in, const std::string& columns) {
  std::string sources = "SELECT " + columns + " FROM suanpan.transfer";
  for (const auto& row :
       in.exec("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace "
               "WHERE n.nspname='suanpan' AND c.relkind='r' AND c.relname~'^transfer_[0-9]{8}$' "
               "AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid=c.oid)")) {
    sources += " UNION ALL SELECT " + columns + " FROM suanpan." + text_in(row, 0);
  }
  return sources;
}

template <class Body>
void for_each_row(snapshot& in, const std::string& select, Body body) {
  in.exec("DECLARE chunks NO SCROLL CURSOR FOR " + select);
  for (auto rows = in.exec(chunk); !rows.empty(); rows = in.exec(chunk)) {
    for (const auto& row : rows) body(row);
  }
  in.exec("CLOSE chunks");
}

void read_accounts(snapshot& in, examination& into) {
  for_each_row(in,
               "SELECT " + std::string{account_select} +
                   " FROM suanpan.account a LEFT JOIN suanpan.account_balance b "
                   "ON b.account=a.number",
               [&](const pqxx::row& row) {
                 if (row[11].is_null()) {
                   into.differ("balance", "account " + text_in(row, 0), "a balance row", "none");
                   return;
                 }
                 into.add_account(read_account(row));
               });
  for (const auto& row : in.exec("SELECT shard,position FROM suanpan.shard_position"))
    into.set_position({number_in<std::uint16_t>(row, 0)}, {number_in(row, 1)});
}

void find_duplicates(snapshot& in, examination& into) {
  // Not by the unique index: if that were damaged it would hide what it let through.
  in.exec("SET LOCAL enable_indexscan=off;SET LOCAL enable_indexonlyscan=off");
  for_each_row(
      in, "SELECT id,count(*) FROM (" + all_rows(in, "id") + ") r GROUP BY id HAVING count(*)>1",
      [&](const pqxx::row& row) {
        into.differ("duplicate", "transfer " + text_in(row, 0), "1 row", text_in(row, 1) + " rows");
      });
}

}  // namespace

outcome<verification> verify(const std::string& dsn,
                             const std::function<void(std::int64_t, std::int64_t)>& progress) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:verify", 0);
    snapshot in{*connection};
    in.exec("SET LOCAL work_mem='256MB';SET LOCAL cursor_tuple_fraction=1");
    verification result;
    examination examine{result};
    const auto counted = in.exec("SELECT count(*) FROM (" + all_rows(in, "leg") + ") r");
    const std::int64_t total = number_in(counted[0], 0);
    read_accounts(in, examine);
    std::int64_t done_rows = 0;
    for_each_row(
        in,
        "SELECT ticket,idx,debit_account,credit_account,amount,currency,result FROM (" +
            all_rows(in, "ticket,idx,debit_account,credit_account,amount,currency,result") +
            ") r ORDER BY ticket,idx,debit_account&1023",
        [&](const pqxx::row& row) {
          examine.take({number_in(row, 0),
                        number_in<std::int32_t>(row, 1),
                        {number_in(row, 2)},
                        {number_in(row, 3)},
                        number_in(row, 4),
                        {number_in<std::int16_t>(row, 5)},
                        number_in<std::int16_t>(row, 6) == 1});
          if (++done_rows % 100'000 == 0 && progress) progress(done_rows, total);
        });
    find_duplicates(in, examine);
    examine.finish();
    if (progress) progress(total, total);
    return result;
  });
}

}  // namespace suanpan::storage
