#include "actors/account/account.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <absl/container/inlined_vector.h>
#include <caf/sec.hpp>
#include <caf/send.hpp>

namespace suanpan {
namespace {

constexpr std::size_t cache_line = 64;

account_rules::leg_command command_of(const batch& in, std::uint32_t index) {
  return {.what = &in.what_of(index),
          .unit = in.unit_of(index),
          .side = batch::side_of(index),
          .rounds = in.entries[index / 2].rounds};
}

verdict verdict_of(account_rules::answer said) {
  switch (said) {
    case account_rules::answer::accepted:
      return verdict::accepted;
    case account_rules::answer::refused:
      return verdict::refused;
    case account_rules::answer::deferred:
      return verdict::deferred;
  }
  return verdict::undecided;
}

change_result result_of(account_rules::change_refusal refusal) {
  using enum account_rules::change_refusal;
  switch (refusal) {
    case none:
      return change_result::changed;
    case closed:
      return change_result::closed;
    case balance_not_zero:
      return change_result::balance_not_zero;
    case holds_open:
      return change_result::holds_open;
    case transfers_in_flight:
      return change_result::transfers_in_flight;
    case overdraft_allowed:
      return change_result::overdraft_allowed;
  }
  return change_result::unavailable;
}

// An account's legs lie all over the batch: the next one comes from memory while this one is
// judged.
void fetch_ahead(const batch& in, std::uint32_t leg) {
  if (leg == no_leg) return;
  const auto* what = reinterpret_cast<const char*>(in.entries[leg / 2].what);
  __builtin_prefetch(what);
  __builtin_prefetch(what + cache_line);
  __builtin_prefetch(&in.legs[leg], 1);
}

}  // namespace

account::account(caf::actor_config& cfg, account_links_ptr links, caf::actor supervisor,
                 const account_row& row)
    : event_based_actor(cfg),
      links_(std::move(links)),
      supervisor_(std::move(supervisor)),
      state_(account_rules::from_row(row)) {}

caf::behavior account::make_behavior() {
  make_quiet(this);
  return {
      [this](const decide_legs& m) { decide(m); },
      [this](const undo_leg& m) { undo(m); },
      [this](const decide_change& m) { judge(m); },
      [this](const expect_legs& m) {
        account_rules::expect(state_, m.debits, m.credits);
        for (const auto& leg : m.about_holds) account_rules::count_deferred(state_, leg);
      },
      [this](const drop_deferred& m) { account_rules::drop_deferred(state_, m.unit, m.leg); },
      [this](const report_balance& m) {
        if (failed_) return;  // it may have missed an undo: its shard is recovered from the rows
        account_rules::settle(state_, m.settled);
        send(links_->checkpointer,
             balance_reported{m.round, {state_.number, state_.settled, state_.covers}});
      },
      [this](const answer_read& m) { answer(m); },
  };
}

void account::on_exit() {
  links_ = nullptr;
  supervisor_ = nullptr;
}

// Verdicts are written into the batch's slots; the last account to have decided hands it on.
void account::decide(const decide_legs& m) {
  batch& in = *m.in;
  if (!failed_) {
    try {
      SUANPAN_FAULT_POINT("account.decide");
      account_rules::settle(state_, m.settled);
      decide_chain(in, m.first_leg);
    } catch (const std::exception& e) {
      fail(e.what());
    }
  }
  if (failed_)
    for (auto i = m.first_leg; i != no_leg; i = in.legs[i].next)
      if (in.legs[i].said == verdict::undecided) in.legs[i].said = verdict::unavailable;
  note_depth();
  SUANPAN_FAULT_POINT("account.before_verdicts");
  if (in.accounts_open.fetch_sub(1, std::memory_order_acq_rel) == 1)
    send(links_->teller, batch_decided{m.in});
}

void account::judge(const decide_change& m) {
  auto& change = m.in->changes[m.index];
  auto& request = *change.request;
  if (failed_) {
    change.result = change_result::unavailable;
  } else {
    account_rules::settle(state_, m.settled);
    const auto refusal = account_rules::judge_change(state_, request.wanted);
    change.result = result_of(refusal);
    change.terms = changed(account_rules::terms_of(state_), request.wanted);
    const bool may = refusal == account_rules::change_refusal::none;
    const bool changes = may && account_rules::change_terms(state_, m.in->at, change.terms);
    change.writes = changes || (may && request.metadata);
    request.balance = balance_of(state_.settled, state_.side);
  }
  if (m.in->accounts_open.fetch_sub(1, std::memory_order_acq_rel) == 1)
    send(links_->teller, batch_decided{m.in});
}

void account::note_depth() {
  if (links_->deepest_mailbox == nullptr) return;
  const auto depth = mailbox().size();
  if (depth > links_->deepest_mailbox->load(std::memory_order_relaxed))
    links_->deepest_mailbox->store(depth, std::memory_order_relaxed);
}

void account::decide_chain(batch& in, std::uint32_t first) {
  account_rules::batch_decider decider(state_, in.at, links_->defer_rounds);
  for (auto i = first; i != no_leg; i = in.legs[i].next)
    if (in.entries[i / 2].expected) decider.arrives(command_of(in, i));
  for (auto i = first; i != no_leg;) {
    fetch_ahead(in, in.legs[i].next);
    i = decide_unit(in, decider, i);
  }
  decider.end();
}

// The account's legs of one item or voucher: they follow each other in its chain. Returns the next.
std::uint32_t account::decide_unit(batch& in, account_rules::batch_decider& decider,
                                   std::uint32_t first) {
  absl::InlinedVector<account_rules::leg_command, 4> legs;
  const auto unit = in.entries[first / 2].unit;
  auto end = first;
  for (; end != no_leg && in.entries[end / 2].unit == unit; end = in.legs[end].next)
    legs.push_back(command_of(in, end));
  absl::InlinedVector<account_rules::decision, 4> said(legs.size());
  decider.decide(legs, {said.data(), said.size()});
  auto i = first;
  for (const auto& d : said) {
    in.legs[i].said = verdict_of(d.said);
    in.legs[i].reason = d.reason;
    if (d.most.value != 0) in.most[i] = d.most;
    i = in.legs[i].next;
  }
  return end;
}

void account::undo(const undo_leg& m) {
  if (failed_) return;
  SUANPAN_FAULT_POINT("account.before_undo");
  if (m.was_accepted && !account_rules::undo_accepted(state_, m.at, m.leg))
    return fail("asked to undo a leg that is not pending");
  if (m.will_return) account_rules::count_deferred(state_, m.leg);
}

void account::answer(const answer_read& m) {
  account_read& read = *m.read;
  if (failed_) {
    read.result = read_result::unavailable;
    return read.finish();
  }
  account_rules::settle(state_, m.settled);
  read.row.totals = state_.settled;
  read.row.covers = state_.covers;
  read.row.flags = state_.settled_terms.flags;
  read.row.limits = state_.settled_terms.limits;
  read.row.held = state_.holds ? state_.holds->held() : held_totals{};
  read.result = read_result::found;
  send(links_->journal, fence_read{m.read, m.session});
}

// The actor lives on, refusing everything, until its shard is recovered: a message lost with it
// would leave a batch waiting for ever.
void account::fail(const std::string& what) {
  failed_ = true;
  send(supervisor_, account_failed{state_.number, what});
}

}  // namespace suanpan
