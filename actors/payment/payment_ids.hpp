// Ids of payments: time first, then the shard, then chance. Pure.
#pragma once

#include "protocol/model/ids.hpp"
#include "protocol/model/payment.hpp"

#include <cstdint>

namespace suanpan {

/// `state`: of a splitmix64 sequence; moves on. 64 random bits a millisecond and shard.
[[nodiscard]] inline payment_id next_payment_id(std::int64_t now_micros, shard_id shard,
                                                std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27U) * 0x94D049BB133111EBULL;
  z ^= z >> 31U;
  payment_id id{transfer_id::first_of(now_micros / 1'000).bytes};
  id.bytes[6] = static_cast<std::uint8_t>(shard.value >> 8U);
  id.bytes[7] = static_cast<std::uint8_t>(shard.value);
  for (std::size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(z >> (8 * i));
  return id;
}

}  // namespace suanpan
