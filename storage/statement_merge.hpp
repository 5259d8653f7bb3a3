// Merges sorted runs of lines into one. Pure: where blocks come from is the caller's business.
#pragma once

#include "storage/statement_blocks.hpp"

#include <functional>
#include <span>
#include <vector>

namespace suanpan::storage {

/// The next blocks of a run, in order; empty at its end. Throws if they can't be had.
using block_source = std::function<std::vector<packed_block>()>;

/// Calls `add` with every line of all runs, by account, ticket and idx. False: a block is damaged,
/// or a run is not in order.
[[nodiscard]] bool merge_runs(std::span<const block_source> runs,
                              const std::function<void(const statement_entry&)>& add);

}  // namespace suanpan::storage
