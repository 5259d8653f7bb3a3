// Words that the registry makes: keys, their ids, ids of cards.
#pragma once

#include "protocol/model/payment.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace suanpan {

/// A merchant's API key. Shown once; only its hash is stored.
struct fresh_key {
  std::string key;         // "sk_live_…" or "sk_test_…", 256 random bits. Secret, never logged
  std::string key_id;      // "k_" and 16 hex digits
  std::string sha256_hex;  // of the whole key
};
/// Nothing: the system has no randomness.
[[nodiscard]] std::optional<fresh_key> make_key(bool test);

/// The card of a binding request: the same for ever, so that a repeated request finds it, also when
/// nobody remembers the first. "card_" and a ULID, of SHA-256(merchant, request_id).
[[nodiscard]] card_id card_of_request(const merchant_id& merchant, std::string_view request_id);
/// Our reference of the binding at the channel; follows from the card.
[[nodiscard]] channel_reference reference_of(const card_id& card);

/// Overwrites a text in memory.
void wipe(std::string& text) noexcept;

}  // namespace suanpan
