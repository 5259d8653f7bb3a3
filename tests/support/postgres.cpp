// The script does the work; here are its arguments and its one line of answer.
#include "tests/support/postgres.hpp"

#include "storage/libpq_connection.hpp"
#include "storage/migrate.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace suanpan::testing {
namespace {

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string script(const std::string& verb, const std::string& directory) {
  // Processes are killed here, never the machine: what they wrote is with the kernel, fsync or not.
  return "SUANPAN_PG_SHARED_BUFFERS=64MB SUANPAN_PG_EXTRA='fsync=off' " +
         quoted(SUANPAN_SOURCE_DIR "/tools/lib/postgres.sh") + " " + verb + " " + quoted(directory);
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 4096> chunk{};
  while (const auto bytes = std::fread(chunk.data(), 1, chunk.size(), pipe))
    text.append(chunk.data(), bytes);
  if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
  return text;
}

}  // namespace

private_postgres& private_postgres::instance() {
  static private_postgres one;
  return one;
}

private_postgres::private_postgres()
    : directory_(std::string{SUANPAN_BINARY_DIR "/tests/postgres-"} +
                 program_invocation_short_name) {
  output_of(script("wipe", directory_) + " 2>&1");  // what a killed machine left
  const std::string wipe = script("wipe", directory_) + " >/dev/null 2>&1";
  guard_ = popen(("exec setsid sh -c \"cat >/dev/null; " + wipe + "\"").c_str(), "we");
  if (guard_ == nullptr) throw std::runtime_error("cannot guard the cluster");
  start();
}

private_postgres::~private_postgres() {
  pclose(guard_);
}

void private_postgres::start() {
  const auto line = nlohmann::json::parse(output_of(script("start", directory_) + " 2>/dev/null"));
  dsn_ = line.at("dsn").get<std::string>();
}

void private_postgres::kill() {
  output_of(script("kill", directory_) + " 2>&1");
}

std::string private_postgres::make_database(const std::string& from_template) {
  const std::string name = "case_" + std::to_string(++databases_);
  sql(dsn_, "CREATE DATABASE " + name + " TEMPLATE " + from_template);
  return dsn_ + " dbname=" + name;
}

std::string private_postgres::fresh_database() {
  if (!has_template_) {
    sql(dsn_, "CREATE DATABASE migrated TEMPLATE template0");
    const auto state = storage::migrate(dsn_ + " dbname=migrated", 64);
    if (!state) throw std::runtime_error("cannot migrate: " + state.reason());
    has_template_ = true;
  }
  return make_database("migrated");
}

std::string private_postgres::empty_database() {
  return make_database("template0");
}

std::vector<std::vector<std::string>> sql(const std::string& dsn, const std::string& statement) {
  auto connection = storage::libpq_connection::open(dsn, {});
  if (!connection) throw std::runtime_error(connection.reason());
  // A warning fails a statement of the product's; here it says that a backend, say, was gone by
  // itself before it was told to end.
  if (auto set = (*connection)->query("SET client_min_messages=error"); !set)
    throw std::runtime_error(set.reason());
  auto rows = (*connection)->query(statement);
  if (!rows) throw std::runtime_error(rows.reason() + ": " + statement);
  return *rows;
}

std::string sql_value(const std::string& dsn, const std::string& statement) {
  return sql(dsn, statement).at(0).at(0);
}

std::string sql_fault(const std::string& dsn, const std::string& statement) {
  auto connection = storage::libpq_connection::open(dsn, {});
  if (!connection) throw std::runtime_error(connection.reason());
  const auto rows = (*connection)->query(statement);
  return rows ? std::string{} : rows.reason();
}

}  // namespace suanpan::testing
