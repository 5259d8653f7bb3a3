// HMAC-SHA256 over what is said between a bank and those who call it; see the protocol in
// README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace suanpan::bank {

inline constexpr std::int64_t timestamp_skew_seconds_max = 300;

/// What a signature is over. `path` is the request target as sent, with its query.
struct signed_text {
  std::string_view timestamp;  // Unix seconds, as the header has it
  std::string_view path;
  std::string_view body;
};

struct verifier {
  std::string_view secret;
  std::int64_t now_seconds = 0;
};

/// 64 digits of lower-case hex.
[[nodiscard]] std::string hmac_hex(std::string_view secret, std::string_view text);
[[nodiscard]] std::string sign(std::string_view secret, const signed_text& what);

/// Whether the signature is right and the timestamp at most 300 seconds off `now_seconds`.
[[nodiscard]] bool is_signed(const signed_text& what, std::string_view signature,
                             const verifier& by);

}  // namespace suanpan::bank
