// Balances: the rows replayed one by one on plain sums, and every total that anybody was told
// against them.
#include "tests/faults/checker_parts.hpp"

#include <algorithm>

namespace suanpan::faults {
namespace {

constexpr int debit_account_not_found = 80;
constexpr int credit_account_not_found = 81;
constexpr int debit_currency_differs = 82;
constexpr int credit_currency_differs = 83;
constexpr int debit_insufficient = 100;
constexpr int credit_insufficient = 101;

/// Totals after all rows up to a ticket.
struct mark {
  std::int64_t ticket = 0;
  int128 debits = 0;
  int128 credits = 0;
};

struct replayed {
  const account_seen* account = nullptr;
  int128 debits = 0;
  int128 credits = 0;
  std::vector<mark> marks;  // by ticket

  [[nodiscard]] int128 balance() const {
    return account->debit_side ? debits - credits : credits - debits;
  }
  [[nodiscard]] mark at(std::int64_t ticket) const {
    const auto after = std::ranges::upper_bound(marks, ticket, {}, &mark::ticket);
    return after == marks.begin() ? mark{} : *std::prev(after);
  }
};

class replay {
 public:
  replay(findings& found, const books& held) : found_(found) {
    for (const auto& a : held.accounts) accounts_[a.number].account = &a;
    std::vector<const stored_row*> all;
    for (const auto* rows : {&held.transfers, &held.refusals})
      for (const auto& row : *rows) all.push_back(&row);
    std::ranges::sort(all, {}, [](const stored_row* r) { return std::pair(r->ticket, r->index); });
    for (const auto* row : all) {
      if (row->result == 1)
        book(*row);
      else
        judge_refusal(*row);
    }
  }

  [[nodiscard]] const std::map<std::int64_t, replayed>& accounts() const { return accounts_; }

 private:
  void say(const char* law, const stored_row& row, const std::string& what) {
    found_.push_back({law, to_string(row.what.id), what});
  }

  replayed* account_at(std::int64_t number, std::int64_t ticket) {
    const auto it = accounts_.find(number);
    return it == accounts_.end() || it->second.account->opened > ticket ? nullptr : &it->second;
  }

  void book(const stored_row& row) {
    auto* debit = account_at(row.what.debit, row.ticket);
    auto* credit = account_at(row.what.credit, row.ticket);
    if (debit == nullptr || credit == nullptr || debit == credit || row.what.amount <= 0)
      return say("unbalanced", row, "booked on an account that is not open, or without an amount");
    debit->debits += row.what.amount;
    credit->credits += row.what.amount;
    for (auto* side : {debit, credit}) {
      if (side->account->currency != row.what.currency)
        say("unbalanced", row, "booked in another currency than the account's");
      side->marks.push_back({row.ticket, side->debits, side->credits});
      // What lowers it is a debit on the credit side, a credit on the debit side.
      const bool lowered = (side == debit) != side->account->debit_side;
      if (lowered && side->account->no_overdraft && side->balance() < 0)
        say("overdraft", row,
            "account " + std::to_string(side->account->number) + " stands at " +
                to_string(side->balance()));
    }
  }

  [[nodiscard]] static bool lacks(const replayed* side, const stored_row& row, bool debited) {
    return side != nullptr && side->account->no_overdraft && side->account->debit_side != debited &&
           side->balance() < row.what.amount;
  }

  // At its place the refusal must be what a ledger says that runs items one by one.
  void judge_refusal(const stored_row& row) {
    auto* debit = account_at(row.what.debit, row.ticket);
    auto* credit = account_at(row.what.credit, row.ticket);
    const auto other_currency = [&row](const replayed* side) {
      return side != nullptr && side->account->currency != row.what.currency;
    };
    bool justified = true;
    switch (row.result) {
      case debit_account_not_found:
        justified = debit == nullptr;
        break;
      case credit_account_not_found:
        justified = credit == nullptr;
        break;
      case debit_currency_differs:
        justified = other_currency(debit);
        break;
      case credit_currency_differs:
        justified = other_currency(credit);
        break;
      case debit_insufficient:
        justified = lacks(debit, row, true);
        break;
      case credit_insufficient:
        justified = lacks(credit, row, false);
        break;
      default:
        break;
    }
    if (!justified)
      say("wrongly_refused", row, "refused as " + std::to_string(row.result) + " without cause");
  }

  findings& found_;
  std::map<std::int64_t, replayed> accounts_;
};

std::string totals_text(int128 debits, int128 credits) {
  return to_string(debits) + "/" + to_string(credits);
}

void judge_stored_totals(findings& found, const replay& rows) {
  std::map<std::string, int128> imbalance;
  for (const auto& [number, of] : rows.accounts()) {
    const auto& stored = *of.account;
    const auto truth = of.at(stored.covers);
    imbalance[stored.currency] += of.debits - of.credits;
    if (truth.debits != stored.debits || truth.credits != stored.credits)
      found.push_back({"unbalanced", "account " + std::to_string(number),
                       "stored " + totals_text(stored.debits, stored.credits) + ", the rows say " +
                           totals_text(truth.debits, truth.credits)});
  }
  for (const auto& [currency, sum] : imbalance)
    if (sum != 0) found.push_back({"unbalanced", currency, "debits and credits differ"});
}

/// Newest ticket acknowledged on an account, over the clients' clock.
struct acknowledgement {
  std::int64_t at = 0;
  std::int64_t ticket = 0;
};

std::map<std::int64_t, std::vector<acknowledgement>> acknowledgements_of(const history& told) {
  std::map<std::int64_t, std::vector<acknowledgement>> by_account;
  for (const auto& a : told.attempts) {
    if (a.told != 1 && a.told != 2) continue;
    for (const auto account : {a.what.debit, a.what.credit})
      by_account[account].push_back({a.when.ended, a.ticket});
  }
  for (auto& [account, all] : by_account) {
    std::ranges::sort(all, {}, &acknowledgement::at);
    for (std::size_t i = 1; i < all.size(); ++i)
      all[i].ticket = std::max(all[i].ticket, all[i - 1].ticket);
  }
  return by_account;
}

void judge_reads(findings& found, const history& told, const replay& rows) {
  const auto acknowledged = acknowledgements_of(told);
  for (const auto& seen : told.balances) {
    const auto where = "account " + std::to_string(seen.account);
    const auto it = rows.accounts().find(seen.account);
    if (it == rows.accounts().end()) {
      found.push_back({"wrong_read", where, "there is no such account"});
      continue;
    }
    const auto truth = it->second.at(seen.as_of);
    if (truth.debits != seen.debits || truth.credits != seen.credits)
      found.push_back({"wrong_read", where,
                       "told " + totals_text(seen.debits, seen.credits) + " as of " +
                           std::to_string(seen.as_of) + ", the rows say " +
                           totals_text(truth.debits, truth.credits)});
    const auto known = acknowledged.find(seen.account);
    if (known == acknowledged.end()) continue;
    const auto& all = known->second;
    const auto after = std::ranges::lower_bound(all, seen.when.began, {}, &acknowledgement::at);
    if (after != all.begin() && std::prev(after)->ticket > seen.as_of)
      found.push_back({"stale_read", where,
                       "as of " + std::to_string(seen.as_of) + ", though " +
                           std::to_string(std::prev(after)->ticket) + " was acknowledged before"});
  }
}

}  // namespace

void judge_balances(findings& found, const history& told, const books& held) {
  const replay rows(found, held);
  judge_stored_totals(found, rows);
  judge_reads(found, told, rows);
}

}  // namespace suanpan::faults
