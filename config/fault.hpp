// What is wrong with a configuration, where, and why.
#pragma once

#include <string>
#include <string_view>

namespace suanpan::config {

/// One fault. Never holds the value of a secret.
struct fault {
  std::string where;   // "config/dev.toml:12", "environment SUANPAN_GRPC__PORT", "--set"
  std::string key;     // "grpc.port", or what stands in its place
  std::string reason;  // for a person, without a full stop
};

/// "config/dev.toml:12: grpc.port: …", the line that people and programs read: one line whatever a
/// source holds, since control characters become "?".
[[nodiscard]] std::string to_string(const fault& f);

/// A text in quotation marks, for reasons.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  std::string marked(1, '"');
  return marked.append(text).append(1, '"');
}

}  // namespace suanpan::config
