// Which database a node talks to: PostgreSQL's system identifier, made by initdb and kept by every
// replica and restored backup, and the timeline, which grows with each promotion (R18). After a
// fail-over the old primary has the same identifier and a smaller timeline.
#pragma once

#include <cstdint>
#include <string>

namespace suanpan {

/// Default: no database was seen yet.
struct database_lineage {
  std::int64_t system = 0;     // system identifier; 0 = unknown
  std::uint32_t timeline = 0;  // 1 at initdb

  friend bool operator==(const database_lineage&, const database_lineage&) = default;
};

/// What a database is to a node that has seen another, or the same, before.
enum class lineage_verdict : std::uint8_t {
  same,     // as seen
  newer,    // the first at all, or a later timeline of the same system: from now on this is it
  older,    // an earlier timeline of the same system: a primary that was superseded
  foreign,  // another system: another cluster, or a copy of the ledger that no replication made
};

[[nodiscard]] constexpr lineage_verdict judge(const database_lineage& seen,
                                              const database_lineage& found) noexcept {
  if (seen.system == 0) return lineage_verdict::newer;
  if (found.system != seen.system) return lineage_verdict::foreign;
  if (found.timeline < seen.timeline) return lineage_verdict::older;
  return found.timeline == seen.timeline ? lineage_verdict::same : lineage_verdict::newer;
}

/// Whether a node may use a database that is this to it.
[[nodiscard]] constexpr bool may_use(lineage_verdict what) noexcept {
  return what == lineage_verdict::same || what == lineage_verdict::newer;
}

/// "timeline 2 of system 7412345678901234567".
[[nodiscard]] std::string to_string(const database_lineage& which);

/// Why a database may not be used, for a log line; empty where it may.
[[nodiscard]] std::string refusal_of(const database_lineage& seen, const database_lineage& found);

}  // namespace suanpan
