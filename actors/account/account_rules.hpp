// The pure rules of an account: what it answers to a leg, and how its totals follow. No CAF, no
// I/O, no clock; the account actor, the simulation and the properties run exactly this.
//
// R1. An account hears of items in (ticket, index) order, but not yet what became of the earlier
// ones: until their ticket is durable each may still come to nothing. So it keeps two cases, the
// worst (every uncertain reduction happens, no uncertain increase does) and the best (the other way
// round). It accepts what holds in the worst case, refuses what fails in the best, and defers the
// rest. Captures and voids are judged once the hold's making, and all that would end it before
// them, is certain.
#pragma once

#include "actors/account/hold_book.hpp"
#include "protocol/model/account.hpp"
#include "protocol/model/result.hpp"
#include "protocol/model/transfer.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace suanpan::account_rules {

/// After so many deferrals of one leg the account defers everything behind it, so that nothing new
/// becomes uncertain and the leg can be judged once what is in flight has settled (R1, liveness).
inline constexpr std::uint16_t defer_rounds_default = 4;

/// Accepted legs of one ticket that is not known to be durable: sums, not pointers (R10). Legs
/// about holds are in the book of holds.
struct pending_sums {
  ticket at;
  int128 debits = 0;
  int128 credits = 0;
};

/// Terms since a ticket that is not known to be durable.
struct pending_terms {
  ticket at;
  account_terms terms;
};

struct state {
  account_number number;
  currency ccy;
  normal_side side = normal_side::debit;
  account_flags flags = account_flags::none;  // by which it decides, as by its limits
  account_limits limits;
  account_terms settled_terms;         // by what is durable
  std::vector<pending_terms> changes;  // from those to what it decides by, by ticket

  account_totals settled;  // exactly the durable legs with ticket ≤ covers
  ticket covers;
  std::vector<pending_sums>
      pending;                // by ticket, ascending; as many as there are batches in flight
  int128 pending_debits = 0;  // sums over `pending`
  int128 pending_credits = 0;
  int128 deferred_debits = 0;  // legs of earlier items that come (again) in a later batch
  int128 deferred_credits = 0;

  bool blocked =
      false;  // new items, and what is behind `blocked_on`, are deferred until that comes
  transfer_id blocked_on;

  std::unique_ptr<hold_book> holds;  // null: it never met a hold since it became active
};

/// With the row's open holds.
[[nodiscard]] state from_row(const account_row& row);

/// One leg, as the account sees it.
struct leg_command {
  const transfer* what = nullptr;  // outlives the call
  transfer_id unit;                // id of the item, or of its voucher's first item
  leg_side side = leg_side::debit;
  std::uint16_t rounds = 0;  // how often the item was deferred before
};

enum class answer : std::uint8_t { accepted, refused, deferred };

/// `reason`: of a refusal; of a deferral the least refusal that is still possible, so that a
/// certain refusal of the other account with a smaller number can go ahead of it; of a balancing
/// transfer that is accepted in part the refusal of more than that.
struct decision {
  answer said = answer::accepted;
  item_result reason = item_result::none;
  minor_units most;  // of a balancing transfer that is accepted: what the account accepts of it
};

/// Decides the legs of one batch in order. Usage: settle() the account to the watermark, arrives()
/// for each leg that it expects, decide() for each item or voucher, then end(). Returning ones come
/// first, in the order in which they arrived at the node, and none while an earlier one of this
/// account is undecided.
class batch_decider {
 public:
  batch_decider(state& account, ticket at, std::uint16_t defer_rounds)
      : account_(account), at_(at), defer_rounds_(defer_rounds) {}

  /// A leg of this batch that was counted as one to come (count_deferred, expect). Before all
  /// decide().
  void arrives(const leg_command& leg);
  /// The account's legs of one item or voucher, and a decision for each: all are accepted, or all
  /// refused, or all deferred. Currency and flags are judged leg by leg, limits on the net effect
  /// (R2); whichever legs are not at fault have the reason linked_failed. Not empty; `said` is as
  /// long as `legs`.
  void decide(std::span<const leg_command> legs, std::span<decision> said);
  [[nodiscard]] decision decide(const leg_command& leg) {
    decision said;
    decide({&leg, 1}, {&said, 1});
    return said;
  }
  /// After the last leg.
  void end();

 private:
  /// The refusal that wins among those that are certain, or possible: the smallest number, then the
  /// first leg.
  struct blame {
    item_result reason = item_result::none;
    std::size_t leg = 0;

    void take(item_result other, std::size_t of) {
      if (reason == item_result::none || other < reason) *this = {other, of};
    }
  };
  /// What was found against a unit: certain refusals, and those that uncertain items make possible.
  struct findings {
    blame refused;
    blame possible;
  };

  void judge_legs(std::span<const leg_command> legs, findings& found) const;
  void judge_hold(std::span<const leg_command> legs, std::size_t index, findings& found) const;
  void judge_limits(std::span<const leg_command> legs, findings& found) const;
  void judge_overflow(std::span<const leg_command> legs, findings& found) const;
  [[nodiscard]] decision judge_most(const leg_command& leg, findings& found) const;
  [[nodiscard]] effect net_effect(std::span<const leg_command> legs) const;
  [[nodiscard]] swing uncertain() const;
  [[nodiscard]] bool is_held_back() const;
  void accept(const leg_command& leg, minor_units amount);
  void defer(std::span<const leg_command> legs, bool undecidable);

  state& account_;
  ticket at_;
  std::uint16_t defer_rounds_;
  bool new_items_ =
      false;  // returning items come first; they count only those deferred ahead of them
  bool blocked_here_ = false;  // by a leg of this batch: what follows is behind it
  int128 again_debits_ = 0;    // returning items that were deferred again in this batch
  int128 again_credits_ = 0;
};

enum class change_refusal : std::uint8_t {
  none,
  closed,
  balance_not_zero,
  holds_open,
  transfers_in_flight,
  overdraft_allowed,
};
/// Whether this may change now. To be closed an account must be empty: no balance, no open hold,
/// nothing undecided or not yet durable. Closing what is closed changes nothing. Limits may be set
/// that the balance is beyond already: it is then let back, and no further away.
[[nodiscard]] change_refusal judge_change(const state& account, const terms_change& asked);
/// Decides by the new terms from now on; false: they are as they were. Precondition: judge_change
/// refused nothing; `at` is the ticket of the change.
bool change_terms(state& account, ticket at, const account_terms& terms);
[[nodiscard]] inline account_terms terms_of(const state& account) {
  return {account.flags, account.limits};
}

/// Everything up to `watermark` is durable: folds it into the settled totals.
void settle(state& account, ticket watermark);

/// An accepted leg did not come about in ticket `at`. Precondition: it was accepted in that ticket,
/// and the ticket has not been settled (R10). Returns false where that is violated: a bug.
[[nodiscard]] bool undo_accepted(state& account, ticket at, const leg_claim& leg);
/// The leg will come again: count it among the uncertain earlier ones until then.
void count_deferred(state& account, const leg_claim& leg);
/// Legs of earlier items that can't be judged yet: another account of theirs has no actor, or their
/// id is being looked up. Counted likewise (R26). Sums of those that are not about holds.
void expect(state& account, int128 debits, int128 credits);
/// A counted leg will not come; `unit`: id of its item, or of its voucher's first item.
void drop_deferred(state& account, const transfer_id& unit, const leg_claim& leg);

/// Nothing uncertain is left: the account may be let go.
[[nodiscard]] bool is_quiet(const state& account);

}  // namespace suanpan::account_rules
