// Where a list goes on. Opaque to callers; bound to the filter that it was made for, so that a
// token is never continued under another question.
#pragma once

#include "protocol/model/ids.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::wire {

/// A place that takes several numbers to name. `filter`: as below.
[[nodiscard]] std::string make_page_token(std::span<const std::int64_t> place,
                                          std::string_view filter);

/// Nothing for a token that was not made by make_page_token with so many numbers and this filter.
[[nodiscard]] std::optional<std::vector<std::int64_t>> read_page_token(std::string_view token,
                                                                       std::size_t numbers,
                                                                       std::string_view filter);

/// `filter`: everything of the request that a later page must repeat, in a form of the caller's
/// choice.
[[nodiscard]] std::string make_page_token(account_number after, std::string_view filter);

/// Account number 0 for the empty token (the first page); nothing for a token that was not made by
/// make_page_token with this filter.
[[nodiscard]] std::optional<account_number> read_page_token(std::string_view token,
                                                            std::string_view filter);

}  // namespace suanpan::wire
