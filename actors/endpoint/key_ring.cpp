#include "actors/endpoint/key_ring.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <utility>

namespace suanpan::endpoint {
namespace {

constexpr std::size_t waiting_max = 1'024;
constexpr std::size_t key_bytes_max = 128;

/// 64 hex digits; false for anything else.
bool read_hash(std::string_view hex, key_hash& out) noexcept {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  if (hex.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

/// One context a thread: making one costs more than the hash.
EVP_MD_CTX* digest_context() {
  struct context {
    EVP_MD_CTX* held = EVP_MD_CTX_new();
    ~context() { EVP_MD_CTX_free(held); }
  };
  thread_local context mine;
  return mine.held;
}

}  // namespace

key_hash hash_of_key(std::string_view key) noexcept {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  key_hash hash{};
  EVP_MD_CTX* const context = digest_context();
  EVP_DigestInit_ex(context, sha256, nullptr);
  EVP_DigestUpdate(context, key.data(), key.size());
  EVP_DigestFinal_ex(context, hash.data(), nullptr);
  return hash;
}

bool looks_like_key(std::string_view key) noexcept {
  if (key.size() > key_bytes_max) return false;
  if (!key.starts_with("sk_live_") && !key.starts_with("sk_test_")) return false;
  for (const char c : key) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
  }
  return true;
}

std::size_t key_ring::hasher::operator()(const key_hash& hash) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

principal_ptr key_ring::find(const key_hash& hash) const {
  std::shared_ptr<const table> keys;
  {
    const std::scoped_lock lock(guard_);
    keys = keys_;
  }
  const auto found = keys->find(hash);
  return found == keys->end() ? nullptr : found->second;
}

bool key_ring::wait_for(const key_hash& hash, waiter then) {
  const std::scoped_lock lock(guard_);
  if (waiting_.size() >= waiting_max) return false;
  waiting_.push_back({hash, std::move(then)});
  return true;
}

bool key_ring::anyone_waits() const {
  const std::scoped_lock lock(guard_);
  return !waiting_.empty();
}

void key_ring::refresh() {
  std::vector<parked> waited;
  {
    // Taken before the read: who arrives during it may have a key made after it.
    const std::scoped_lock lock(guard_);
    waited.swap(waiting_);
  }
  bool read = !load_;
  if (load_) {
    if (auto rows = load_()) {
      auto keys = build(*rows);
      const std::scoped_lock lock(guard_);
      keys_ = std::move(keys);
      read = true;
    }
  }
  for (auto& call : waited) call.then(find(call.hash), read);
}

std::shared_ptr<const key_ring::table> key_ring::build(
    const std::vector<storage::api_key_row>& rows) const {
  auto keys = std::make_shared<table>();
  for (const auto& row : rows) {
    key_hash hash{};
    if (!read_hash(row.sha256, hash)) continue;
    auto known = std::make_shared<principal>();
    known->key_id = row.key_id;
    known->as = row.as;
    known->merchant = row.merchant;
    known->revoked = row.revoked_micros != 0;
    // What is in flight stays counted across refreshes.
    if (const auto before = find(hash)) known->load = before->load;
    keys->emplace(hash, std::move(known));
  }
  return keys;
}

}  // namespace suanpan::endpoint
