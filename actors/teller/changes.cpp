// Changes of accounts: each goes into a batch once its account has an actor, which judges it after
// the legs of that batch (R1).
#include "actors/teller/teller.hpp"

#include <caf/send.hpp>

namespace suanpan {

void teller::take_change(const change_account& m) {
  if (!serves(m.request->number) || changes_.size() >= options_.changes_max)
    return answer_change(m.request, change_result::unavailable);
  changes_.push_back(m.request);
  pump_soon();
}

// Nothing is known of the account but that it is not there: the answer needs a fence (R8).
void teller::answer_absent_changes() {
  std::erase_if(changes_, [this](const account_change_ptr& change) {
    const auto* e = directory_.find(change->number);
    if (e == nullptr || e->at != stage::absent) return false;
    answer_change(change, change_result::not_found);
    return true;
  });
}

// One of an account at most, and those without an actor stay.
void teller::fill_changes(batch& b) {
  std::erase_if(changes_, [this, &b](const account_change_ptr& change) {
    const auto n = change->number;
    if (!serves(n)) {
      answer_change(change, change_result::unavailable);
      return true;
    }
    auto* e = directory_.find(n);
    if (e == nullptr) {
      directory_.make(n, stage::loading);
      loads_.push_back(n);
      return false;
    }
    const bool has_one = std::ranges::any_of(
        b.changes, [n](const batch_change& other) { return other.request->number == n; });
    if (e->at != stage::active || has_one) return false;
    directory_.touch(*e, b.at);
    b.changes.push_back({.request = change});
    return true;
  });
}

void teller::send_changes(const batch_ptr& b) {
  for (std::uint32_t i = 0; i < b->changes.size(); ++i) {
    const auto* e = directory_.find(b->changes[i].request->number);
    send(e->actor, decide_change{b, i, settled_});
  }
}

// Whoever is told that nothing had to be changed is told a ticket all the same: the next owner must
// begin above it (R3).
void teller::settle_change(const batch& b, const batch_change& change) {
  if (!change.writes) store_mark();
  change.request->terms = change.terms;
  change.request->at = b.at;
  if (!change.writes) return answer_change(change.request, change.result);
  change.request->result = change.result;
  change.request->finish();
}

// Of what no commit of this session tells (R8).
void teller::answer_change(const account_change_ptr& change, change_result with) {
  change->result = with;
  if (with == change_result::unavailable) return change->finish();
  send(peers_.journal, fence_answers{session_, nullptr, nullptr, change});
}

void teller::give_up_changes(account_number n) {
  std::erase_if(changes_, [this, n](const account_change_ptr& change) {
    if (change->number != n) return false;
    answer_change(change, change_result::unavailable);
    return true;
  });
}

void teller::void_changes() {
  for (const auto& change : std::exchange(changes_, {}))
    answer_change(change, change_result::unavailable);
}

}  // namespace suanpan
