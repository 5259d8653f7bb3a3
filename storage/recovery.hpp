// What a shard must know before it serves, read in one snapshot. Internal to storage/; see
// reader.hpp.
#pragma once

#include "storage/reader.hpp"

#include <pqxx/pqxx>

#include <span>

namespace suanpan::storage {

/// Throws on any trouble.
[[nodiscard]] recovery read_recovery(pqxx::connection& connection,
                                     std::span<const shard_claim> claims,
                                     std::int64_t recent_since_millis, std::size_t recent_max);

}  // namespace suanpan::storage
