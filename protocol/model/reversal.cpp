#include "protocol/model/reversal.hpp"

#include <algorithm>

namespace suanpan {
namespace {

bool is_reversible(const original_facts& original) {
  return moves_money(original.kind) && original.kind != transfer_kind::reverse;
}

item_result judge(const transfer& what, const original_facts* original, int128 before) {
  if (original == nullptr) return item_result::original_not_found;
  if (!is_reversible(*original)) return item_result::original_not_reversible;
  if (what.debit != original->credit || what.credit != original->debit)
    return item_result::reversal_accounts_differ;
  const int128 left = int128{original->amount.value} - original->reversed.value - before;
  return what.amount.value > left ? item_result::exceeds_original : item_result::none;
}

}  // namespace

reversal_fault judge_reversals(std::span<const transfer> unit,
                               std::span<const original_facts> known) {
  reversal_fault worst;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const transfer& what = unit[i];
    if (what.kind != transfer_kind::reverse) continue;
    const auto it = std::ranges::find(known, what.related, &original_facts::id);
    int128 before = 0;
    for (const auto& earlier : unit.first(i))
      if (earlier.kind == transfer_kind::reverse && earlier.related == what.related)
        before += earlier.amount.value;
    const auto reason = judge(what, it == known.end() ? nullptr : &*it, before);
    if (reason == item_result::none) continue;
    if (worst.reason == item_result::none || reason < worst.reason) worst = {reason, i};
  }
  return worst;
}

}  // namespace suanpan
