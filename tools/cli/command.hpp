// What all commands share: the options in front of them, how they end, where they find the ledger.
#pragma once

#include "protocol/model/ids.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace suanpan::cli {

/// Exit statuses, as INTERFACE has them.
enum class exit_status : std::uint8_t {
  done = 0,
  refused = 1,  // refused, or differences found
  usage = 2,
  configuration = 3,
  unavailable = 4,  // or the deadline passed
};

/// Ends a command: caught by main, which prints what() on stderr and exits so.
class command_failure : public std::runtime_error {
 public:
  command_failure(exit_status status, const std::string& why)
      : std::runtime_error(why), status_(status) {}
  [[nodiscard]] exit_status status() const noexcept { return status_; }

 private:
  exit_status status_;
};

/// Options that every command takes. Empty text: not given.
struct common_options {
  std::string endpoint;  // host:port of a node's gRPC
  std::string ca_file;   // PEM: speak TLS and trust these
  std::string key_file;  // holds the caller's key; else SUANPAN_KEY
  std::string dsn;       // libpq connection string, for commands that talk to the database
  bool json = false;     // one document on stdout
  std::uint32_t deadline_seconds = 30;  // of one unary call
};

/// What `option` names; misuse if it is no id.
[[nodiscard]] transfer_id id_from(const std::string& text, const char* option);

}  // namespace suanpan::cli
