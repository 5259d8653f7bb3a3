// The schema travels inside the binary: numbered SQL files, each applied once in its own
// transaction and remembered with its checksum.
#pragma once

#include "storage/outcome.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::storage {

struct migration {
  std::int32_t number;
  std::string name;  // "0001_ledger"
  std::string sql;
  std::string sha256;  // of the file's bytes, hex
};

/// All migrations of this binary, by number.
[[nodiscard]] const std::vector<migration>& migrations();

struct schema_state {
  std::int32_t stored = 0;   // newest applied; 0 = none
  std::int32_t known = 0;    // newest of this binary
  std::uint32_t shards = 0;  // fixed at the first migration; 0 before
  std::string fault;         // a checksum differs, or the schema is newer than the binary
};

/// A line of suanpan.schema_migration.
struct applied_migration {
  std::int32_t number = 0;
  std::string sha256;
};

/// What the stored lines, in order, mean for this binary. Pure; leaves `shards` at 0.
[[nodiscard]] schema_state compare_schema(const std::vector<applied_migration>& applied);

[[nodiscard]] outcome<schema_state> inspect_schema(const std::string& dsn);

/// Applies what is missing, under an advisory lock so that two at once do no harm; `shards` counts
/// only at the first. Refuses (unavailable) a changed checksum or a newer schema.
[[nodiscard]] outcome<schema_state> migrate(const std::string& dsn, std::uint32_t shards);

}  // namespace suanpan::storage
