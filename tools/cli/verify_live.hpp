// Compares recomputed rows with what live actors say, beside traffic. Totals only grow, and a read
// by the owner holds everything durable when it was asked (R8). So with rows read before, an actor,
// and rows read after: before ≤ actor ≤ after on both sides, or something is wrong. Without traffic
// that is equality.
#pragma once

#include "protocol/model/account.hpp"
#include "storage/verify.hpp"
#include "tools/cli/live_account.hpp"

#include <span>
#include <vector>

namespace suanpan::cli {

/// Actors that know less than the rows that were read before them, or nothing at all. `rows[i]` and
/// `live[i]` are the same account.
[[nodiscard]] std::vector<storage::difference> differing_below(std::span<const account_row> rows,
                                                               std::span<const live_account> live);

/// Accounts whose actors know more than the rows read before them.
[[nodiscard]] std::vector<account_number> ahead_of(std::span<const account_row> rows,
                                                   std::span<const live_account> live);

/// Actors that know more than the rows that were read after them. `rows` may be in any order.
[[nodiscard]] std::vector<storage::difference> differing_above(std::span<const account_row> rows,
                                                               std::span<const live_account> live);

}  // namespace suanpan::cli
