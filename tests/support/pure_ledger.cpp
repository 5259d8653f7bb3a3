#include "tests/support/pure_ledger.hpp"

#include <algorithm>
#include <utility>

namespace suanpan::samples {

pure_ledger::pure_ledger(random_source& chance, const std::vector<account_row>& accounts,
                         options with)
    : chance_(chance), with_(with) {
  for (const auto& row : accounts)
    accounts_[row.number] = {account_rules::from_row(row), row, {}, !with.cold};
}

bool pure_ledger::can_make_batch() const {
  return flights_.size() < with_.batches_in_flight_max &&
         (room_.has_ready(settled_) || !asked_.empty());
}

bool pure_ledger::step() {
  std::vector<std::function<void()>> possible;
  if (can_make_batch()) possible.emplace_back([this] { make_batch(); });
  if (!flights_.empty() && flights_.front()->ruled)
    possible.emplace_back([this] { commit_oldest(); });
  for (auto& [number, account] : accounts_) {
    if (account.asked_for && !account.active)
      possible.emplace_back([this, &account] { activate(account); });
    if (account.mailbox.empty()) continue;
    possible.emplace_back([&mailbox = account.mailbox] {
      const auto next = std::move(mailbox.front());
      mailbox.pop_front();
      next();
    });
  }
  if (possible.empty()) return false;
  if (with_.crash > 0 && chance_.one_in(with_.crash)) {
    crash();
    return true;
  }
  if (chance_.one_in(12)) checkpoint();
  possible[chance_.below(possible.size())]();
  return true;
}

// Deferred items first, in old order; then those that waited for an account; then new ones (R1).
void pure_ledger::make_batch() {
  auto b = std::make_shared<batch>();
  b->at = {last_ticket_ + 1};
  const auto room = 1 + chance_.below(with_.batch_items_max);
  room_.begin_batch(settled_);
  while (b->entries.size() < room) {
    const auto next = room_.take_returning();
    if (!next) break;
    take_waiting(*b, *next);
  }
  while (b->entries.size() < room) {
    const auto next = room_.take_first();
    if (!next) break;
    take_waiting(*b, *next);
  }
  while (b->entries.size() < room && !asked_.empty()) {
    admit(*b, asked_.front());
    asked_.pop_front();
  }
  const auto later = std::exchange(before_batch_, {});
  for (const auto& tell : later) tell();
  if (b->entries.empty()) return;
  ++last_ticket_;
  std::set<account_number> touched;
  for (const auto& e : b->entries) touched.insert({e.asked.what.debit, e.asked.what.credit});
  b->accounts_open = touched.size();
  flights_.push_back(b);
  for (const auto n : touched) {
    auto& account = accounts_.at(n);
    account.mailbox.emplace_back(
        [this, &account, b, settled = settled_] { decide(account, b, settled); });
  }
}

void pure_ledger::take_waiting(batch& into, arrival which) {
  auto next = held_.at(which);
  held_.erase(which);
  next.expected = true;
  into.entries.push_back({next, {}, item_result::none, false});
}

// R4: what is known of an id comes first.
void pure_ledger::admit(batch& into, const item& next) {
  const auto& id = next.what.id;
  const auto stored = row_of_.find(id);
  const bool knows = !is(planted::ids_forgotten);
  if (knows && !is(planted::refusal_before_exists) && stored != row_of_.end()) {
    const auto& row = rows_[stored->second];
    const auto same = compare_content(row.what, next.what);
    if (same != item_result::exists)
      return answer(next.what, row.result == item_result::posted
                                   ? same
                                   : item_result::exists_with_different_content);
    return answer(next.what, row.result == item_result::posted ? item_result::exists : row.result);
  }
  if (const auto copies = in_flight_.find(id); knows && copies != in_flight_.end()) {
    copies->second.push_back(next.what);
    return;
  }
  in_flight_[id];
  if (!accounts_.at(next.what.debit).active || !accounts_.at(next.what.credit).active)
    return await(next);
  into.entries.push_back({next, {}, item_result::none, false});
}

void pure_ledger::await(const item& next) {
  std::uint32_t reasons = 0;
  for (const auto n : {next.what.debit, next.what.credit}) {
    auto& account = accounts_.at(n);
    account.asked_for = true;
    if (account.active)
      before_batch_.emplace_back([this, &account, what = next.what] { expect(account, what); });
    else
      ++reasons;
  }
  room_.enter(next.came, next.what.debit, next.what.credit, reasons);
  held_.emplace(next.came, next);
}

void pure_ledger::expect(live_account& by, const transfer& what) {
  const bool debit = what.debit == by.state.number;
  by.mailbox.emplace_back([this, &by, debit, amount = what.amount.value] {
    if (!is(planted::cold_not_expected))
      account_rules::expect(by.state, debit ? amount : 0, debit ? 0 : amount);
  });
}

void pure_ledger::activate(live_account& account) {
  account.active = true;
  for (const auto which : room_.waiting_at(account.state.number)) {
    expect(account, held_.at(which).what);
    room_.fulfil(which);
  }
}

void pure_ledger::decide(live_account& by, const batch_ptr& in, ticket settled) {
  account_rules::settle(by.state, settled);
  if (is(planted::uncommitted_credits_spent)) account_rules::settle(by.state, {in->at.micros - 1});
  account_rules::batch_decider decider(by.state, in->at, with_.defer_rounds);
  for (const auto& e : in->entries) {
    const bool mine =
        e.asked.what.debit == by.state.number || e.asked.what.credit == by.state.number;
    if (!mine || !e.asked.expected) continue;
    if (is(planted::cold_not_expected) && e.asked.rounds == 0) continue;
    const bool debit = e.asked.what.debit == by.state.number;
    decider.arrives({.id = e.asked.what.id,
                     .side = debit ? leg_side::debit : leg_side::credit,
                     .amount = e.asked.what.amount});
  }
  for (auto& e : in->entries) {
    if (e.asked.what.debit == by.state.number) decide_leg(decider, e, leg_side::debit);
    if (e.asked.what.credit == by.state.number) decide_leg(decider, e, leg_side::credit);
  }
  decider.end();
  if (is(planted::reservation_dropped)) by.state.pending_debits = by.state.pending_credits = 0;
  if (--in->accounts_open == 0) rule_decided();
}

void pure_ledger::decide_leg(account_rules::batch_decider& decider, entry& e, leg_side side) {
  const auto d = decider.decide({.id = e.asked.what.id,
                                 .side = side,
                                 .amount = e.asked.what.amount,
                                 .ccy = e.asked.what.ccy,
                                 .rounds = e.asked.rounds});
  auto& slot = e.legs.at(static_cast<std::size_t>(side));
  slot.reason = d.reason;
  slot.said = d.said == account_rules::answer::accepted  ? verdict::accepted
              : d.said == account_rules::answer::refused ? verdict::refused
                                                         : verdict::deferred;
  if (is(planted::doubt_is_refusal) && slot.said == verdict::deferred) slot.said = verdict::refused;
}

// In ticket order, so that old deferred items stay ahead of newer ones.
void pure_ledger::rule_decided() {
  for (auto& b : flights_) {
    if (b->accounts_open > 0) break;
    if (b->ruled) continue;
    for (auto& e : b->entries) rule(*b, e);
    b->ruled = true;
  }
}

void pure_ledger::rule(batch& b, entry& e) {
  const auto ruling = verdict_rules::combine(e.legs[0], e.legs[1]);
  for (const auto side : {leg_side::debit, leg_side::credit}) tell(b, e, side, ruling.is);
  if (ruling.is != verdict_rules::fate::deferred) {
    e.result = ruling.reason;
    return room_.leave(e.asked.came);
  }
  e.deferred = true;
  auto again = e.asked;
  rounds_most_ = std::max(rounds_most_, ++again.rounds);
  held_.emplace(again.came, again);
  room_.defer(again.came, again.what.debit, again.what.credit, b.at);
}

void pure_ledger::tell(const batch& b, const entry& e, leg_side side, verdict_rules::fate is_now) {
  const auto& what = e.asked.what;
  auto& account = accounts_.at(side == leg_side::debit ? what.debit : what.credit);
  const auto take_back = [this, &account, at = b.at, side, amount = what.amount] {
    if (is(planted::fold_from_own_decision)) return;
    if (!account_rules::undo_accepted(account.state, at, side, amount)) broken_ = true;
  };
  const auto count = [&account, side, amount = what.amount] {
    account_rules::count_deferred(account.state, side, amount);
  };
  using enum verdict_rules::notice;
  switch (verdict_rules::notice_for(e.legs.at(static_cast<std::size_t>(side)).said, is_now)) {
    case nothing:
      return;
    case undo_to_return:
      account.mailbox.emplace_back([take_back, count] {
        take_back();
        count();
      });
      return;
    case undo:
      return account.mailbox.push_back(take_back);
    case count_to_return:
      return account.mailbox.push_back(count);
    case drop:
      account.mailbox.emplace_back([&account, side, what] {
        account_rules::drop_deferred(account.state, what.id, side, what.amount);
      });
  }
}

void pure_ledger::commit_oldest() {
  const auto b = flights_.front();
  flights_.pop_front();
  for (std::size_t i = 0; i < b->entries.size(); ++i) commit(*b, static_cast<std::int32_t>(i));
  settled_ = b->at;
}

void pure_ledger::commit(batch& b, std::int32_t index) {
  auto& e = b.entries[static_cast<std::size_t>(index)];
  if (e.deferred) return;
  const auto& what = e.asked.what;
  const auto known = row_of_.find(what.id);
  const bool duplicate = known != row_of_.end() && !is(planted::ids_forgotten);
  const bool refused = e.result != item_result::posted;
  if (is(planted::refusal_before_exists) && duplicate && refused) return answer(what, e.result);
  if (what.event_code == poison_code || duplicate) {
    if (!refused) {
      tell(b, e, leg_side::debit, verdict_rules::fate::refused);
      if (!is(planted::one_side_undone)) tell(b, e, leg_side::credit, verdict_rules::fate::refused);
    }
    return answer(what, duplicate ? item_result::exists : item_result::internal);
  }
  row_of_.try_emplace(what.id, rows_.size());
  rows_.push_back({what, b.at, index, e.result});
  answer(what, e.result);
}

// Copies wait for the original and get its fate.
void pure_ledger::answer(const transfer& what, item_result result) {
  answers_.push_back({what, result});
  const auto it = in_flight_.find(what.id);
  if (it == in_flight_.end()) return;
  const auto copies = std::move(it->second);
  in_flight_.erase(it);
  for (const auto& copy : copies) {
    const auto same = compare_content(what, copy);
    auto told = result;
    if (result == item_result::posted) told = same;
    if (is_recorded_refusal(result) && same != item_result::exists)
      told = item_result::exists_with_different_content;
    answers_.push_back({copy, told});
  }
}

// Any account, at any time, in its mailbox's order (R13).
void pure_ledger::checkpoint() {
  auto it = accounts_.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(chance_.below(accounts_.size())));
  auto& account = it->second;
  account.mailbox.emplace_back([&account, settled = settled_] {
    account_rules::settle(account.state, settled);
    account.stored.totals = account.state.settled;
    account.stored.covers = account.state.covers;
  });
}

account_row pure_ledger::recovered(account_number n) const {
  auto row = accounts_.at(n).stored;
  const auto covered = row.covers;
  for (const auto& r : rows_) {
    if (r.result != item_result::posted) continue;
    const bool again = is(planted::applied_twice_on_recovery) && r.at == covered;
    if (r.at <= covered && !again) continue;
    if (r.what.debit == n) apply_leg(row.totals, leg_side::debit, r.what.amount);
    if (r.what.credit == n) apply_leg(row.totals, leg_side::credit, r.what.amount);
    row.covers = std::max(row.covers, r.at);
  }
  return row;
}

// Losing the session voids all memory (R9): what was in flight is told so, accounts are recovered.
void pure_ledger::crash() {
  flights_.clear();
  room_.clear();
  held_.clear();
  const auto lost = std::exchange(in_flight_, {});
  for (const auto& [id, copies] : lost) {
    transfer what;
    what.id = id;
    answers_.push_back({what, item_result::unavailable});
  }
  for (auto& [number, account] : accounts_) {
    account.mailbox.clear();
    account.stored = recovered(number);
    account.state = account_rules::from_row(account.stored);
    account.active = !with_.cold;
    account.asked_for = false;
  }
  settled_ = {last_ticket_};
}

}  // namespace suanpan::samples
