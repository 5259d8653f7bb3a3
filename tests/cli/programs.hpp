// Runs the built programs as a user does: their exit status, what they print, and a node to talk
// to.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace suanpan::testing {

struct program_end {
  int status = -1;  // exit status; 128 + signal if one ended it
  std::string out;
  std::string err;
};

using variables = std::map<std::string, std::string>;

/// Runs build/bin/NAME in a directory without run files, with only these SUANPAN_ variables. The
/// first word may also be an absolute path. Throws if it can't be started.
[[nodiscard]] program_end run_program(const std::vector<std::string>& words,
                                      const variables& set = {});

/// A directory of one's own, removed with the object.
class scratch_directory {
 public:
  scratch_directory();
  ~scratch_directory();
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// `suanpan-node --dev` on this database, on free ports; serving once the constructor returns.
/// Ended by pid.
class running_node {
 public:
  explicit running_node(const std::string& dsn, const std::vector<std::string>& more = {});
  ~running_node();
  running_node(const running_node&) = delete;
  running_node& operator=(const running_node&) = delete;
  [[nodiscard]] const std::string& grpc() const noexcept { return grpc_; }
  [[nodiscard]] const std::string& http() const noexcept { return http_; }

 private:
  void wait_until_ready();
  scratch_directory directory_;
  pid_t pid_ = -1;
  std::string grpc_;
  std::string http_;
};

}  // namespace suanpan::testing
