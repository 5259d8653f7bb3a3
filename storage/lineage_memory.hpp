// The newest database that this node saw, kept over restarts in a file of the node's own: a
// superseded primary can't be asked whether it was superseded (R18). One for all sessions of the
// node: what one of them sees, the others go by. Thread-safe.
#pragma once

#include "protocol/model/lineage.hpp"
#include "storage/outcome.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace suanpan::storage {

class lineage_memory {
 public:
  /// Hears of every database that is not the one seen last, under the lock: it must not call back.
  using listener =
      std::function<void(lineage_verdict what, database_lineage seen, database_lineage found)>;

  /// An empty path keeps it in this process only. Reads nothing yet.
  explicit lineage_memory(std::string file = {}, listener hears = nullptr);

  /// Reads the file, if it is there. Unavailable: it can't be read, or is not such a file.
  [[nodiscard]] outcome<done> load();
  /// A database answered as this. On success it may be used, and is remembered: durably, before
  /// anything is done with it. Unavailable: it is superseded or foreign, or can't be remembered.
  [[nodiscard]] outcome<done> admit(const database_lineage& found);
  /// False: a newer one was seen since this one was admitted.
  [[nodiscard]] bool is_newest(const database_lineage& admitted) const;
  [[nodiscard]] database_lineage newest() const;

 private:
  [[nodiscard]] outcome<done> store(const database_lineage& what) const;

  std::string file_;
  listener hears_;
  mutable std::mutex guard_;
  database_lineage newest_;
};

/// Shared by a node's sessions; null: a tool that serves nobody, and checks nothing.
using lineage_memory_ptr = std::shared_ptr<lineage_memory>;

/// Connects once, and admits what answers. Blocks.
[[nodiscard]] outcome<done> admit_database(const std::string& dsn, const lineage_memory_ptr& seen);

/// One row: system identifier, timeline, whether the server only replays another's WAL. The
/// timeline of a primary is that of the WAL it writes now: the control file lags behind a
/// promotion.
inline constexpr const char* lineage_query =
    "SELECT s.system_identifier,"
    "CASE WHEN pg_is_in_recovery() THEN 0"
    " ELSE ('x'||left(pg_walfile_name(pg_current_wal_lsn()),8))::bit(32)::int8 END,"
    "pg_is_in_recovery() FROM pg_control_system() s";

}  // namespace suanpan::storage
