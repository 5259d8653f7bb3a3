// What the teller settles, handed to the statement keeper in memory, so that the keeper need not
// read back each row that was just written. Only a shortcut: what it dropped is read from the rows.
// Thread-safe; bounded: beyond `rows_max` it drops what it has.
#pragma once

#include "protocol/messages/batch.hpp"
#include "storage/statement_builder.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace suanpan {

class statement_feed {
 public:
  explicit statement_feed(std::size_t rows_max) : rows_max_(rows_max) {}

  /// A batch has settled; batches come in order of their tickets. `owns` (shard) says whether this
  /// node owns a shard at that moment: of others the feed would not see all rows.
  template <class Owns>
  void offer(const batch_ptr& settled, Owns owns) {
    const std::scoped_lock lock(guard_);
    const bool full = held_.rows.size() + settled->entries.size() > rows_max_;
    if (full || !begun_) {
      held_.above = full ? settled->at : ticket{settled->at.micros - 1};
      held_.rows.clear();
      begun_ = true;
    }
    if (!full) add_rows(*settled);
    for (std::uint16_t s = 0; s < held_.upto.size(); ++s)
      if (owns(shard_id{s})) held_.upto[s] = settled->at;
  }

  /// What came since the last call.
  [[nodiscard]] storage::fed_rows take() {
    const std::scoped_lock lock(guard_);
    storage::fed_rows taken = std::move(held_);
    held_ = {.above = taken.above, .upto = taken.upto, .rows = {}};
    for (const auto at : held_.upto) held_.above = std::max(held_.above, at);
    return taken;
  }

 private:
  // Copied at once: a batch kept would keep its requests.
  void add_rows(const batch& from) {
    for (std::uint32_t i = 0; i < from.entries.size(); ++i) {
      const entry& e = from.entries[i];
      if (e.result != item_result::posted) continue;
      const auto moved = from.moved_by(i);
      held_.rows.push_back({{from.at, static_cast<std::int32_t>(i)},
                            e.what->debit,
                            e.what->credit,
                            moved.value != 0 ? moved : e.what->amount,
                            e.what->id});
    }
  }

  const std::size_t rows_max_;
  std::mutex guard_;
  bool begun_ = false;
  storage::fed_rows held_;
};

}  // namespace suanpan
