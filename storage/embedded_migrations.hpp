// What CMake makes of storage/migrations/*.sql.
#pragma once

#include <string_view>
#include <vector>

namespace suanpan::storage {

struct embedded_migration {
  std::string_view name;  // "0001_ledger"
  std::string_view sql;   // the file's bytes
};

[[nodiscard]] const std::vector<embedded_migration>& embedded_migrations();

}  // namespace suanpan::storage
