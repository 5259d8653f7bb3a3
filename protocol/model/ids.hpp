// Strong types for every identity in the system: a shard is not an index, a ticket is not a time.
// Nothing here allocates, and nothing links anything.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace suanpan {

/// Shards per ledger are a power of two up to this; an account number has room for that many.
inline constexpr std::uint32_t shards_max = 1024;

/// A slice of the ledger that is owned, recovered and moved as one. 0 … shards−1.
struct shard_id {
  std::uint16_t value = 0;
  auto operator<=>(const shard_id&) const = default;
};

/// Names an account for ever. Positive; the low 10 bits are its shard, the rest a sequence
/// within the shard that begins at 1, so 0 is never an account.
struct account_number {
  std::int64_t value = 0;
  auto operator<=>(const account_number&) const = default;

  [[nodiscard]] constexpr shard_id shard() const noexcept {
    return {static_cast<std::uint16_t>(value & (shards_max - 1))};
  }
  [[nodiscard]] constexpr std::int64_t sequence() const noexcept { return value / shards_max; }
  [[nodiscard]] static constexpr account_number make(shard_id shard,
                                                     std::int64_t sequence) noexcept {
    return {sequence * shards_max + shard.value};
  }
};

/// The ledger's order and its time: a hybrid logical clock in Unix microseconds (R3).
/// Strictly growing per node, and at a take-over above everything that the shard holds.
struct ticket {
  std::int64_t micros = 0;
  auto operator<=>(const ticket&) const = default;
};

/// Grows by one with each take-over of a shard; a commit with an old one is refused (R16).
struct epoch {
  std::int64_t value = 0;
  auto operator<=>(const epoch&) const = default;
};

/// Counts the database sessions of this node; messages of an earlier one are dropped (R9).
struct incarnation {
  std::uint64_t value = 0;
  auto operator<=>(const incarnation&) const = default;
};

/// The caller's idempotency key: 16 bytes whose first 48 bits are Unix milliseconds,
/// big-endian, as in UUIDv7 (RFC 9562) and ULID (R6).
struct transfer_id {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const transfer_id&) const = default;

  [[nodiscard]] constexpr std::int64_t unix_millis() const noexcept {
    std::int64_t millis = 0;
    for (std::size_t i = 0; i < 6; ++i) millis = millis << 8 | bytes[i];
    return millis;
  }
  /// The smallest id of a millisecond: the lower bound of a partition or a search.
  [[nodiscard]] static constexpr transfer_id first_of(std::int64_t unix_millis) noexcept {
    transfer_id id;
    for (std::size_t i = 0; i < 6; ++i)
      id.bytes[i] = static_cast<std::uint8_t>(unix_millis >> (40 - 8 * i));
    return id;
  }

  template <class H>
  friend H AbslHashValue(H h, const transfer_id& id) {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, id.bytes.data(), 8);
    std::memcpy(&low, id.bytes.data() + 8, 8);
    return H::combine(std::move(h), high, low);
  }
};

/// "0190b5c2-7a3e-7cc1-8f00-0123456789ab": lower-case UUID form.
[[nodiscard]] std::string to_string(const transfer_id& id);

/// Reads a UUID (with or without hyphens, 32 hex digits) or a ULID (26 characters of Crockford's
/// base 32). Nothing else.
[[nodiscard]] std::optional<transfer_id> parse_transfer_id(std::string_view text);

template <class H>
H AbslHashValue(H h, account_number number) {
  return H::combine(std::move(h), number.value);
}

}  // namespace suanpan
