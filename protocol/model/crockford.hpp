// Crockford's base 32, in which ULIDs and what is named after them are written.
#pragma once

#include <cstddef>
#include <string_view>

namespace suanpan {

inline constexpr std::size_t ulid_length = 26;
// Without I, L, O and U: Crockford's aliases for 1 and 0 are refused, as the ULID text form does.
inline constexpr std::string_view crockford_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace suanpan
