// The only door to raw libpq, for those who need binary COPY: the journal's session, which must
// run it where the locks are held, and the builder of statements. libpqxx can neither COPY in
// binary nor hand out its connection.
//
// It reports what the server said and how far a script could have got; what that means for money is
// judged in journal_session.cpp. One thread at a time. No exceptions.
#pragma once

#include "storage/outcome.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suanpan::storage {

/// What the server said instead of a result.
struct server_error {
  std::string sqlstate;
  std::string severity;  // ERROR, FATAL, PANIC: in English whatever the server's language
  std::string message;
  std::string constraint;
};

/// Rows as text; null reads as empty.
using text_rows = std::vector<std::vector<std::string>>;

/// How a script of several statements went.
struct script_end {
  bool sent = false;              // some byte of it may have reached the server
  bool could_commit = false;      // the server had all that it needed to reach the last statement
  bool alive = false;             // the connection still works
  bool warned = false;            // the server sent a WARNING meanwhile
  std::vector<std::string> tags;  // command tags in order, "COPY 8000"
  std::optional<server_error> error;
  std::string trouble;  // for a person: the error, the warning or why the connection is gone
};

class libpq_connection {
 public:
  /// Connects; `forced` parameters win over the dsn's, and the dsn wins over our defaults. Blocks.
  [[nodiscard]] static outcome<std::unique_ptr<libpq_connection>> open(
      const std::string& dsn, const std::vector<std::pair<std::string, std::string>>& forced);
  ~libpq_connection();
  libpq_connection(const libpq_connection&) = delete;
  libpq_connection& operator=(const libpq_connection&) = delete;

  /// Sends several statements in one message, feeding `copies` to its COPY … FROM STDIN in order.
  [[nodiscard]] script_end run(const std::string& script,
                               std::span<const std::string_view> copies = {});
  /// One statement with text parameters. Unavailable: the server refused it, warned, or is gone.
  [[nodiscard]] outcome<text_rows> query(const std::string& sql,
                                         const std::vector<std::string>& parameters = {});
  /// The same with each value as the bytes of its binary form (numbers big-endian).
  [[nodiscard]] outcome<text_rows> query_binary(const std::string& sql);
  /// COPY … TO STDOUT: hands on the bytes as they come, in pieces of any size. Unavailable, too, if
  /// `take` answers false: it has had enough, and the connection is of no more use.
  [[nodiscard]] outcome<done> copy_out(const std::string& sql,
                                       const std::function<bool(std::string_view)>& take);
  /// An empty round trip; false: the connection is gone.
  [[nodiscard]] bool ping();

  [[nodiscard]] std::int64_t backend_pid() const noexcept;

 private:
  struct impl;
  explicit libpq_connection(std::unique_ptr<impl> with);
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
