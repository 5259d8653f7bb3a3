// Who calls: the keys that are valid, by their SHA-256, as last read from the database. A key that
// is not on the ring makes it read again, at most once in a while, and the call waits for that; so
// a key works at once after it was made, and a flood of wrong keys costs the database nothing.
//
// Look-ups compare hashes by hash table: how long that takes tells nothing about a key, since
// nobody can choose the SHA-256 of a guess; a constant-time comparison would add nothing.
#pragma once

#include "actors/endpoint/admission.hpp"
#include "storage/keys.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace suanpan::endpoint {

/// A caller, known.
struct principal {
  std::string key_id;  // safe to log; "dev" without a key in --dev
  storage::role as = storage::role::operator_;
  std::string merchant;
  bool revoked = false;
  workload_ptr load = std::make_shared<workload>();
};
using principal_ptr = std::shared_ptr<const principal>;

using key_hash = std::array<std::uint8_t, 32>;

/// SHA-256 of the whole key.
[[nodiscard]] key_hash hash_of_key(std::string_view key) noexcept;

/// "sk_live_…" or "sk_test_…", of letters, digits and _, at most 128 characters.
[[nodiscard]] bool looks_like_key(std::string_view key) noexcept;

class key_ring {
 public:
  using loader = std::function<storage::outcome<std::vector<storage::api_key_row>>()>;
  /// Called once, with the principal or, if there is none, whether the keys could be read.
  using waiter = std::function<void(principal_ptr, bool keys_read)>;

  /// `load` blocks; it is called on the thread that calls refresh(). Empty: nobody has a key.
  explicit key_ring(loader load) : load_(std::move(load)) {}

  /// Null if the ring doesn't hold it.
  [[nodiscard]] principal_ptr find(const key_hash& hash) const;

  /// Parks a call whose key is not on the ring until the keys are read again. False: too many wait.
  [[nodiscard]] bool wait_for(const key_hash& hash, waiter then);
  [[nodiscard]] bool anyone_waits() const;

  /// Reads the keys and answers everybody who waited before. Blocks; one thread only. A failure
  /// keeps the keys that are known: nothing can be booked then anyway.
  void refresh();

 private:
  struct hasher {
    std::size_t operator()(const key_hash& hash) const noexcept;
  };
  using table = std::unordered_map<key_hash, principal_ptr, hasher>;
  struct parked {
    key_hash hash;
    waiter then;
  };

  [[nodiscard]] std::shared_ptr<const table> build(
      const std::vector<storage::api_key_row>& rows) const;

  loader load_;
  mutable std::mutex guard_;
  std::shared_ptr<const table> keys_ = std::make_shared<table>();
  std::vector<parked> waiting_;
};

}  // namespace suanpan::endpoint
