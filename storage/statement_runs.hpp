// An account's lines in the runs of statements, read in either direction from any place. Internal
// to storage/: it works in the caller's snapshot, and throws.
#pragma once

#include "storage/pqxx_session.hpp"
#include "storage/statement_blocks.hpp"

#include <optional>
#include <vector>

namespace suanpan::storage {

/// A block in first_account, first_ticket, first_idx, data from `column` on; nothing if damaged.
[[nodiscard]] std::optional<unpacked_block> unpack_row(const pqxx::row& row, int column);

using statement_snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read>;

class account_runs {
 public:
  /// Finds in each run where `account`'s lines pass `place`: one block a run.
  account_runs(statement_snapshot& in, account_number account, line_position place);

  /// Sums of all lines below the place.
  [[nodiscard]] const account_totals& below() const noexcept { return below_; }
  /// The first lines at the place or above, oldest first; at most `most`, all below `end`.
  [[nodiscard]] std::vector<statement_entry> upwards(std::size_t most, line_position end);
  /// The last lines below the place, newest first; at most `most`, none below `end`.
  [[nodiscard]] std::vector<statement_entry> downwards(std::size_t most, line_position end);

 private:
  struct run {
    std::int64_t number = 0;
    ticket above;
    ticket upto;
    block_key found;                     // the block that the place is in or behind, if any
    std::vector<statement_entry> lines;  // the account's lines in it
  };

  void take_found(const pqxx::result& rows);
  void read_up(run& in_run, std::vector<statement_entry>& into, std::size_t most);
  void read_down(run& in_run, std::vector<statement_entry>& into, std::size_t most);

  statement_snapshot& in_;
  account_number account_;
  line_position place_;
  std::vector<run> runs_;
  account_totals below_;
};

}  // namespace suanpan::storage
