// Balance monitors: added, removed and listed here; judged by the checkpoints, in SQL
// (migrations/0011). A session of its own, made when first used and again after a loss. One thread
// at a time.
#pragma once

#include "protocol/model/monitor.hpp"
#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::storage {

struct balance_monitors_options {
  std::string dsn;
  std::string node_name;  // application_name "suanpan:<node>:monitors"
  std::int64_t statement_timeout_ms = 30'000;
  lineage_memory_ptr seen = nullptr;  // R18; null: any server of the dsn will do
};

struct monitor_added {
  enum class verdict : std::uint8_t { added, no_account, too_many };
  verdict ended = verdict::added;  // also where the account has an equal one
  balance_monitor monitor;
};

struct monitor_counts {
  std::int64_t met = 0;
  std::int64_t unmet = 0;
};

class balance_monitors {
 public:
  explicit balance_monitors(balance_monitors_options options);
  ~balance_monitors();

  /// Adds one and judges it at once, by the stored balance. Unavailable: it may have been added,
  /// and asking again is safe.
  [[nodiscard]] outcome<monitor_added> add(const balance_monitor& wanted, const std::string& by);
  /// Nothing: there never was one of this id. Removing again changes nothing.
  [[nodiscard]] outcome<std::optional<balance_monitor>> remove(std::int64_t id,
                                                               const std::string& by);
  [[nodiscard]] outcome<std::optional<balance_monitor>> find(std::int64_t id);
  /// Those with ids above `after`, by id; of all accounts where `account` is zero.
  [[nodiscard]] outcome<std::vector<balance_monitor>> list(account_number account,
                                                           std::int64_t after, std::uint32_t limit);
  /// Events with numbers above `after`, by number: a reader that goes on from the last one misses
  /// none.
  [[nodiscard]] outcome<std::vector<monitor_event>> events(std::int64_t monitor, std::int32_t after,
                                                           std::uint32_t limit);
  [[nodiscard]] outcome<monitor_counts> count();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
