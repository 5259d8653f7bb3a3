// Reads many accounts from a node at once, a bounded number in flight.
#pragma once

#include "tools/cli/client.hpp"
#include "tools/cli/live_account.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace suanpan::cli {

/// One answer for each number, in the same order. `progress(done)` now and then. Throws
/// command_failure (unavailable) if the node can't be asked.
[[nodiscard]] std::vector<live_account> read_live_accounts(
    const ledger_client& client, std::span<const account_number> numbers,
    const std::function<void(std::int64_t)>& progress);

}  // namespace suanpan::cli
