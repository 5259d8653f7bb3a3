// Keys of an operator, an auditor and two merchants, for a node in --dev: without TLS, but who
// shows a key is who it says.
#pragma once

#include "actors/endpoint/key_ring.hpp"
#include "tests/endpoint/served.hpp"

#include <string>
#include <vector>

namespace suanpan::testing {

inline const std::string operator_key = "sk_live_operator0123456789";
inline const std::string auditor_key = "sk_live_auditor0123456789";
inline const std::string own_key = "sk_live_merchantM0010123456789";
inline const std::string other_key = "sk_live_merchantM0020123456789";

[[nodiscard]] inline storage::api_key_row key_row(const std::string& key, storage::role role,
                                                  const std::string& merchant = {}) {
  storage::api_key_row row;
  row.key_id = "k_" + key.substr(8, 4);
  row.as = role;
  row.merchant = merchant;
  for (const auto byte : endpoint::hash_of_key(key)) {
    constexpr char digits[] = "0123456789abcdef";
    row.sha256 += digits[byte >> 4];
    row.sha256 += digits[byte & 15];
  }
  return row;
}

[[nodiscard]] inline endpoint::key_ring::loader some_keys() {
  return []() -> storage::outcome<std::vector<storage::api_key_row>> {
    return std::vector{key_row(operator_key, storage::role::operator_),
                       key_row(auditor_key, storage::role::auditor),
                       key_row(own_key, storage::role::merchant, "M001"),
                       key_row(other_key, storage::role::merchant, "M002")};
  };
}

/// A bounded context with a key.
struct keyed_context : bounded_context {
  explicit keyed_context(const std::string& key) {
    if (!key.empty()) AddMetadata("authorization", "Bearer " + key);
  }
};

}  // namespace suanpan::testing
