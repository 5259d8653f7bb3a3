// Webhooks as Standard Webhooks 1.0.0 has them: exact header names, secrets, and the signature that
// a receiver verifies. HMAC-SHA256 over "id.timestamp.body"; during a rotation one signature of
// each secret stands in the header, separated by a space, and one that verifies is enough.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace suanpan::webhook {

inline constexpr std::string_view id_header = "webhook-id";                // the same on every try
inline constexpr std::string_view timestamp_header = "webhook-timestamp";  // of the try
inline constexpr std::string_view signature_header = "webhook-signature";

inline constexpr std::string_view secret_prefix = "whsec_";
inline constexpr std::size_t secret_bytes_least = 24;
inline constexpr std::size_t secret_bytes_most = 64;
inline constexpr std::size_t secret_bytes_made = 32;
/// How far a timestamp may be from the receiver's clock, in either direction.
inline constexpr std::int64_t tolerance_s = 300;

/// A new "whsec_…" of `secret_bytes_made` random bytes. Nothing: the system has no randomness.
[[nodiscard]] std::optional<std::string> make_secret();

/// The key that a secret stands for. Nothing: not "whsec_" and base64 of 24 … 64 bytes.
[[nodiscard]] std::optional<std::string> key_of(std::string_view secret);

/// What is signed. Borrowed.
struct signed_event {
  std::string_view id;
  std::int64_t timestamp_s = 0;  // Unix seconds, of the try
  std::string_view body;
};

/// "v1,<base64>", one for each secret that is one, in their order. Empty: none is.
[[nodiscard]] std::string sign(const signed_event& event, std::span<const std::string> secrets);

/// What a receiver got: header values as they came, and the body byte by byte.
struct received_event {
  std::string_view id;
  std::string_view timestamp;
  std::string_view signature;
  std::string_view body;
};

enum class verdict : std::uint8_t {
  authentic,
  malformed,  // a header is missing or is no such thing
  too_old,    // beyond the tolerance: perhaps a replay
  too_new,
  forged,  // no signature is of any of the secrets
};

/// For receivers and tests. Compares in constant time.
[[nodiscard]] verdict verify(const received_event& event, std::span<const std::string> secrets,
                             std::int64_t now_s);

}  // namespace suanpan::webhook
