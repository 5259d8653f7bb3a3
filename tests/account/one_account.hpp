// An account under the rules alone, with the few words that its tests speak.
#pragma once

#include "actors/account/account_rules.hpp"
#include "tests/support/samples.hpp"

#include <vector>

namespace suanpan::samples {

/// A leg to ask about; `rounds` > 0: it comes again.
struct asked_leg {
  std::uint64_t n = 1;
  leg_side side = leg_side::debit;
  std::int64_t amount = 1;
  std::uint16_t rounds = 0;
  currency ccy = cny;
  bool expected = false;  // it was expected before it could be judged for the first time
  transfer_kind kind = transfer_kind::post;
  std::uint64_t hold = 0;  // of a capture or void: `n` of the hold
  std::int64_t expires_at = 0;
};

/// The transfer of a leg; the other account is number 99 of shard 0.
inline transfer transfer_of(const asked_leg& leg, account_number account) {
  const auto other = account_number::make({0}, 99);
  const bool debit = leg.side == leg_side::debit;
  transfer t;
  t.id = id_at(0, leg.n);
  t.debit = debit ? account : other;
  t.credit = debit ? other : account;
  t.amount = {leg.amount};
  t.ccy = leg.ccy;
  t.kind = leg.kind;
  if (leg.hold != 0) t.related = id_at(0, leg.hold);
  t.expires_at = leg.expires_at;
  return t;
}

struct one_account {
  explicit one_account(const account_kind& kind, std::uint16_t defer_rounds = 4)
      : state(account_rules::from_row(make_row(kind))), rounds_max(defer_rounds) {}

  /// Decides these legs in the batch with ticket `at`, as the actor does.
  std::vector<account_rules::decision> decide(std::int64_t at, const std::vector<asked_leg>& legs) {
    account_rules::batch_decider decider(state, {at}, rounds_max);
    std::vector<transfer> whats;
    for (const auto& leg : legs) whats.push_back(transfer_of(leg, state.number));
    std::size_t next = 0;
    const auto command = [&](const asked_leg& leg) {
      const auto& what = whats[next++];
      return account_rules::leg_command{
          .what = &what, .unit = what.id, .side = leg.side, .rounds = leg.rounds};
    };
    for (const auto& leg : legs) {
      const auto asked = command(leg);
      if (leg.rounds > 0 || leg.expected) decider.arrives(asked);
    }
    next = 0;
    std::vector<account_rules::decision> said;
    for (const auto& leg : legs) said.push_back(decider.decide(command(leg)));
    decider.end();
    return said;
  }
  /// Decides the legs of one voucher, all of which have its rounds.
  std::vector<account_rules::decision> decide_voucher(std::int64_t at,
                                                      const std::vector<asked_leg>& legs) {
    account_rules::batch_decider decider(state, {at}, rounds_max);
    std::vector<transfer> whats;
    for (const auto& leg : legs) whats.push_back(transfer_of(leg, state.number));
    std::vector<account_rules::leg_command> commands;
    for (std::size_t i = 0; i < legs.size(); ++i)
      commands.push_back({.what = &whats[i],
                          .unit = whats.front().id,
                          .side = legs[i].side,
                          .rounds = legs[i].rounds});
    for (const auto& c : commands)
      if (c.rounds > 0) decider.arrives(c);
    std::vector<account_rules::decision> said(legs.size());
    decider.decide(commands, said);
    decider.end();
    return said;
  }
  account_rules::decision decide_one(std::int64_t at, const asked_leg& leg) {
    return decide(at, {leg}).front();
  }
  void settle(std::int64_t watermark) { account_rules::settle(state, {watermark}); }
  bool undo(std::int64_t at, leg_side side, std::int64_t amount) {
    return account_rules::undo_accepted(state, {at}, {transfer_kind::post, side, {amount}, {}});
  }
  bool undo(std::int64_t at, const asked_leg& leg) {
    return account_rules::undo_accepted(state, {at},
                                        claim_of(transfer_of(leg, state.number), leg.side));
  }

  account_rules::state state;
  std::uint16_t rounds_max;
};

}  // namespace suanpan::samples
