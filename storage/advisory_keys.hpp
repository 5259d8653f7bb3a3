// First keys of the advisory locks. Part of the protocol between nodes: they can never change.
#pragma once

#include <cstdint>

namespace suanpan::storage {

inline constexpr std::int32_t shard_lock_key = 0x5375616e;      // "Suan"; second key: the shard
inline constexpr std::int32_t migration_lock_key = 0x5375616d;  // "Suam"; second key: 0
inline constexpr std::int32_t partition_lock_key = 0x5375616c;  // "Sual"; second key: 0
inline constexpr std::int32_t day_lock_key = 0x5375616b;        // "Suak"; second key: 0
inline constexpr std::int32_t monitor_lock_key = 0x5375616a;    // "Suaj"; second key: 0

}  // namespace suanpan::storage
