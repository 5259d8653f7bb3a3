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
};

struct one_account {
  explicit one_account(const account_kind& kind, std::uint16_t defer_rounds = 4)
      : state(account_rules::from_row(make_row(kind))), rounds_max(defer_rounds) {}

  /// Decides these legs in the batch with ticket `at`, as the actor does.
  std::vector<account_rules::decision> decide(std::int64_t at, const std::vector<asked_leg>& legs) {
    account_rules::batch_decider decider(state, {at}, rounds_max);
    const auto command = [](const asked_leg& leg) {
      return account_rules::leg_command{.id = id_at(0, leg.n),
                                        .side = leg.side,
                                        .amount = {leg.amount},
                                        .ccy = leg.ccy,
                                        .rounds = leg.rounds};
    };
    for (const auto& leg : legs)
      if (leg.rounds > 0 || leg.expected) decider.arrives(command(leg));
    std::vector<account_rules::decision> said;
    for (const auto& leg : legs) said.push_back(decider.decide(command(leg)));
    decider.end();
    return said;
  }
  account_rules::decision decide_one(std::int64_t at, const asked_leg& leg) {
    return decide(at, {leg}).front();
  }
  void settle(std::int64_t watermark) { account_rules::settle(state, {watermark}); }
  bool undo(std::int64_t at, leg_side side, std::int64_t amount) {
    return account_rules::undo_accepted(state, {at}, side, {amount});
  }

  account_rules::state state;
  std::uint16_t rounds_max;
};

}  // namespace suanpan::samples
