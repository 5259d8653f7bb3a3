// Which database this node saw last, kept beside its other state, told to the log and the metrics.
#pragma once

#include "actors/metrics/metrics.hpp"
#include "config/node_config.hpp"
#include "storage/lineage_memory.hpp"

#include <string>

namespace suanpan {

/// NAME.database in node.state_dir, or else in node.run_dir.
[[nodiscard]] std::string database_memory_file(const config::node_config& c);

/// Not yet read: call load(). `counters` outlives it.
[[nodiscard]] storage::lineage_memory_ptr make_database_memory(const config::node_config& c,
                                                               metrics& counters);

}  // namespace suanpan
