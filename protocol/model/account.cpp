// Where an owner's accounts live. Both functions are part of the data format: account numbers that
// exist were given by them.
#include "protocol/model/account.hpp"

namespace suanpan {
namespace {

constexpr std::uint64_t fnv_offset_basis = 14'695'981'039'346'656'037ULL;
constexpr std::uint64_t fnv_prime = 1'099'511'628'211ULL;

constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
  std::uint64_t hash = fnv_offset_basis;
  for (const char byte : text) {
    hash ^= static_cast<std::uint8_t>(byte);
    hash *= fnv_prime;
  }
  return hash;
}
static_assert(fnv1a("a") == 0xaf63dc4c8601ec8cULL);  // from the published test vectors

}  // namespace

bool is_per_shard_owner(std::string_view owner) noexcept {
  return owner == "internal" || owner.starts_with("channel:");
}

shard_id shard_of_owner(std::string_view owner, std::uint32_t shards) noexcept {
  const std::uint64_t hash = fnv1a(owner);
  // The low bits of FNV-1a depend on little of the text; folding lets the high half take part.
  const auto folded = static_cast<std::uint32_t>(hash ^ (hash >> 32));
  return {static_cast<std::uint16_t>(folded % shards)};
}

}  // namespace suanpan
