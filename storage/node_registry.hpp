// The `node` table: who lives, by the database's clock, and the eviction of a stopped owner (R17).
// On a session of its own, apart from the journal's. One thread at a time.
#pragma once

#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::storage {

struct node_row {
  std::string name;
  std::int64_t incarnation = 0;  // random per process, so that a restart is another node
  std::string grpc_address;
  std::string http_address;
  std::int64_t journal_pid = 0;  // backend of the owning session; 0 = none
};

/// A node that lives, or did until lately; with an empty name: a backend (`journal_pid`) that holds
/// shards though no row speaks for it, its age that of its session.
struct node_state {
  node_row row;
  std::int64_t age_ms = 0;  // since its last renewal, by the database's clock
};

class node_registry {
 public:
  /// `seen`: R18; null: any server of the dsn will do.
  node_registry(std::string dsn, std::string node_name, lineage_memory_ptr seen = nullptr);
  ~node_registry();

  /// Renews our row and returns every node's, and every holder of a shard that has none.
  [[nodiscard]] outcome<std::vector<node_state>> renew(const node_row& ours);
  /// Ends the backend that holds a shard's lock, if it is the stale node's. True: it was told to
  /// end.
  [[nodiscard]] outcome<bool> evict(const node_state& stale);
  [[nodiscard]] outcome<done> sign_off(const node_row& ours);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
