// Reversals: what is left to reverse of a posting, and what is wrong with a reversal of it. Pure.
#pragma once

#include "protocol/model/transfer.hpp"

#include <cstddef>
#include <span>

namespace suanpan {

/// A booked transfer that somebody wants to reverse, and how much of it was reversed by what is
/// durable.
struct original_facts {
  transfer_id id;
  transfer_kind kind = transfer_kind::post;
  account_number debit;
  account_number credit;
  minor_units amount;    // of the posting
  minor_units reversed;  // sum of its booked reversals
};

/// The refusal that wins, and the item of the unit that it blames.
struct reversal_fault {
  item_result reason = item_result::none;  // none: nothing is wrong
  std::size_t item = 0;
};

/// Judges the reversals of an item or voucher. `known`: the originals that are booked, of those
/// that it names; earlier items of the unit count as reversed. The smallest number wins, then the
/// first item.
[[nodiscard]] reversal_fault judge_reversals(std::span<const transfer> unit,
                                             std::span<const original_facts> known);

[[nodiscard]] inline bool has_reversal(std::span<const transfer> unit) {
  for (const auto& what : unit)
    if (what.kind == transfer_kind::reverse) return true;
  return false;
}

}  // namespace suanpan
