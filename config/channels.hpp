// Reads the file of bank channels: [[channel]] tables, their secrets, and the timeout tree that
// they hang in (DESIGN 5).
#pragma once

#include "config/channel_config.hpp"
#include "config/fault.hpp"
#include "config/loader.hpp"
#include "config/node_config.hpp"

#include <string>
#include <vector>

namespace suanpan::config {

/// What a channels file is read with.
struct channel_sources {
  std::string file;
  const environment* variables = nullptr;  // SUANPAN_CHANNEL_SECRET_NAME, SUANPAN_CHANNEL_URL_NAME
  const node_config* settings = nullptr;
};

/// Appends every fault with file and line; the channels that are returned count only if none was
/// appended. They are in the order of the file, with their secrets.
[[nodiscard]] std::vector<channel_config> load_channels(const channel_sources& from,
                                                        std::vector<fault>& faults);

}  // namespace suanpan::config
