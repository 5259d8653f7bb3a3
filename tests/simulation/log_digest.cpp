#include "tests/simulation/log_digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace suanpan::simulation {

struct log_digest::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string block;  // lines gather here: a call a line would cost more than the hash

  state() {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1)
      throw std::runtime_error("no SHA-256");
  }
  ~state() { EVP_MD_CTX_free(context); }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  void flush() {
    if (EVP_DigestUpdate(context, block.data(), block.size()) != 1)
      throw std::runtime_error("SHA-256 failed");
    block.clear();
  }
};

log_digest::log_digest() : state_(std::make_unique<state>()) {}
log_digest::~log_digest() = default;

void log_digest::add(std::string_view line) {
  constexpr std::size_t block_bytes = 1U << 16U;
  state_->block.append(line).push_back('\n');
  if (state_->block.size() >= block_bytes) state_->flush();
}

std::string log_digest::hex() {
  state_->flush();
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_DigestFinal_ex(state_->context, bytes.data(), &length) != 1)
    throw std::runtime_error("SHA-256 failed");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

}  // namespace suanpan::simulation
