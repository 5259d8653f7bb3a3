// Logs as one JSON object a line: time, level, node, message. To a file or to standard error.
#pragma once

#include <string>

namespace suanpan {

struct log_options {
  std::string node;
  std::string file;            // empty: standard error
  std::string level = "info";  // trace, debug, info, warn, error
};

/// Sets spdlog's default logger. Returns why it can't be, or nothing.
[[nodiscard]] std::string start_logging(const log_options& options);

}  // namespace suanpan
