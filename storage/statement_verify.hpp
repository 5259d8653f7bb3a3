// Statements against the rows: every line once, in its place, with the sums before it.
#pragma once

#include "storage/verify.hpp"

namespace suanpan::storage {

/// Adds what differs to `into`. One snapshot; beside traffic. Shares with the builder only the form
/// of blocks; memory grows with accounts.
[[nodiscard]] outcome<done> verify_statements(const std::string& dsn, verification& into);

}  // namespace suanpan::storage
