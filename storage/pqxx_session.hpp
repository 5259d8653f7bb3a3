// libpqxx, spelled so that 6.4 (Debian 12) and 7.10 (Debian 13) read it alike, and kept from
// throwing out of storage/. Internal to storage/: no header that others include may include this
// one.
#pragma once

#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <pqxx/pqxx>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace suanpan::storage {

/// A statement with parameters.
#if PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
template <class... Parameters>
pqxx::result execute(pqxx::transaction_base& in, const std::string& sql, Parameters&&... values) {
  return in.exec(pqxx::zview{sql}, pqxx::params{std::forward<Parameters>(values)...});
}
template <class... Parameters>
pqxx::result execute_prepared(pqxx::transaction_base& in, const std::string& name,
                              Parameters&&... values) {
  return in.exec(pqxx::prepped{name}, pqxx::params{std::forward<Parameters>(values)...});
}
#else
template <class... Parameters>
pqxx::result execute(pqxx::transaction_base& in, const std::string& sql, Parameters&&... values) {
  return in.exec_params(sql, std::forward<Parameters>(values)...);
}
template <class... Parameters>
pqxx::result execute_prepared(pqxx::transaction_base& in, const std::string& name,
                              Parameters&&... values) {
  return in.exec_prepared(name, std::forward<Parameters>(values)...);
}
#endif

/// Connects with bounded waits. Throws.
[[nodiscard]] std::unique_ptr<pqxx::connection> connect(const std::string& dsn,
                                                        const std::string& application_name,
                                                        std::int64_t statement_timeout_ms);

/// Whether a session that nobody is using can be used. Nothing can be waiting on it but its end:
/// better another connection than a question that is bound to fail.
[[nodiscard]] bool is_usable(const pqxx::connection& idle) noexcept;

/// The reason without line breaks and context, fit for a log line.
[[nodiscard]] std::string reason_of(const std::exception& fault);

/// Runs `body`, which may throw, and answers `unavailable` if it does.
template <class Body>
[[nodiscard]] auto guarded(Body body) -> outcome<decltype(body())> {
  try {
    return body();
  } catch (const std::exception& fault) {
    return unavailable{reason_of(fault)};
  }
}

/// Where a kept session leads.
struct session_source {
  std::string dsn;
  std::string application_name;
  std::int64_t statement_timeout_ms = 0;  // 0 = none
  lineage_memory_ptr seen;                // null: any server of the dsn will do
};
/// A session that is kept between calls, and which database it leads to.
struct kept_session {
  std::unique_ptr<pqxx::connection> connection;
  database_lineage lineage;
};

/// Makes the session anew where it can't be used, or where a newer database was seen meanwhile.
/// Throws; also where the server is superseded or only replays another's WAL (R18).
void make_usable(kept_session& session, const session_source& from);

/// Runs `body` on a session that is made when there is none that can be used. After any fault the
/// next call makes another: these sessions hold nothing that would be lost with them.
template <class Body>
[[nodiscard]] auto on_session(kept_session& session, const session_source& from, Body body)
    -> outcome<decltype(body(*session.connection))> {
  auto result = guarded([&] {
    make_usable(session, from);
    return body(*session.connection);
  });
  if (!result) session.connection.reset();
  return result;
}

}  // namespace suanpan::storage
