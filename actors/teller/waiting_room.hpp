// The items that wait between their arrival and the batch that decides them: deferred ones (R1),
// and those that no account could judge yet, because an account has no actor or the id is being
// looked up (R26). Pure: places only, by order of arrival; who the items are, the teller knows.
//
// Every account keeps a line of its undecided items, those under judgement included. A deferred
// item is judged again only when all that are ahead of it in all its lines are decided, or are in
// the same batch ahead of it: for on its return accounts count only what comes again ahead of it,
// which is what makes the oldest decidable. An item that waits for its first judgement needs no
// turn: accounts count everything undecided against it, as against any new item.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/records.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace suanpan {

/// An item's place among all that came to this teller; 1 is the first. A voucher has one place.
using arrival = std::uint64_t;

/// The accounts of an item or voucher, each once.
using unit_accounts = absl::InlinedVector<account_number, 2>;

/// Not thread-safe.
class waiting_room {
 public:
  /// An item that can't be judged yet: those `missing` of its accounts must have an actor first,
  /// and there are `reasons` others; one at least of all. Not in the room.
  void enter(arrival item, const unit_accounts& accounts, const unit_accounts& missing,
             std::uint32_t reasons);
  /// One of its other reasons is gone. Precondition: it waits for one.
  void fulfil(arrival item);
  /// The account has an actor, or there is none such. Nothing, if the item did not wait for that.
  void resolve(arrival item, account_number account);
  /// The item, new or taken from here, was deferred by ticket `at`: it may come again once that has
  /// settled. Tickets ascend from call to call.
  void defer(arrival item, const unit_accounts& accounts, ticket at);
  /// Decided or given up. Unknown items are ignored.
  void leave(arrival item);
  void clear();

  /// Begins a batch; everything up to `settled` is durable.
  void begin_batch(ticket settled);
  /// The next deferred item of this batch, in order of arrival. It stays in its lines until it is
  /// deferred again or leaves.
  [[nodiscard]] std::optional<arrival> take_returning();
  /// The next item of this batch that is to be judged for the first time. Likewise.
  [[nodiscard]] std::optional<arrival> take_first();
  /// Whether a batch might find anything to take.
  [[nodiscard]] bool has_ready(ticket settled) const;

  /// Whether it is here, be it under judgement.
  [[nodiscard]] bool holds(arrival item) const { return places_.contains(item); }
  /// Those that wait at the account, oldest first.
  [[nodiscard]] std::vector<arrival> waiting_at(account_number account) const;
  /// Whether the account has an undecided item.
  [[nodiscard]] bool has_line(account_number account) const { return lines_.contains(account); }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

 private:
  struct place {
    unit_accounts accounts;
    unit_accounts missing;      // why it can't be judged yet …
    std::uint32_t reasons = 0;  // … and how many other reasons there are
    bool judged = false;        // was deferred at least once
    bool away = false;          // its accounts are judging it
  };
  struct line {
    absl::btree_set<arrival> items;
    std::uint64_t batch = 0;  // in which `passed` was taken
    arrival passed = 0;       // all up to it go into that batch
  };

  place& join(arrival item, const unit_accounts& accounts);
  [[nodiscard]] bool waits(arrival item) const;
  void admit_if_free(arrival item, const place& p);
  [[nodiscard]] bool is_next(account_number account, arrival item);
  void pass(account_number account, arrival item);
  void quit(account_number account, arrival item);

  absl::btree_map<arrival, place> places_;
  absl::flat_hash_map<account_number, line> lines_;
  std::deque<std::pair<ticket, arrival>> unsettled_;  // deferred, by ticket
  absl::btree_set<arrival> returning_;                // deferred by a settled ticket
  absl::btree_set<arrival> first_;  // nothing holds them from their first judgement
  std::uint64_t batch_ = 0;
  arrival looked_at_ = 0;  // of `returning_`, in this batch
  std::size_t visited_ = 0;
};

}  // namespace suanpan
