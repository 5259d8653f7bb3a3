#include "protocol/model/hold.hpp"

namespace suanpan {
namespace {

// FNV-1a, 64 bit: the ids are part of the data format, so the hash can never change.
constexpr std::uint64_t fnv1a(std::uint64_t basis, const transfer_id& id) noexcept {
  for (const auto byte : id.bytes) basis = (basis ^ byte) * 0x100000001b3ULL;
  return basis;
}

}  // namespace

transfer_id expiry_void_id(const transfer_id& hold, std::int64_t expires_at_micros) noexcept {
  auto id = transfer_id::first_of(expires_at_micros / 1000);
  auto high = fnv1a(0xcbf29ce484222325ULL, hold);
  const auto low = fnv1a(high, hold);
  for (std::size_t i = 6; i < 8; ++i, high >>= 8) id.bytes[i] = static_cast<std::uint8_t>(high);
  for (std::size_t i = 8; i < 16; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(low >> (8 * (i - 8)));
  // RFC 9562, version 8: what a vendor makes up for itself.
  id.bytes[6] = static_cast<std::uint8_t>(0x80 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace suanpan
