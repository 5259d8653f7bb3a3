// Reads and checks the posting rules (posting_rules.toml): complete, over subjects of the chart,
// and balanced for every amount and fee there can be. What they mean: actors/payment/posting_rules.
#pragma once

#include "actors/payment/posting_rules.hpp"
#include "config/chart_of_accounts.hpp"
#include "config/fault.hpp"

#include <string>
#include <vector>

namespace suanpan::config {

inline constexpr std::size_t posting_legs_max = 16;

/// Appends every fault with file and line; the rules that are returned count only if none was
/// appended. `chart` is the one that the accounts are opened under.
[[nodiscard]] posting_rules load_posting_rules(const std::string& file,
                                               const chart_of_accounts& chart,
                                               std::vector<fault>& faults);

}  // namespace suanpan::config
