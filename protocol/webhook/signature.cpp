#include "protocol/webhook/signature.hpp"

#include "protocol/webhook/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>

namespace suanpan::webhook {
namespace {

constexpr std::string_view version_prefix = "v1,";

std::string mac_of(const signed_event& event, std::string_view key) {
  std::string content;
  content.reserve(event.id.size() + event.body.size() + 24);
  content.append(event.id).append(".").append(std::to_string(event.timestamp_s)).append(".");
  content.append(event.body);
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &length);
  mac.resize(length);
  return mac;
}

std::optional<std::int64_t> seconds_in(std::string_view text) {
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, seconds);
  if (fault != std::errc{} || stopped != end || seconds < 0) return std::nullopt;
  return seconds;
}

bool any_is(std::string_view signatures, std::string_view mac) {
  bool found = false;
  while (!signatures.empty()) {
    const auto one = signatures.substr(0, signatures.find(' '));
    signatures.remove_prefix(std::min(signatures.size(), one.size() + 1));
    if (!one.starts_with(version_prefix)) continue;
    const auto told = bytes_of_base64(one.substr(version_prefix.size()));
    if (told && told->size() == mac.size() &&
        CRYPTO_memcmp(told->data(), mac.data(), mac.size()) == 0)
      found = true;
  }
  return found;
}

}  // namespace

std::optional<std::string> make_secret() {
  std::string bytes(secret_bytes_made, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1)
    return std::nullopt;
  auto secret = std::string(secret_prefix) + base64_of(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return secret;
}

std::optional<std::string> key_of(std::string_view secret) {
  if (!secret.starts_with(secret_prefix)) return std::nullopt;
  auto key = bytes_of_base64(secret.substr(secret_prefix.size()));
  if (!key || key->size() < secret_bytes_least || key->size() > secret_bytes_most)
    return std::nullopt;
  return key;
}

std::string sign(const signed_event& event, std::span<const std::string> secrets) {
  std::string signatures;
  for (const auto& secret : secrets) {
    const auto key = key_of(secret);
    if (!key) continue;
    if (!signatures.empty()) signatures += ' ';
    signatures.append(version_prefix).append(base64_of(mac_of(event, *key)));
  }
  return signatures;
}

verdict verify(const received_event& event, std::span<const std::string> secrets,
               std::int64_t now_s) {
  const auto timestamp = seconds_in(event.timestamp);
  if (!timestamp || event.id.empty() || event.signature.empty()) return verdict::malformed;
  if (*timestamp < now_s - tolerance_s) return verdict::too_old;
  if (*timestamp > now_s + tolerance_s) return verdict::too_new;
  bool authentic = false;
  for (const auto& secret : secrets) {
    const auto key = key_of(secret);
    if (key && any_is(event.signature, mac_of({event.id, *timestamp, event.body}, *key)))
      authentic = true;
  }
  return authentic ? verdict::authentic : verdict::forged;
}

}  // namespace suanpan::webhook
