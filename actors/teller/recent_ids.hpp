// The ids that the teller knows without asking the database: those in flight, and the recent ones,
// of which the set is complete from a known id time on (R4). Bounded: when it outgrows its bound,
// whole slices of id time are forgotten, oldest first, and the bound of completeness moves up. Not
// thread-safe; the teller owns it.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/result.hpp"

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <limits>
#include <map>

namespace suanpan {

/// What is known of an id. `result` none: in flight, its fate is not known yet.
struct known_id {
  std::uint64_t content = 0;  // hash of the whole request; equal content has an equal hash
  ticket at;
  item_result result = item_result::none;
};

class recent_ids {
 public:
  static constexpr std::int64_t slice_millis = 100;

  explicit recent_ids(std::size_t bound) : bound_(bound) {}

  /// Forgets everything; complete again from `since_millis` of id time on (inclusive).
  void reset(std::int64_t since_millis);
  /// Every durable id with a time ≥ this is known here.
  [[nodiscard]] std::int64_t complete_since_millis() const noexcept {
    return complete_since_millis_;
  }
  /// More ids of other shards came along whose set is complete from a later time only.
  void raise_completeness(std::int64_t since_millis);

  struct claim_result {
    known_id* entry = nullptr;  // valid until the next call
    bool fresh = false;         // it was not known; now it is in flight
  };
  /// Looks the id up, and claims it as in flight if it is not known.
  claim_result claim(const transfer_id& id, std::uint64_t content);
  /// It will be claimed soon.
  void fetch_ahead(const transfer_id& id) const {
    if (last_slice_ != nullptr && slice_of(id) == last_time_) last_slice_->prefetch(id);
  }
  [[nodiscard]] const known_id* find(const transfer_id& id) const;
  /// The fate of a claimed id is durable: keep it if its time is in the complete range, else forget
  /// it.
  void resolve(const transfer_id& id, ticket at, item_result result);
  /// Recovery knows of a durable id.
  void load(const transfer_id& id, const known_id& fate);
  /// The index knows of a durable id: keep it if its time is in the complete range, else forget it.
  void learn(const transfer_id& id, const known_id& fate);
  /// Nothing came of it (unavailable, or judged from the id alone).
  void forget(const transfer_id& id);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  using slice = absl::flat_hash_map<transfer_id, known_id>;

  [[nodiscard]] static std::int64_t slice_of(const transfer_id& id) noexcept {
    return id.unix_millis() / slice_millis;
  }
  slice& slice_at(std::int64_t time);
  void shrink();

  std::size_t bound_;
  std::size_t size_ = 0;
  std::int64_t complete_since_millis_ = 0;
  std::map<std::int64_t, slice> by_time_;
  std::int64_t last_time_ = std::numeric_limits<std::int64_t>::min();  // most items share a slice
  slice* last_slice_ = nullptr;
};

}  // namespace suanpan
