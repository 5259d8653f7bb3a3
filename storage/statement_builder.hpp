// Builds the runs of statements behind the rows (R15), on a session of its own, for the shards that
// its node owns. Owning is no condition of safety: a round moves suanpan.statement_cover from the
// value it began from, in the transaction that appends its run, so of two builders one loses and
// has done nothing. Blocks while it works; one thread at a time; no exception leaves it.
#pragma once

#include "protocol/model/ids.hpp"
#include "storage/line_rows.hpp"
#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::storage {

struct builder_options {
  std::string dsn;
  lineage_memory_ptr seen = nullptr;  // builds nothing in a database that is not the newest (R18)
  std::string node_name;              // builds the shards that suanpan.shard says are this node's
  std::size_t rows_max = 400'000;     // of a round; a ticket is never cut, so one may be larger
  std::size_t merge_runs = 8;         // so many of a level become one of the next
  std::size_t merge_runs_busy = 32;   // …while rows pour in
  std::size_t block_bytes = 7'900;    // tests make them small
};

/// Rows that the node knows from memory: all those above `above`, and of each shard up to its
/// `upto`, that were written while this node owned it. In order of tickets.
struct fed_rows {
  ticket above;
  std::array<ticket, shards_max> upto{};
  std::vector<line_row> rows;
};

/// What a round did.
struct build_report {
  std::int64_t rows = 0;        // transfers that its run took
  std::int64_t lag_micros = 0;  // by how much settled tickets are ahead of the cover, afterwards
  bool more = false;            // rows that did not fit are waiting
  bool fed = false;             // its rows came from memory
  bool lost = false;            // another builder was first; nothing was done
  bool merged = false;
};

class statement_builder {
 public:
  explicit statement_builder(builder_options options);
  ~statement_builder();

  /// Rows that need not be read. Each call goes on where the one before ended, or says with `above`
  /// from where it knows all.
  void feed(fed_rows more);

  /// One round: reads what is settled above the cover, appends its run, merges runs if there are
  /// enough. With fewer rows than `rows_least` it leaves them where they are, unless the cover lags
  /// by more than `lag_most_micros`.
  [[nodiscard]] outcome<build_report> round(std::size_t rows_least = 0,
                                            std::int64_t lag_most_micros = 0);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
