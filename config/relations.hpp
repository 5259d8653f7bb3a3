// Settings that must fit each other. Each relation has a name, a sentence and a test.
#pragma once

#include "config/node_config.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace suanpan::config {

struct relation {
  std::string_view name;                 // "window_within_partitions"
  std::array<std::string_view, 3> keys;  // the settings it ties; empty at the end
  std::string_view sentence;             // what must hold, and why
  bool (*holds)(const node_config&);
};

/// Every relation, in the order in which faults are told.
[[nodiscard]] std::span<const relation> all_relations();

}  // namespace suanpan::config
