// Troubles of a database that are not its death: read-only, and a disk without room.
#pragma once

#include <string>

namespace suanpan::faults {

/// For every new session of the database, and the old ones are ended.
void set_read_only(const std::string& dsn, bool on);

/// A PostgreSQL of its own on a small file system in memory. Needs root; where that can't be had,
/// why_not() says so and nothing else may be called.
class full_disk {
 public:
  full_disk();
  ~full_disk();
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  /// A migrated database.
  [[nodiscard]] const std::string& dsn() const { return dsn_; }
  /// Takes all the room that is left.
  void fill();
  void make_room();

 private:
  std::string directory_;
  std::string dsn_;
  std::string why_not_;
  bool mounted_ = false;
};

}  // namespace suanpan::faults
