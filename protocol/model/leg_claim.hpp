// What an account must know of a leg while the fate of its item is uncertain.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/transfer.hpp"

namespace suanpan {

struct leg_claim {
  transfer_kind kind = transfer_kind::post;
  leg_side side = leg_side::debit;
  minor_units amount;
  transfer_id hold;  // the hold that it makes or ends; zero: not about holds
};

[[nodiscard]] inline leg_claim claim_of(const transfer& what, leg_side side) {
  const auto hold = what.kind == transfer_kind::hold ? what.id : what.related;
  return {what.kind, side, what.amount, hold};
}

/// The hold that this transfer makes in ticket `at`.
[[nodiscard]] inline open_hold hold_of(const transfer& what, ticket at) {
  return {what.id, what.debit, what.credit, what.amount, what.expires_at, what.ccy, at};
}

}  // namespace suanpan
