// Accounts: who owns them, what they are called, what they hold.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/hold.hpp"
#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

inline constexpr std::size_t owner_bytes_max = 64;
inline constexpr std::size_t label_bytes_max = 64;
inline constexpr std::size_t subject_bytes_max = 16;

/// The side on which a subject's balance normally stands (资产 and 费用: debit; the others:
/// credit).
enum class normal_side : std::int16_t { debit = 1, credit = 2 };

/// Classes of the chart of accounts.
enum class subject_class : std::int16_t {
  asset = 1,
  liability = 2,
  equity = 3,
  income = 4,
  expense = 5
};

/// Bit set, stored as it is. Bits not named here are refused.
enum class account_flags : std::int32_t {
  none = 0,
  no_overdraft = 1,   // the available balance never falls below zero, or below −credit_limit
  frozen_debit = 2,   // accepts no debits
  frozen_credit = 4,  // accepts no credits
  closed = 8,         // accepts nothing, for ever
};
[[nodiscard]] constexpr bool has(account_flags set, account_flags flag) noexcept {
  return (static_cast<std::int32_t>(set) & static_cast<std::int32_t>(flag)) != 0;
}
[[nodiscard]] constexpr account_flags operator|(account_flags a, account_flags b) noexcept {
  return static_cast<account_flags>(static_cast<std::int32_t>(a) | static_cast<std::int32_t>(b));
}

[[nodiscard]] constexpr account_flags operator&(account_flags a, account_flags b) noexcept {
  return static_cast<account_flags>(static_cast<std::int32_t>(a) & static_cast<std::int32_t>(b));
}
[[nodiscard]] constexpr account_flags operator~(account_flags a) noexcept {
  return static_cast<account_flags>(~static_cast<std::int32_t>(a));
}
/// Flags that are chosen when an account is opened, and stay.
inline constexpr account_flags flags_of_opening = account_flags::no_overdraft;
/// Flags that are set and cleared while it is open.
inline constexpr account_flags flags_of_freezing =
    account_flags::frozen_debit | account_flags::frozen_credit;

/// What makes an account unique. `internal` and `channel:…` owners exist once per shard,
/// so that no row of the ledger is hot for the whole cluster; others live on their owner's shard.
struct account_key {
  std::string owner;    // merchant:M001, user:42, channel:icbc, internal
  std::string subject;  // code in the chart of accounts
  currency ccy;
  std::string label;  // distinguishes accounts that are alike otherwise; usually empty
  shard_id shard;     // part of the identity only for internal and channel owners
  auto operator<=>(const account_key&) const = default;

  template <class H>
  friend H AbslHashValue(H h, const account_key& k) {
    return H::combine(std::move(h), k.owner, k.subject, k.ccy.code, k.label, k.shard.value);
  }
};

/// Which account of a transfer.
enum class leg_side : std::uint8_t { debit = 0, credit = 1 };

/// Sums of all durable postings, in minor units. Balance = the difference on the normal side.
struct account_totals {
  int128 debits_posted = 0;
  int128 credits_posted = 0;
  bool operator==(const account_totals&) const = default;
};

/// Folds one durable leg: the only way a total ever changes, live and at recovery (DESIGN 2).
constexpr void apply_leg(account_totals& totals, leg_side side, minor_units amount) noexcept {
  (side == leg_side::debit ? totals.debits_posted : totals.credits_posted) += amount.value;
}

/// The balance as the subject reads it: positive on its normal side.
[[nodiscard]] constexpr int128 balance_of(const account_totals& t, normal_side side) noexcept {
  return side == normal_side::debit ? t.debits_posted - t.credits_posted
                                    : t.credits_posted - t.debits_posted;
}

/// Bounds of an account's balance on its normal side, minor units. What open holds reserve counts
/// against both: what is available is the balance less what holds would take.
struct account_limits {
  std::int64_t credit_limit = 0;                // ≥ 0: how far below zero no_overdraft lets it go
  std::optional<std::int64_t> maximum_balance;  // ≥ 0; none: no bound
  bool operator==(const account_limits&) const = default;
};

/// What of an account can change while it is open.
struct account_terms {
  account_flags flags = account_flags::none;
  account_limits limits;
  bool operator==(const account_terms&) const = default;
};

/// What is to change of them; whatever it does not name stays as it is.
struct terms_change {
  account_flags set = account_flags::none;                  // of flags_of_freezing, or closed alone
  account_flags clear = account_flags::none;                // of flags_of_freezing
  std::optional<std::int64_t> credit_limit = std::nullopt;  // ≥ 0, minor units
  std::optional<std::int64_t> maximum_balance = std::nullopt;  // ≥ 0, minor units
  bool no_maximum = false;  // takes the maximum away; not with one
};
[[nodiscard]] constexpr account_terms changed(account_terms terms,
                                              const terms_change& by) noexcept {
  terms.flags = (terms.flags | by.set) & ~by.clear;
  terms.limits.credit_limit = by.credit_limit.value_or(terms.limits.credit_limit);
  if (by.maximum_balance) terms.limits.maximum_balance = by.maximum_balance;
  if (by.no_maximum) terms.limits.maximum_balance.reset();
  return terms;
}

/// Sums of open holds, minor units.
struct held_totals {
  int128 debits = 0;
  int128 credits = 0;
  bool operator==(const held_totals&) const = default;
};

/// An account as a row: everything that does not change with each transfer, and its totals
/// at a ticket. `totals` are exactly the durable legs with ticket ≤ covers (R13).
struct account_row {
  account_number number;
  account_key key;
  normal_side side = normal_side::debit;
  account_flags flags = account_flags::none;
  ticket opened;
  account_totals totals;
  ticket covers;
  account_limits limits;
  std::vector<open_hold> holds;  // open ones, of either side; only where the account is loaded
  held_totals held;              // their sums
  std::string metadata;          // a JSON object, or empty; only where it is asked for
};

/// What the account can spend: its balance less what open holds would take of it. A credit limit is
/// not counted.
[[nodiscard]] constexpr int128 available_of(const account_row& row) noexcept {
  return balance_of(row.totals, row.side) -
         (row.side == normal_side::credit ? row.held.debits : row.held.credits);
}

/// Owners that exist once per shard.
[[nodiscard]] bool is_per_shard_owner(std::string_view owner) noexcept;

/// The shard of an owner: FNV-1a (64 bit) of the owner's bytes, folded, modulo the number of
/// shards. Part of the data format: it can never change. `shards` is a power of two ≤ shards_max.
[[nodiscard]] shard_id shard_of_owner(std::string_view owner, std::uint32_t shards) noexcept;

}  // namespace suanpan
