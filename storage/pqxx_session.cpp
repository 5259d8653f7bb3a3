// Connecting, and putting faults into words.
#include "storage/pqxx_session.hpp"

#include "storage/row_text.hpp"

#include <poll.h>

#include <algorithm>
#include <stdexcept>

namespace suanpan::storage {
namespace {

// In a keyword string the last of a repeated keyword wins, so a default stands in front. A URI is
// left as its author wrote it.
std::string with_bounded_waits(const std::string& dsn) {
  const bool is_uri = dsn.starts_with("postgres://") || dsn.starts_with("postgresql://");
  if (is_uri) return dsn;
  return "connect_timeout=5 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 "
         "tcp_user_timeout=30000 " +
         dsn;
}

database_lineage lineage_of(pqxx::connection& connection) {
  pqxx::nontransaction read{connection};
  const auto rows = read.exec(lineage_query);
  if (text_in(rows[0], 2) != "f") throw std::runtime_error("the database only replays another's");
  return {number_in(rows[0], 0), number_in<std::uint32_t>(rows[0], 1)};
}

}  // namespace

std::unique_ptr<pqxx::connection> connect(const std::string& dsn,
                                          const std::string& application_name,
                                          std::int64_t statement_timeout_ms) {
  auto connection = std::make_unique<pqxx::connection>(with_bounded_waits(dsn));
  pqxx::nontransaction settings{*connection};
  execute(
      settings,
      "SELECT set_config('application_name',$1,false),set_config('statement_timeout',$2,false),"
      "set_config('client_min_messages','warning',false),set_config('timezone','UTC',false),"
      // The processors belong to the node and its journal; a look-up that forks workers robs them.
      "set_config('max_parallel_workers_per_gather','0',false)",
      application_name, std::to_string(statement_timeout_ms));
  return connection;
}

void make_usable(kept_session& session, const session_source& from) {
  const bool current = !from.seen || from.seen->is_newest(session.lineage);
  if (session.connection && current && is_usable(*session.connection)) return;
  session.connection.reset();
  auto made = connect(from.dsn, from.application_name, from.statement_timeout_ms);
  if (from.seen) {
    session.lineage = lineage_of(*made);
    const auto admitted = from.seen->admit(session.lineage);
    if (!admitted) throw std::runtime_error(admitted.reason());
  }
  session.connection = std::move(made);
}

bool is_usable(const pqxx::connection& idle) noexcept {
  if (!idle.is_open()) return false;
  pollfd socket{idle.sock(), POLLIN, 0};
  return ::poll(&socket, 1, 0) == 0;
}

std::string reason_of(const std::exception& fault) {
  std::string text = fault.what();
  const auto first_line = text.find('\n');
  if (first_line != std::string::npos && first_line > 0) text.resize(first_line);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace suanpan::storage
