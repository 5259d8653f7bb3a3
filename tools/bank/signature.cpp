#include "tools/bank/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

namespace suanpan::bank {

std::string hmac_hex(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * std::size_t{length});
  for (unsigned i = 0; i < length; ++i) {
    hex += digits[digest.at(i) >> 4U];
    hex += digits[digest.at(i) & 0x0fU];
  }
  return hex;
}

std::string sign(std::string_view secret, const signed_text& what) {
  std::string text;
  text.reserve(what.timestamp.size() + what.path.size() + what.body.size() + 2);
  text.append(what.timestamp).append("\n").append(what.path).append("\n").append(what.body);
  return hmac_hex(secret, text);
}

bool is_signed(const signed_text& what, std::string_view signature, const verifier& by) {
  std::int64_t at = 0;
  const auto* end = what.timestamp.data() + what.timestamp.size();
  const auto read = std::from_chars(what.timestamp.data(), end, at);
  if (read.ec != std::errc() || read.ptr != end || at < 0) return false;
  const auto off = at > by.now_seconds ? at - by.now_seconds : by.now_seconds - at;
  if (off > timestamp_skew_seconds_max) return false;
  const auto right = sign(by.secret, what);
  return signature.size() == right.size() &&
         CRYPTO_memcmp(signature.data(), right.data(), right.size()) == 0;
}

}  // namespace suanpan::bank
