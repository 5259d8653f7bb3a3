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
  for (const auto which : desk_.take_ready()) asking_.insert(which);
  for (const auto which : asking_) possible.emplace_back([this, which] { judge_by_rows(which); });
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
  ++batches_;
  std::set<account_number> touched;
  for (const auto& e : b->entries)
    if (e.results.empty())
      for (const auto n : accounts_of(e.asked)) touched.insert(n);
  b->accounts_open = touched.size();
  flights_.push_back(b);
  if (touched.empty()) rule_decided();
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
  into.entries.push_back({next, {}, {}, {}, false});
  if (next.fault.reason != item_result::none) refuse(into.entries.back());
}

unit_accounts pure_ledger::accounts_of(const item& of) {
  unit_accounts each;
  for (const auto& what : of.whats)
    for (const auto n : {what.debit, what.credit})
      if (std::ranges::find(each, n) == each.end()) each.push_back(n);
  return each;
}

// Leg 2·i is the debit of its item i.
std::vector<std::size_t> pure_ledger::legs_of(account_number n, const item& of) {
  std::vector<std::size_t> legs;
  for (std::size_t i = 0; i < of.whats.size(); ++i) {
    if (of.whats[i].debit == n) legs.push_back(2 * i);
    if (of.whats[i].credit == n) legs.push_back(2 * i + 1);
  }
  return legs;
}

// R4: what is known of an id comes first.
void pure_ledger::admit(batch& into, const item& next) {
  const auto& what = next.whats.front();
  const auto stored = row_of_.find(what.id);
  const bool knows = !is(planted::ids_forgotten);
  if (knows && !is(planted::refusal_before_exists) && stored != row_of_.end()) {
    const auto& row = rows_[stored->second];
    const auto same = compare_content(row.what, what);
    if (same != item_result::exists)
      return answer(what,
                    is_booked(row.result) ? same : item_result::exists_with_different_content);
    return answer(what, is_booked(row.result) ? item_result::exists : row.result);
  }
  if (const auto copies = in_flight_.find(what.id); knows && copies != in_flight_.end()) {
    copies->second.push_back(what);
    return;
  }
  if (park(next)) return;
  for (const auto& each : next.whats) in_flight_[each.id];
  const auto is_cold = [this](account_number n) { return !accounts_.at(n).active; };
  if (has_reversal(next.whats) || std::ranges::any_of(accounts_of(next), is_cold))
    return await(next);
  into.entries.push_back({next, {}, {}, {}, false});
}

void pure_ledger::await(const item& next) {
  unit_accounts missing;
  const auto accounts = accounts_of(next);
  for (const auto n : accounts) {
    auto& account = accounts_.at(n);
    account.asked_for = true;
    if (account.active)
      before_batch_.emplace_back([this, &account, next] { expect(account, next); });
    else
      missing.push_back(n);
  }
  room_.enter(next.came, accounts, missing, has_reversal(next.whats) ? 1 : 0);
  held_.emplace(next.came, next);
  if (has_reversal(next.whats)) enter_desk(next);
}

void pure_ledger::expect(live_account& by, const item& next) {
  std::vector<leg_claim> legs;
  for (const auto leg : legs_of(by.state.number, next))
    legs.push_back(claim_of(next.whats[leg / 2], static_cast<leg_side>(leg % 2)));
  by.mailbox.emplace_back([this, &by, legs = std::move(legs)] {
    if (is(planted::cold_not_expected)) return;
    for (const auto& leg : legs) account_rules::count_deferred(by.state, leg);
  });
}

void pure_ledger::activate(live_account& account) {
  account.active = true;
  for (const auto which : room_.waiting_at(account.state.number)) {
    expect(account, held_.at(which));
    room_.resolve(which, account.state.number);
  }
}

namespace {

account_rules::leg_command command_of(const std::vector<transfer>& unit, std::size_t leg,
                                      std::uint16_t rounds) {
  return {.what = &unit[leg / 2],
          .unit = unit.front().id,
          .side = static_cast<leg_side>(leg % 2),
          .rounds = rounds};
}

verdict verdict_of(account_rules::answer said) {
  return said == account_rules::answer::accepted  ? verdict::accepted
         : said == account_rules::answer::refused ? verdict::refused
                                                  : verdict::deferred;
}

}  // namespace

void pure_ledger::decide(live_account& by, const batch_ptr& in, ticket settled) {
  account_rules::settle(by.state, settled);
  if (is(planted::uncommitted_credits_spent)) account_rules::settle(by.state, {in->at.micros - 1});
  account_rules::batch_decider decider(by.state, in->at, with_.defer_rounds);
  for (const auto& e : in->entries) {
    if (!e.asked.expected || !e.results.empty()) continue;
    if (is(planted::cold_not_expected) && e.asked.rounds == 0) continue;
    for (const auto leg : legs_of(by.state.number, e.asked))
      decider.arrives(command_of(e.asked.whats, leg, e.asked.rounds));
  }
  for (auto& e : in->entries) decide_unit(decider, by, e);
  decider.end();
  if (is(planted::reservation_dropped)) by.state.pending_debits = by.state.pending_credits = 0;
  if (--in->accounts_open == 0) rule_decided();
}

void pure_ledger::decide_unit(account_rules::batch_decider& decider, live_account& by, entry& e) {
  const auto mine = legs_of(by.state.number, e.asked);
  if (mine.empty() || !e.results.empty()) return;
  std::vector<account_rules::leg_command> legs;
  for (const auto leg : mine) legs.push_back(command_of(e.asked.whats, leg, e.asked.rounds));
  std::vector<account_rules::decision> said(legs.size());
  if (is(planted::net_effect_per_leg))
    for (std::size_t i = 0; i < legs.size(); ++i) said[i] = decider.decide(legs[i]);
  else
    decider.decide(legs, said);
  e.legs.resize(2 * e.asked.whats.size());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    auto& slot = e.legs[mine[i]];
    slot.reason = said[i].reason;
    if (is_balancing(e.asked.whats.front().kind)) e.most.at(mine[i]) = said[i].most;
    slot.said = verdict_of(said[i].said);
    if (is(planted::doubt_is_refusal) && slot.said == verdict::deferred)
      slot.said = verdict::refused;
  }
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
  if (!e.results.empty()) return;
  auto ruling = verdict_rules::combine(e.legs);
  if (ruling.is == verdict_rules::fate::booked && is_balancing(e.asked.whats.front().kind))
    ruling = balance(b, e);
  for (std::size_t leg = 0; leg < e.legs.size(); ++leg) tell(b, e, leg, ruling.is);
  if (ruling.is != verdict_rules::fate::deferred) {
    const bool refused = ruling.is == verdict_rules::fate::refused;
    for (const auto& what : e.asked.whats)
      e.results.push_back(refused ? item_result::linked_failed : booked_as(what.kind));
    if (refused) e.results[ruling.at_fault] = ruling.reason;
    return room_.leave(e.asked.came);
  }
  e.deferred = true;
  auto again = e.asked;
  rounds_most_ = std::max(rounds_most_, ++again.rounds);
  held_.emplace(again.came, again);
  room_.defer(again.came, accounts_of(again), b.at);
}

verdict_rules::ruling pure_ledger::balance(const batch& b, entry& e) {
  const auto balanced = verdict_rules::balance(e.asked.whats.front().kind,
                                               std::span<const leg, 2>(e.legs.data(), 2), e.most);
  if (balanced.is.is != verdict_rules::fate::booked) return balanced.is;
  for (std::size_t leg = 0; leg < 2; ++leg) {
    const minor_units rest{e.most.at(leg).value - balanced.moved.value};
    e.most.at(leg) = balanced.moved;
    if (rest.value > 0 && !is(planted::rest_stays_reserved)) take_back(b, e, leg, rest);
  }
  return balanced.is;
}

void pure_ledger::take_back(const batch& b, const entry& e, std::size_t leg, minor_units amount) {
  const auto& what = e.asked.whats[leg / 2];
  const auto side = static_cast<leg_side>(leg % 2);
  auto& account = accounts_.at(side == leg_side::debit ? what.debit : what.credit);
  auto claim = claim_of(what, side);
  claim.amount = amount;
  account.mailbox.emplace_back([this, &account, at = b.at, claim] {
    if (!account_rules::undo_accepted(account.state, at, claim)) broken_ = true;
  });
}

void pure_ledger::tell(const batch& b, const entry& e, std::size_t leg,
                       verdict_rules::fate is_now) {
  const auto& what = e.asked.whats[leg / 2];
  const auto side = static_cast<leg_side>(leg % 2);
  auto& account = accounts_.at(side == leg_side::debit ? what.debit : what.credit);
  const auto claim = claim_of(what, side);
  auto accepted = claim;
  if (is_balancing(what.kind)) accepted.amount = e.most.at(leg);
  const auto undo_it = [this, &account, at = b.at, accepted] {
    if (is(planted::fold_from_own_decision)) return;
    if (!account_rules::undo_accepted(account.state, at, accepted)) broken_ = true;
  };
  const auto count = [&account, claim] { account_rules::count_deferred(account.state, claim); };
  using enum verdict_rules::notice;
  switch (verdict_rules::notice_for(e.legs[leg].said, is_now)) {
    case nothing:
      return;
    case undo_to_return:
      account.mailbox.emplace_back([undo_it, count] {
        undo_it();
        count();
      });
      return;
    case undo:
      return account.mailbox.push_back(undo_it);
    case count_to_return:
      return account.mailbox.push_back(count);
    case drop:
      account.mailbox.emplace_back([&account, unit = e.asked.whats.front().id, claim] {
        account_rules::drop_deferred(account.state, unit, claim);
      });
  }
}

void pure_ledger::commit_oldest() {
  const auto b = flights_.front();
  flights_.pop_front();
  std::int32_t index = 0;
  for (auto& e : b->entries) {
    commit(*b, e, index);
    index += static_cast<std::int32_t>(e.asked.whats.size());
  }
  settled_ = b->at;
}

// A poison row takes its voucher with it (R12).
void pure_ledger::commit(batch& b, entry& e, std::int32_t index) {
  if (e.deferred) return;
  const auto& whats = e.asked.whats;
  const auto known = row_of_.find(whats.front().id);
  const bool duplicate = known != row_of_.end() && !is(planted::ids_forgotten);
  const bool refused = !is_booked(e.results.front());
  if (is(planted::refusal_before_exists) && duplicate && refused)
    return answer(whats.front(), e.results.front());
  const bool poison = std::ranges::any_of(
      whats, [](const transfer& what) { return what.event_code == poison_code; });
  if (poison || duplicate) {
    for (std::size_t leg = 0; leg < e.legs.size() && !refused; ++leg)
      if (leg % 2 == 0 || !is(planted::one_side_undone))
        tell(b, e, leg, verdict_rules::fate::refused);
    for (const auto& what : whats)
      answer(what, duplicate ? item_result::exists : item_result::internal);
    return leave_desk(e.asked.came);
  }
  const auto voucher = whats.size() > 1 ? whats.front().id : transfer_id{};
  for (std::size_t i = 0; i < whats.size(); ++i) {
    const bool lost = is(planted::last_leg_lost) && i > 0 && i + 1 == whats.size();
    if (!lost) {
      row_of_.try_emplace(whats[i].id, rows_.size());
      const bool part = is_balancing(whats[i].kind) && is_booked(e.results[i]);
      rows_.push_back({whats[i], b.at, index + static_cast<std::int32_t>(i), e.results[i], voucher,
                       part ? e.most[0] : whats[i].amount});
    }
    answer(whats[i], e.results[i]);
  }
  leave_desk(e.asked.came);
}

// Copies wait for the original and get its fate.
void pure_ledger::answer(const transfer& what, item_result result) {
  answers_.push_back({what, result});
  const auto it = in_flight_.find(what.id);
  if (it == in_flight_.end()) return;
  const auto copies = std::move(it->second);
  in_flight_.erase(it);
  desk_.ended(what.id);
  for (const auto& copy : copies) {
    const auto same = compare_content(what, copy);
    auto told = result;
    if (is_booked(result)) told = same;
    if (is_recorded_refusal(result) && same != item_result::exists)
      told = item_result::exists_with_different_content;
    answers_.push_back({copy, told});
  }
}

}  // namespace suanpan::samples
