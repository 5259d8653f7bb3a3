#include "actors/registry/registry_words.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <span>

namespace suanpan {
namespace {

constexpr std::size_t key_random_bytes = 32;
constexpr std::size_t key_id_random_bytes = 8;
constexpr std::string_view payment_prefix = "pay_";
constexpr std::string_view card_prefix = "card_";

using byte_span = std::span<const std::uint8_t>;

std::string hex_of(byte_span bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

/// Base 64 for URLs, without padding (RFC 4648, 5).
std::string base64url_of(byte_span bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const auto byte : bytes) {
    bits = bits << 8U | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += digits[bits >> held & 63U];
    }
  }
  if (held > 0) text += digits[bits << (6 - held) & 63U];
  return text;
}

std::array<std::uint8_t, 32> sha256(std::string_view text) {
  std::array<std::uint8_t, 32> digest{};
  unsigned length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return digest;
}

}  // namespace

std::optional<fresh_key> make_key(bool test) {
  std::array<std::uint8_t, key_random_bytes> key{};
  std::array<std::uint8_t, key_id_random_bytes> id{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1 ||
      RAND_bytes(id.data(), static_cast<int>(id.size())) != 1)
    return std::nullopt;
  fresh_key made;
  made.key = (test ? "sk_test_" : "sk_live_") + base64url_of(key);
  made.key_id = "k_" + hex_of(id);
  made.sha256_hex = hex_of(sha256(made.key));
  OPENSSL_cleanse(key.data(), key.size());
  return made;
}

card_id card_of_request(const merchant_id& merchant, std::string_view request_id) {
  std::string content = "card/" + merchant.value + "/";  // no merchant's id has a slash
  content += request_id;
  const auto digest = sha256(content);
  payment_id bytes;
  std::copy_n(digest.begin(), bytes.bytes.size(), bytes.bytes.begin());
  return {std::string(card_prefix) + to_string(bytes).substr(payment_prefix.size())};
}

channel_reference reference_of(const card_id& card) {
  return {"bind_" + card.value.substr(card_prefix.size())};
}

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace suanpan
