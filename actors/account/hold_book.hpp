// What an account knows of holds: the open ones, and what is uncertain about them. Both accounts of
// a hold keep it, so both judge its capture or void alike (R23). Pure.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/leg_claim.hpp"

#include <absl/container/flat_hash_map.h>

#include <vector>

namespace suanpan::account_rules {

/// Whether a leg on this side takes from the balance of an account of that side.
[[nodiscard]] inline bool lowers(leg_side leg, normal_side side) {
  return (leg == leg_side::debit) != (side == normal_side::debit);
}

/// By how much uncertain items may change what is available, and what counts against the maximum
/// balance. Sums of what each could do at most.
struct swing {
  int128 down = 0;
  int128 up = 0;
  int128 maximum_down = 0;
  int128 maximum_up = 0;
  std::uint32_t unbounded = 0;          // captures that free nobody knows yet how much, upwards …
  std::uint32_t maximum_unbounded = 0;  // … and below the maximum

  void add(const swing& other);
  void subtract(const swing& other);
  bool operator==(const swing&) const = default;
};

/// What one leg does if it comes about.
struct effect {
  int128 available = 0;
  int128 towards_maximum = 0;
};
[[nodiscard]] swing swing_of(const effect& e);

/// Of a leg about a hold. `held`: the amount of the hold that it ends.
[[nodiscard]] effect hold_effect(const leg_claim& leg, minor_units held, normal_side side);

class hold_book {
 public:
  explicit hold_book(normal_side side) : side_(side) {}

  /// An open, durable hold of the account, which is on this side of it.
  void load(const open_hold& hold, leg_side side);

  /// Whose fate an item about a hold still depends on.
  enum class source : std::uint8_t { pending, deferred, again };
  /// The open hold; null: none that is durable.
  [[nodiscard]] const open_hold* find(const transfer_id& hold) const;
  /// Whether an uncertain earlier item makes or ends the hold. `deferred`: those that come in later
  /// batches count; else those that were deferred again in this batch.
  [[nodiscard]] bool is_uncertain(const transfer_id& hold, bool deferred) const;

  /// The leg was accepted in ticket `at`. `made`: the hold, if it makes one.
  void accept(ticket at, const leg_claim& leg, const open_hold& hold);
  /// Folds what is durable. Returns what captures posted.
  account_totals settle(ticket watermark);
  /// The accepted leg did not come about. False: there is none such, a bug.
  [[nodiscard]] bool undo(ticket at, const leg_claim& leg);

  void count(source where, const leg_claim& leg);
  void drop_deferred(const leg_claim& leg);
  /// What was deferred again in this batch is deferred from now on.
  void end_batch();

  [[nodiscard]] const held_totals& held() const noexcept { return held_; }
  /// Sums of uncertain legs about holds; with those deferred to later batches, or those deferred
  /// again in this one.
  [[nodiscard]] swing uncertain(bool deferred) const;
  [[nodiscard]] bool is_quiet() const noexcept;
  [[nodiscard]] std::size_t open_holds() const noexcept { return open_.size(); }

 private:
  struct pending_leg {
    ticket at;
    leg_claim leg;
    open_hold hold;  // made, or ended
  };
  struct counts {
    std::uint32_t pending = 0;
    std::uint32_t deferred = 0;
    std::uint32_t again = 0;
  };

  [[nodiscard]] swing swing_unjudged(const leg_claim& leg) const;
  void fold(const pending_leg& p, account_totals& posted);
  void release(const transfer_id& hold, std::uint32_t counts::*of);

  normal_side side_;
  absl::flat_hash_map<transfer_id, open_hold> open_;
  absl::flat_hash_map<transfer_id, counts> uncertain_;
  std::vector<pending_leg> pending_;  // by ticket, ascending
  std::vector<leg_claim> again_legs_;
  held_totals held_;
  swing pending_swing_;
  swing deferred_swing_;
  swing again_swing_;
};

}  // namespace suanpan::account_rules
