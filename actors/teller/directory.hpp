// The accounts that the teller knows: their actors, where their legs of the batch being made are
// linked, and since when no checkpoint covers them. Not thread-safe; the teller owns it.
#pragma once

#include "protocol/messages/batch.hpp"
#include "protocol/model/reversal.hpp"

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <caf/actor.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace suanpan {

/// One item of a request, or a voucher of several that follow each other, while it is not in a
/// batch.
struct item_ref {
  posting_request_ptr request;
  std::uint32_t item = 0;
  std::uint16_t rounds = 0;   // how often it was deferred
  bool claimed = false;       // its id is in flight on its behalf; copies of it wait for its fate
  std::uint64_t arrival = 0;  // its place in the waiting room, should it have to wait
  std::uint32_t size = 1;     // items of the voucher
  bool reversals_judged = false;  // its reversals, by what the rows say of their originals …
  reversal_fault fault = {};      // … and what is wrong with them
  ticket in_doubt_at = {};        // of the batch with which it may have been committed (R9)

  [[nodiscard]] const transfer& what() const { return request->items[item]; }
  [[nodiscard]] std::span<const transfer> whats() const {
    return std::span<const transfer>(request->items).subspan(item, size);
  }
};

struct directory_entry {
  enum class stage : std::uint8_t {
    loading,  // its row was asked for
    opening,  // a batch in flight opens it
    active,   // it has an actor
    absent,   // there is no such account; forgotten as soon as who waited for it is told
  };

  account_number number;
  stage at = stage::loading;
  bool load_again = false;  // opened while its row was being asked for
  bool activating = false;  // its actor was asked for
  bool idle_seen = false;   // second chance before passivation
  caf::actor actor;

  ticket stamp;  // of the batch being made, if it has legs in it
  std::uint32_t first_leg = no_leg;
  std::uint32_t last_leg = no_leg;

  ticket last_touched;
  ticket first_dirty;             // oldest ticket that no checkpoint covers; 0: clean
  std::uint64_t reported_in = 0;  // checkpoint round in which it reported last

  /// Its legs can be judged, or refused for want of it.
  [[nodiscard]] bool resolved() const noexcept {
    return at == stage::active || at == stage::absent;
  }
};

class directory {
 public:
  [[nodiscard]] directory_entry* find(account_number number);
  /// It will be looked for soon.
  void fetch_ahead(account_number number) const { entries_.prefetch(number); }
  directory_entry& make(account_number number, directory_entry::stage at);
  void erase(directory_entry& entry);
  void clear();
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  /// The account has a leg in ticket `at`: dirty from there on, unless it was before.
  void touch(directory_entry& entry, ticket at);
  /// Dirty from `since` on (recovered), or clean (since 0).
  void set_dirty(directory_entry& entry, ticket since);
  /// At most `most` dirty accounts whose first dirty ticket is ≤ settled, oldest first.
  [[nodiscard]] std::vector<directory_entry*> oldest_dirty(std::size_t most, ticket settled);
  /// R13: the oldest first-dirty ticket of the shard − 1, or `settled` with nothing dirty; never
  /// above it.
  [[nodiscard]] ticket position_of(shard_id shard, ticket settled) const;
  /// The oldest first-dirty ticket of all; 0 with nothing dirty.
  [[nodiscard]] ticket oldest_first_dirty() const;

  /// Entries that satisfy a predicate, by number.
  template <class F>
  [[nodiscard]] std::vector<directory_entry*> select(F&& wanted) {
    std::vector<directory_entry*> found;
    for (auto& [number, entry] : entries_)
      if (wanted(*entry)) found.push_back(entry.get());
    std::ranges::sort(found, {}, &directory_entry::number);
    return found;
  }

 private:
  // By number within a ticket, never by address: the simulation replays byte for byte.
  using by_age = absl::btree_set<std::pair<ticket, account_number>>;

  absl::flat_hash_map<account_number, std::unique_ptr<directory_entry>> entries_;
  by_age dirty_;
  absl::flat_hash_map<std::uint16_t, by_age> dirty_of_shard_;
};

}  // namespace suanpan
