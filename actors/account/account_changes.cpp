// What may change of an account while it is open, and from when on it decides by it.
#include "actors/account/account_rules.hpp"

namespace suanpan::account_rules {

change_refusal judge_change(const state& account, const terms_change& asked) {
  const bool is_closed = has(account.flags, account_flags::closed);
  const bool closes = has(asked.set, account_flags::closed);
  if (is_closed) return closes ? change_refusal::none : change_refusal::closed;
  if (asked.credit_limit.value_or(0) > 0 && !has(account.flags, account_flags::no_overdraft))
    return change_refusal::overdraft_allowed;
  if (!closes) return change_refusal::none;
  if (!is_quiet(account)) return change_refusal::transfers_in_flight;
  if (account.holds && account.holds->open_holds() > 0) return change_refusal::holds_open;
  return balance_of(account.settled, account.side) == 0 ? change_refusal::none
                                                        : change_refusal::balance_not_zero;
}

bool change_terms(state& account, ticket at, const account_terms& terms) {
  if (terms == terms_of(account)) return false;
  account.flags = terms.flags;
  account.limits = terms.limits;
  account.changes.push_back({at, terms});
  return true;
}

bool is_quiet(const state& account) {
  return account.changes.empty() && account.pending.empty() && account.deferred_debits == 0 &&
         account.deferred_credits == 0 && (!account.holds || account.holds->is_quiet());
}

}  // namespace suanpan::account_rules
