// Reversals, as the teller has them wait (actors/teller/reversals.cpp).
#include "tests/support/pure_ledger.hpp"

#include <algorithm>
#include <utility>

namespace suanpan::samples {
namespace {

std::vector<transfer_id> originals_of(const std::vector<transfer>& whats) {
  std::vector<transfer_id> each;
  for (const auto& what : whats)
    if (what.kind == transfer_kind::reverse && std::ranges::find(each, what.related) == each.end())
      each.push_back(what.related);
  return each;
}

}  // namespace

bool pure_ledger::park(const item& next) {
  for (const auto& what : next.whats)
    if (desk_.names(what.id)) {
      parked_[what.id].push_back(next);
      return true;
    }
  return false;
}

void pure_ledger::enter_desk(const item& next) {
  const auto originals = originals_of(next.whats);
  std::vector<transfer_id> in_flight;
  for (const auto& id : originals) {
    const bool own = std::ranges::find(next.whats, id, &transfer::id) != next.whats.end();
    if (!own && in_flight_.contains(id)) in_flight.push_back(id);
  }
  if (is(planted::reversed_unasked))
    asking_.insert(next.came);
  else
    desk_.enter(next.came, originals, in_flight);
}

void pure_ledger::leave_desk(arrival which) {
  desk_.leave(which);
  for (auto it = parked_.begin(); it != parked_.end();) {
    if (desk_.names(it->first)) {
      ++it;
      continue;
    }
    for (auto& waiting : it->second) {
      waiting.came = ++arrivals_;
      asked_.push_front(std::move(waiting));
    }
    it = parked_.erase(it);
  }
}

void pure_ledger::judge_by_rows(arrival which) {
  asking_.erase(which);
  auto& waiting = held_.at(which);
  std::vector<original_facts> known;
  for (const auto& id : originals_of(waiting.whats)) {
    const auto row = row_of_.find(id);
    if (row == row_of_.end() || !is_booked(rows_[row->second].result)) continue;
    const auto& original = rows_[row->second];
    const auto& what = original.what;
    original_facts facts{id, what.kind, what.debit, what.credit, original.moved, {0}};
    for (const auto& other : rows_)
      if (other.what.kind == transfer_kind::reverse && other.what.related == id &&
          is_booked(other.result))
        facts.reversed.value += other.what.amount.value;
    known.push_back(facts);
  }
  waiting.fault = judge_reversals(waiting.whats, known);
  waiting.judged = true;
  room_.fulfil(which);
}

// No account has a say; those that count it are told that it does not come.
void pure_ledger::refuse(entry& e) {
  e.results.assign(e.asked.whats.size(), item_result::linked_failed);
  e.results[e.asked.fault.item] = e.asked.fault.reason;
  room_.leave(e.asked.came);
  for (const auto n : accounts_of(e.asked))
    for (const auto leg : legs_of(n, e.asked)) {
      auto& account = accounts_.at(n);
      const auto claim = claim_of(e.asked.whats[leg / 2], static_cast<leg_side>(leg % 2));
      account.mailbox.emplace_back([&account, unit = e.asked.whats.front().id, claim] {
        account_rules::drop_deferred(account.state, unit, claim);
      });
    }
}

}  // namespace suanpan::samples
