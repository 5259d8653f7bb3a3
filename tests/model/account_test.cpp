// Owners and their shards, totals and balances.
#include "protocol/model/account.hpp"

#include "protocol/model/clock.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace suanpan;

TEST_CASE("internal and channel owners exist once per shard, others once") {
  for (const auto* owner : {"internal", "channel:icbc", "channel:"}) {
    CAPTURE(owner);
    CHECK(is_per_shard_owner(owner));
  }
  for (const auto* owner : {"", "merchant:M001", "user:42", "channel", "internal:1", "Internal",
                            "internal ", "xchannel:icbc", "CHANNEL:icbc"}) {
    CAPTURE(owner);
    CHECK_FALSE(is_per_shard_owner(owner));
  }
}

TEST_CASE("an owner's shard never changes: numbers that were given are in the rows") {
  // Computed apart from this code: FNV-1a 64, high half xor low half, modulo the shards.
  struct row {
    std::string_view owner;
    std::uint32_t shards;
    std::uint16_t shard;
  };
  const std::vector<row> rows = {
      {"", 64, 1},
      {"internal", 64, 48},
      {"channel:icbc", 64, 9},
      {"merchant:M001", 64, 49},
      {"merchant:M001", 1024, 625},
      {"merchant:M002", 64, 36},
      {"user:42", 64, 38},
      {"user:42", 2, 0},
      {"user:张三", 64, 62},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string(r.owner));
    CHECK(shard_of_owner(r.owner, r.shards).value == r.shard);
  }
}

TEST_CASE("owners spread evenly over the shards") {
  constexpr std::uint32_t shards = 64;
  constexpr int owners = 64'000;
  std::vector<int> per_shard(shards);
  for (int i = 0; i < owners; ++i) {
    ++per_shard[shard_of_owner("merchant:M" + std::to_string(i), shards).value];
  }
  for (const int count : per_shard) {
    CHECK(count > owners / static_cast<int>(shards) * 8 / 10);
    CHECK(count < owners / static_cast<int>(shards) * 12 / 10);
  }
}

TEST_CASE("with fewer shards an owner's shard is the remainder of that with more") {
  for (int i = 0; i < 1'000; ++i) {
    const std::string owner = "user:" + std::to_string(i);
    CHECK(shard_of_owner(owner, 64).value == shard_of_owner(owner, 1'024).value % 64);
    CHECK(shard_of_owner(owner, 1).value == 0);
  }
}

TEST_CASE("a balance stands on the subject's normal side and 64-bit amounts don't overflow it") {
  account_totals totals;
  apply_leg(totals, leg_side::debit, {70});
  apply_leg(totals, leg_side::credit, {100});
  CHECK(balance_of(totals, normal_side::credit) == 30);
  CHECK(balance_of(totals, normal_side::debit) == -30);

  const minor_units largest{std::numeric_limits<std::int64_t>::max()};
  account_totals large;
  for (int i = 0; i < 1'000; ++i) apply_leg(large, leg_side::debit, largest);
  CHECK(balance_of(large, normal_side::debit) == int128{largest.value} * 1'000);
}

TEST_CASE("the machine's clock is past the day this was written") {
  CHECK(system_wall_clock().unix_micros() > 1'700'000'000'000'000);
}
