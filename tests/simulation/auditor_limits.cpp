// No account goes further beyond its limits than those that were in force let it.
#include "tests/simulation/auditor.hpp"
#include "tests/simulation/auditor_rows.hpp"

#include <utility>

namespace suanpan::simulation {

// The limits that were in force at a place in the order.
account_terms auditor::terms_at(account_number n, ticket at) const {
  auto terms = database_.first_terms(n);
  ticket newest;
  for (const auto& change : database_.changes()) {
    if (change.number != n || change.at >= at || change.at < newest) continue;
    newest = change.at;
    terms = change.terms;
  }
  return terms;
}

// Whatever the answers say: what is booked never takes an account further below its credit limit
// than it may go there, and what is held of it is not there any more.
void auditor::check_overdraft() {
  std::map<account_number, int128> debit_less_credit;
  std::map<account_number, int128>
      held;  // of accounts on the credit side as debtors, else as payees
  std::map<transfer_id, std::map<account_number, int128>> touched_by;  // by voucher: had before
  const auto side_of = [this](account_number n) { return database_.accounts().at(n).side; };
  const auto available = [&](account_number n) {
    const auto sum = debit_less_credit[n];
    return (side_of(n) == normal_side::debit ? sum : -sum) - held[n];
  };
  const auto hold = [&](const transfer& what, int128 amount) {
    if (side_of(what.debit) == normal_side::credit) held[what.debit] += amount;
    if (side_of(what.credit) == normal_side::debit) held[what.credit] += amount;
  };
  for (const auto* row : in_order(database_)) {
    if (!is_booked(row->result)) continue;
    const auto& what = row->what;
    auto& touched = touched_by[row->voucher];
    for (const auto n : {what.debit, what.credit}) touched.try_emplace(n, available(n));
    if (row->result == item_result::held) hold(what, what.amount.value);
    if (ends_hold(what.kind)) hold(what, -database_.rows().at(what.related).what.amount.value);
    if (row->result == item_result::posted) {
      debit_less_credit[what.debit] += row->amount().value;
      debit_less_credit[what.credit] -= row->amount().value;
    }
    if (what.linked) continue;  // only the net effect counts (R2)
    for (const auto& [n, before] : std::exchange(touched, {})) {
      const auto terms = terms_at(n, row->at);
      const auto now = available(n);
      if (has(terms.flags, account_flags::no_overdraft) && now < before &&
          now < -terms.limits.credit_limit)
        breach("overdraft of " + std::to_string(n.value) + " at " + std::to_string(row->at.micros));
    }
  }
}

}  // namespace suanpan::simulation
