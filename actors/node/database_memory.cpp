#include "actors/node/database_memory.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>

namespace suanpan {

std::string database_memory_file(const config::node_config& c) {
  const auto& folder = c.node.state_dir.empty() ? c.node.run_dir : c.node.state_dir;
  return (std::filesystem::path(folder) / (c.node.name + ".database")).string();
}

// A refused database is asked again and again: one line for each that differs from the last.
storage::lineage_memory_ptr make_database_memory(const config::node_config& c, metrics& counters) {
  auto told = std::make_shared<database_lineage>();
  return std::make_shared<storage::lineage_memory>(
      database_memory_file(c),
      [told, &counters](lineage_verdict what, database_lineage seen, database_lineage found) {
        counters.database_judged(what, found);
        if (*told == found) return;
        *told = found;
        if (what == lineage_verdict::newer)
          spdlog::info("database: {}", to_string(found));
        else
          spdlog::error("database: refused: {}", refusal_of(seen, found));
      });
}

}  // namespace suanpan
