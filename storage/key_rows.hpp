// Rows of suanpan.api_key within a transaction of somebody else's. Internal to storage/.
#pragma once

#include "storage/keys.hpp"

#include <pqxx/pqxx>

#include <vector>

namespace suanpan::storage {

/// Columns of `read_keys`.
inline constexpr const char* key_select =
    "key_id,role,merchant,note,sha256,(extract(epoch FROM created)*1000000)::int8,"
    "coalesce((extract(epoch FROM revoked)*1000000)::int8,0)";
[[nodiscard]] std::vector<api_key_row> read_keys(const pqxx::result& rows);
/// Throws.
void insert_key_row(pqxx::transaction_base& in, const api_key_row& row);

}  // namespace suanpan::storage
