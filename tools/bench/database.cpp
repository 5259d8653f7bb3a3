// See database.hpp.
#include "tools/bench/database.hpp"

#include "tools/bench/cpu_time.hpp"
#include "tools/cli/command.hpp"

#include <pqxx/pqxx>

namespace suanpan::bench {
namespace {

template <class Body>
void with_connection(const std::string& dsn, const Body& body) {
  try {
    pqxx::connection connection(dsn);
    body(connection);
  } catch (const std::exception& fault) {
    throw cli::command_failure(cli::exit_status::unavailable,
                               std::string("the database: ") + fault.what());
  }
}

}  // namespace

std::vector<std::int64_t> query_numbers(const std::string& dsn, const std::string& statement) {
  std::vector<std::int64_t> numbers;
  with_connection(dsn, [&numbers, &statement](pqxx::connection& connection) {
    pqxx::nontransaction session(connection);
    const pqxx::result rows = session.exec(statement);
    for (const auto& field : rows.at(0)) numbers.push_back(field.as<std::int64_t>());
  });
  return numbers;
}

std::string query_text(const std::string& dsn, const std::string& statement) {
  std::string text;
  with_connection(dsn, [&text, &statement](pqxx::connection& connection) {
    pqxx::nontransaction session(connection);
    const pqxx::result rows = session.exec(statement);
    if (!rows[0][0].is_null()) text = rows[0][0].as<std::string>();
  });
  return text;
}

void run_statements(const std::string& dsn, const std::vector<std::string>& statements) {
  with_connection(dsn, [&statements](pqxx::connection& connection) {
    for (const auto& statement : statements) {
      pqxx::nontransaction session(connection);
      session.exec(statement);
    }
  });
}

std::int64_t postmaster_pid(const std::string& dsn) {
  const auto stat = stat_of(query_numbers(dsn, "SELECT pg_backend_pid()").at(0));
  return stat && stat->name == "postgres" ? stat->parent : 0;
}

}  // namespace suanpan::bench
