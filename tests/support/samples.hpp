// Short words for what many tests need: ids, transfers and account rows, with sensible defaults.
// Pure: no actors, no database.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/transfer.hpp"

#include <cstdint>

namespace suanpan::samples {

inline constexpr currency cny{156};
inline constexpr currency usd{840};

/// An id of this millisecond; `n` tells ids of one millisecond apart.
constexpr transfer_id id_at(std::int64_t unix_millis, std::uint64_t n) noexcept {
  auto id = transfer_id::first_of(unix_millis);
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i) & 0xff);
  return id;
}

/// What an account of the tests is like; `balance` stands on its normal side.
struct account_kind {
  std::int64_t sequence = 1;
  account_flags flags = account_flags::none;
  normal_side side = normal_side::credit;
  currency ccy = cny;
  int128 balance = 0;
  std::uint16_t shard = 0;
};

inline account_row make_row(const account_kind& kind) {
  account_row row;
  row.number = account_number::make({kind.shard}, kind.sequence);
  row.key = {"user:" + std::to_string(kind.sequence), "2001", kind.ccy, "", {kind.shard}};
  row.side = kind.side;
  row.flags = kind.flags;
  row.opened = {1};
  (kind.side == normal_side::debit ? row.totals.debits_posted : row.totals.credits_posted) =
      kind.balance;
  return row;
}

/// `n` makes the id; accounts by number.
inline transfer make_transfer(std::uint64_t n, account_number debit, account_number credit,
                              std::int64_t amount, currency ccy = cny) {
  transfer t;
  t.id = id_at(1'000'000 + static_cast<std::int64_t>(n / 8), n);
  t.debit = debit;
  t.credit = credit;
  t.amount = {amount};
  t.ccy = ccy;
  return t;
}

}  // namespace suanpan::samples
