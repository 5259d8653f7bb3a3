// The SHA-256 of a log, line by line: what two runs of one seed are compared by, whatever program,
// build type or machine they ran in.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace suanpan::simulation {

class log_digest {
 public:
  log_digest();
  ~log_digest();
  log_digest(const log_digest&) = delete;
  log_digest& operator=(const log_digest&) = delete;

  /// Counts the line and the newline after it.
  void add(std::string_view line);
  /// 64 hex digits; no line may be added afterwards.
  [[nodiscard]] std::string hex();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace suanpan::simulation
