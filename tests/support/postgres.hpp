// A private PostgreSQL for one test program: started at first use through tools/lib/postgres.sh,
// wiped when the program ends, however it ends. Each test case takes a database of its own.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace suanpan::testing {

class private_postgres {
 public:
  /// The program's one cluster. Throws if it cannot be started.
  static private_postgres& instance();

  /// A new database with the schema of this binary, 64 shards, and today's partitions.
  [[nodiscard]] std::string fresh_database();
  /// A new database without anything in it.
  [[nodiscard]] std::string empty_database();

  /// SIGKILL to every process of the cluster; all databases stay on disk.
  void kill();
  /// Starts it again. Connection strings stay valid.
  void start();

  private_postgres(const private_postgres&) = delete;
  private_postgres& operator=(const private_postgres&) = delete;

 private:
  private_postgres();
  ~private_postgres();
  [[nodiscard]] std::string make_database(const std::string& from_template);

  std::string directory_;
  std::string dsn_;
  std::FILE* guard_ = nullptr;  // a shell that wipes the cluster once our end of its pipe is closed
  int databases_ = 0;
  bool has_template_ = false;
};

/// One statement on a connection of its own; rows as text. Throws if it fails.
std::vector<std::vector<std::string>> sql(const std::string& dsn, const std::string& statement);
/// The first column of the first row.
std::string sql_value(const std::string& dsn, const std::string& statement);
/// "" if the statement succeeds, else what the database said, SQLSTATE first.
std::string sql_fault(const std::string& dsn, const std::string& statement);

}  // namespace suanpan::testing
