// Recomputes the books. One pass over every row in the ledger's order, in one snapshot; nothing
// here calls the actors' rules, recovery or the trial balance, so that a fault in those cannot hide
// itself.
#include "storage/verify.hpp"

#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"
#include "storage/transfer_tables.hpp"
#include "storage/verify_changes.hpp"
#include "storage/verify_days.hpp"
#include "storage/verify_holds.hpp"
#include "storage/verify_payments.hpp"
#include "storage/verify_reversals.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace suanpan::storage {
namespace {

constexpr std::size_t differences_kept = 1'000;
constexpr const char* chunk = "FETCH 50000 FROM chunks";

// What is stored of an account, and what the rows that it covers add up to. The sums of all rows
// are kept in the account's row among the results.
struct checkpointed {
  account_totals stored;
  account_totals covered;
};

// A row as it comes in the ledger's order.
struct row_facts {
  std::int64_t at = 0;
  std::int32_t index = 0;
  account_number debit;
  account_number credit;
  std::int64_t amount = 0;
  currency ccy;
  bool booked = false;
  bool linked = false;
  transfer_kind kind = transfer_kind::post;
  transfer_id id;       // zero: neither of a voucher nor about a hold
  transfer_id voucher;  // zero: stands alone
  transfer_id related;  // the hold that it ends
  std::int64_t expires_at = 0;
};

// Vouchers are whole: all rows of one are booked or none, they follow each other in one ticket, and
// all but the last are linked.
class voucher_check {
 public:
  /// What is wrong with the row as part of its voucher; empty if nothing is.
  std::string take(const row_facts& row) {
    if (row.voucher == transfer_id{}) return row.linked ? "linked, and of no voucher" : "";
    const auto [it, first] = open_.try_emplace(row.voucher, row);
    if (first && row.id != row.voucher) return "its first row has another id";
    const auto before = it->second;
    it->second = row;
    if (!row.linked) {
      open_.erase(it);
      if (row.booked) ++booked_;
    }
    if (first) return "";
    if (before.at != row.at || before.index + 1 != row.index) return "rows that don't follow";
    if (before.booked != row.booked) return "booked in part";
    return "";
  }
  [[nodiscard]] const std::map<transfer_id, row_facts>& unfinished() const { return open_; }
  [[nodiscard]] std::int64_t booked() const { return booked_; }

 private:
  std::map<transfer_id, row_facts> open_;
  std::int64_t booked_ = 0;
};

std::string place(std::int64_t at, std::int32_t index) {
  return "ticket " + std::to_string(at) + " index " + std::to_string(index);
}

class examination {
 public:
  explicit examination(verification& result) : result_(result) {}

  void expect_accounts(std::size_t count) {
    result_.balances.reserve(count);
    checkpoints_.reserve(count);
    places_.reserve(count);
  }
  void add_account(account_row row) {
    places_.emplace(row.number, result_.balances.size());
    checkpoints_.push_back({row.totals, {}});
    row.totals = {};
    result_.balances.push_back(std::move(row));
  }
  void read_changes(pqxx::transaction_base& in) { limits_.load(in); }
  void set_position(shard_id shard, ticket position) { positions_[shard] = position; }

  void take(const row_facts& row) {
    const auto order = std::tuple{row.at, row.index, row.debit.shard()};
    if (order == previous_)
      differ("order", place(row.at, row.index), "one row", "several of one shard");
    previous_ = order;
    if (const auto wrong = vouchers_.take(row); !wrong.empty())
      differ("voucher", place(row.at, row.index), "a whole voucher", wrong);
    if (!row.booked) {
      ++result_.refusals;
      return;
    }
    if (moves_money(row.kind)) ++result_.transfers;
    const auto debit = place_of(row.debit, row);
    const auto credit = place_of(row.credit, row);
    for (const auto at : {debit, credit})
      if (at) remember(*at, touched_[row.voucher]);
    if (is_about_hold(row.kind)) take_hold(row, debit, credit);
    if (moves_money(row.kind)) {
      if (debit) add(*debit, row, row.amount, 0);
      if (credit) add(*credit, row, 0, row.amount);
    }
    if (row.linked) return;
    for (const auto& touch : std::exchange(touched_[row.voucher], {})) check_limits(touch, row);
    if (row.voucher != transfer_id{}) touched_.erase(row.voucher);
  }

  void finish(pqxx::transaction_base& in) {
    holds_.compare(in, [this](std::string where, std::string expected, std::string found) {
      differ("hold", std::move(where), std::move(expected), std::move(found));
    });
    result_.holds = holds_.made();
    std::map<std::int16_t, account_totals> by_currency;
    for (std::size_t i = 0; i < result_.balances.size(); ++i) {
      const auto& account = result_.balances[i];
      auto& sums = by_currency[account.key.ccy.code];
      sums.debits_posted += account.totals.debits_posted;
      sums.credits_posted += account.totals.credits_posted;
      compare_with_checkpoint(account, checkpoints_[i]);
      const auto balance = balance_of(account.totals, account.side);
      if (has(account.flags, account_flags::closed) && balance != 0)
        differ("closed", name(account), "no balance", to_string(balance));
    }
    for (const auto& [id, row] : vouchers_.unfinished())
      differ("voucher", place(row.at, row.index), "a whole voucher", "its end is missing");
    result_.vouchers = vouchers_.booked();
    result_.accounts = static_cast<std::int64_t>(result_.balances.size());
    for (const auto& [code, sums] : by_currency) {
      if (sums.debits_posted == sums.credits_posted) continue;
      differ("trial_balance", "currency " + std::to_string(code), to_string(sums.debits_posted),
             to_string(sums.credits_posted));
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
  // Nothing: the row is at fault, and counted nowhere.
  std::optional<std::size_t> place_of(account_number number, const row_facts& row) {
    const auto found = places_.find(number);
    if (found == places_.end()) {
      differ("account", place(row.at, row.index), "account " + std::to_string(number.value),
             "no such account");
      return std::nullopt;
    }
    const auto& account = result_.balances[found->second];
    if (account.key.ccy != row.ccy) {
      differ("currency", place(row.at, row.index), std::to_string(account.key.ccy.code),
             std::to_string(row.ccy.code));
    }
    if (row.at < account.opened.micros) {
      differ("opened", place(row.at, row.index),
             "after ticket " + std::to_string(account.opened.micros), "before it");
    }
    return found->second;
  }

  void add(std::size_t at, const row_facts& row, std::int64_t debit, std::int64_t credit) {
    auto& account = result_.balances[at];
    account.totals.debits_posted += debit;
    account.totals.credits_posted += credit;
    if (row.at <= account.covers.micros) {
      checkpoints_[at].covered.debits_posted += debit;
      checkpoints_[at].covered.credits_posted += credit;
    } else if (row.at <= positions_[account.number.shard()].micros) {
      differ("position", name(account), "covers at least the position of its shard",
             place(row.at, row.index) + " would not be recovered");
    }
  }

  void take_hold(const row_facts& row, std::optional<std::size_t> debit,
                 std::optional<std::size_t> credit) {
    std::string wrong;
    const open_hold as_hold{row.id,         row.debit, row.credit, {row.amount},
                            row.expires_at, row.ccy,   {row.at}};
    const auto* hold = holds_.take(as_hold, row.kind, row.related, wrong);
    if (hold == nullptr)
      return differ("hold", place(row.at, row.index), "the end of an open hold", wrong);
    const int128 amount =
        row.kind == transfer_kind::hold ? hold->amount.value : -hold->amount.value;
    if (debit) result_.balances[*debit].held.debits += amount;
    if (credit) result_.balances[*credit].held.credits += amount;
  }

  // What limits are judged by: the balance less what holds take of it, and with what they bring.
  struct standing {
    std::size_t at = 0;  // in result_.balances
    int128 available = 0;
    int128 promised = 0;
  };
  [[nodiscard]] standing standing_of(std::size_t at) const {
    const auto& account = result_.balances[at];
    const bool credit = account.side == normal_side::credit;
    const int128 debit_side = account.totals.debits_posted - account.totals.credits_posted;
    const int128 balance = credit ? -debit_side : debit_side;
    return {at, balance - (credit ? account.held.debits : account.held.credits),
            balance + (credit ? account.held.credits : account.held.debits)};
  }
  void remember(std::size_t at, std::vector<standing>& touched) const {
    if (std::ranges::find(touched, at, &standing::at) == touched.end())
      touched.push_back(standing_of(at));
  }

  // R2: only what a whole voucher does to an account counts. Limits that were set while the balance
  // was beyond them already are broken by whatever takes it further away.
  void check_limits(const standing& before, const row_facts& row) {
    const auto& account = result_.balances[before.at];
    const auto now = standing_of(before.at);
    const auto& limits = limits_.at(account.number, row.at, account.limits);
    const auto where = " at " + place(row.at, row.index);
    if (has(account.flags, account_flags::no_overdraft) && now.available < before.available &&
        now.available < -limits.credit_limit)
      differ("overdraft", name(account), to_string(int128{-limits.credit_limit}) + " or more",
             to_string(now.available) + where);
    if (limits.maximum_balance && now.promised > before.promised &&
        now.promised > *limits.maximum_balance)
      differ("maximum", name(account), std::to_string(*limits.maximum_balance) + " or less",
             to_string(now.promised) + where);
  }

  void compare_with_checkpoint(const account_row& account, const checkpointed& sums) {
    const auto up_to = " up to ticket " + std::to_string(account.covers.micros);
    if (sums.covered.debits_posted != sums.stored.debits_posted) {
      differ("balance", name(account), "debits " + to_string(sums.covered.debits_posted) + up_to,
             to_string(sums.stored.debits_posted));
    }
    if (sums.covered.credits_posted != sums.stored.credits_posted) {
      differ("balance", name(account), "credits " + to_string(sums.covered.credits_posted) + up_to,
             to_string(sums.stored.credits_posted));
    }
  }

  static std::string name(const account_row& row) {
    return "account " + std::to_string(row.number.value);
  }

  verification& result_;
  voucher_check vouchers_;
  hold_check holds_;
  limits_in_force limits_;
  std::map<transfer_id, std::vector<standing>> touched_;     // accounts before it, by voucher
  absl::flat_hash_map<account_number, std::size_t> places_;  // in result_.balances
  std::vector<checkpointed> checkpoints_;                    // likewise
  std::map<shard_id, ticket> positions_;
  std::tuple<std::int64_t, std::int32_t, shard_id> previous_{-1, -1, {}};
};

std::string all_rows(pqxx::transaction_base& in, const std::string& columns) {
  return select_all_rows(detached_days(in), columns);
}

template <class Body>
void for_each_row(pqxx::transaction_base& in, const std::string& select, Body body) {
  in.exec("DECLARE chunks NO SCROLL CURSOR FOR " + select);
  for (auto rows = in.exec(chunk); !rows.empty(); rows = in.exec(chunk)) {
    for (const auto& row : rows) body(row);
  }
  in.exec("CLOSE chunks");
}

void read_accounts(pqxx::transaction_base& in, examination& into) {
  const auto counted = in.exec("SELECT count(*) FROM suanpan.account");
  into.expect_accounts(number_in<std::size_t>(counted[0], 0));
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
  into.read_changes(in);
  for (const auto& row : in.exec("SELECT shard,position FROM suanpan.shard_position"))
    into.set_position({number_in<std::uint16_t>(row, 0)}, {number_in(row, 1)});
}

const std::string row_columns =
    "ticket,idx,debit_account,credit_account,amount,currency,result,linked,voucher,"
    "CASE WHEN voucher IS NOT NULL OR kind<>1 THEN id END AS id,kind,related,expires_at";

row_facts read_facts(const pqxx::row& row) {
  row_facts facts;
  facts.at = number_in(row, 0);
  facts.index = number_in<std::int32_t>(row, 1);
  facts.debit = {number_in(row, 2)};
  facts.credit = {number_in(row, 3)};
  facts.amount = number_in(row, 4);
  facts.ccy = {number_in<std::int16_t>(row, 5)};
  facts.booked = number_in<std::int16_t>(row, 6) < 10;  // 1, 3 or 4; refusals are above
  facts.linked = text_in(row, 7) == "t";
  if (!row[8].is_null()) facts.voucher = id_in(row, 8);
  if (!row[9].is_null()) facts.id = id_in(row, 9);
  facts.kind = static_cast<transfer_kind>(number_in<std::int16_t>(row, 10));
  if (!row[11].is_null()) facts.related = id_in(row, 11);
  if (!row[12].is_null()) facts.expires_at = number_in(row, 12);
  return facts;
}

void find_duplicates(pqxx::transaction_base& in, examination& into) {
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
    pqxx::transaction<pqxx::isolation_level::repeatable_read> in{*connection};
    in.exec("SET LOCAL work_mem='256MB';SET LOCAL cursor_tuple_fraction=1");
    verification result;
    examination examine{result};
    const auto counted = in.exec("SELECT count(*) FROM (" + all_rows(in, "leg") + ") r");
    const std::int64_t total = number_in(counted[0], 0);
    read_accounts(in, examine);
    std::int64_t done_rows = 0;
    for_each_row(in,
                 "SELECT " + row_columns + " FROM (" + all_rows(in, row_columns) +
                     ") r ORDER BY ticket,idx,debit_account&1023",
                 [&](const pqxx::row& row) {
                   examine.take(read_facts(row));
                   if (++done_rows % 100'000 == 0 && progress) progress(done_rows, total);
                 });
    find_duplicates(in, examine);
    const auto tell = [&examine](difference d) {
      examine.differ(std::move(d.what), std::move(d.where), std::move(d.expected),
                     std::move(d.found));
    };
    result.days = verify_days(in, all_rows, tell);
    verify_reversals(in, all_rows, tell);
    verify_changes(in, all_rows, tell);
    result.payments = verify_payments(in, all_rows, tell);
    examine.finish(in);
    if (progress) progress(total, total);
    return result;
  });
}

}  // namespace suanpan::storage
