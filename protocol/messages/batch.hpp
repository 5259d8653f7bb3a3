// The unit that flows through the node: the items that gathered while earlier ones were in flight,
// under one ticket, their legs linked by account. The teller fills it; then it is immutable for the
// accounts but for each leg's own verdict slot; then the teller settles every entry; then the
// journal reads it.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/records.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace suanpan {

/// What one account says of its leg.
enum class verdict : std::uint8_t {
  undecided,
  accepted,  // holds whatever becomes of every earlier item that is not yet durable (R1)
  refused,   // fails whatever becomes of them; `reason` says why
  deferred,  // neither: depends on items that are not yet durable; `reason` is the least possible
             // one
  unavailable,  // the account failed; nothing can be said (R11)
};

inline constexpr std::uint32_t no_leg = std::numeric_limits<std::uint32_t>::max();

/// The entries of a voucher stand together, in the caller's order, in one batch.
/// Leg 2·e is the debit of entry e, leg 2·e+1 its credit. `next` chains an account's legs in index
/// order.
struct leg {
  std::uint32_t next = no_leg;
  verdict said = verdict::undecided;
  item_result reason = item_result::none;
};

/// One item of a caller, at its place in the batch.
struct entry {
  posting_request* request = nullptr;      // kept alive by batch::requests
  std::uint32_t item = 0;                  // index in the request
  std::uint16_t rounds = 0;                // how often it was deferred before this batch
  bool expected = false;                   // its accounts count it as one to come (R26)
  item_result result = item_result::none;  // the final verdict; set by the teller
  const transfer* what = nullptr;
  std::uint64_t arrival = 0;  // its place among all items that came to this teller
  std::uint32_t unit = 0;     // first entry of its voucher; its own index where it stands alone
  std::uint32_t unit_size = 1;
};

/// Whether the item has a row once its batch is durable. A booking's refusal has none: the same id
/// is then booked elsewhere (R22).
[[nodiscard]] inline bool leaves_row(const entry& e) {
  return is_booked(e.result) || (is_recorded(e.result) && !e.request->refusals_unrecorded);
}

/// An account to be opened by this batch.
struct batch_opening {
  opening_request_ptr request;
  std::uint32_t item = 0;
  account_row row;
  opening_result result = opening_result::none;
};

/// A change of an account, judged after all entries of the batch.
struct batch_change {
  account_change_ptr request;
  change_result result = change_result::none;  // set by the account
  account_terms terms = {};                    // likewise: what they are then
  bool writes = false;                         // likewise: they were others before
};

/// What of a batch is written or refused as one.
enum class row_kind : std::uint8_t { unit, opening, change };

struct batch {
  ticket at;
  incarnation session;
  accounting_date date;
  std::vector<entry> entries;
  std::vector<leg> legs;
  std::vector<batch_opening> openings;
  std::vector<batch_change> changes;
  std::vector<posting_request_ptr> requests;
  bool about_holds = false;  // an entry makes a hold or ends one
  /// By leg, where an entry is balancing: the most that the account accepts; once it was ruled what
  /// is moved. Each account writes those of its own legs. Empty: no entry is.
  std::vector<minor_units> most;
  std::vector<shard_id> shards;  // every shard with a leg or an opening; sorted, distinct

  /// Accounts that have not decided yet. The last one to answer tells the teller.
  std::atomic<std::uint32_t> accounts_open{0};

  [[nodiscard]] const transfer& what_of(std::uint32_t leg_index) const {
    return *entries[leg_index / 2].what;
  }
  /// Of a balancing entry that was booked; else 0.
  [[nodiscard]] minor_units moved_by(std::uint32_t e) const {
    if (most.empty() || !is_balancing(entries[e].what->kind)) return {};
    return is_booked(entries[e].result) ? most[2 * e] : minor_units{};
  }
  /// The id by which accounts know the unit of a leg: that of its first item.
  [[nodiscard]] const transfer_id& unit_of(std::uint32_t leg_index) const {
    return entries[entries[leg_index / 2].unit].what->id;
  }
  [[nodiscard]] static constexpr leg_side side_of(std::uint32_t leg_index) {
    return static_cast<leg_side>(leg_index & 1U);
  }
  /// Whether the database knows of its ticket, once it was committed: something of it has a row.
  /// Precondition: what the database refused has its result.
  [[nodiscard]] bool left_rows() const {
    return std::ranges::any_of(entries, [](const entry& e) { return leaves_row(e); }) ||
           std::ranges::any_of(
               openings, [](const batch_opening& o) { return o.result == opening_result::none; }) ||
           std::ranges::any_of(changes, &batch_change::writes);
  }
};
using batch_ptr = std::shared_ptr<batch>;

}  // namespace suanpan
