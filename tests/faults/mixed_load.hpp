// Random batches of every kind of item between few accounts, from a seed: what a client asks for.
#pragma once

#include "protocol/model/transfer.hpp"
#include "tests/support/random.hpp"

#include <vector>

namespace suanpan::faults {

/// Accounts that meet often: the first may be overdrawn, the others mostly have little; one is
/// kept in another currency.
struct mixed_town {
  std::vector<account_number> accounts;
};

class mixed_items {
 public:
  mixed_items(const mixed_town& town, std::uint64_t seed) : town_(town), chance_(seed) {}

  /// One to six items or vouchers.
  [[nodiscard]] std::vector<transfer> next_batch();
  [[nodiscard]] samples::random_source& chance() { return chance_; }

 private:
  [[nodiscard]] account_number some();
  [[nodiscard]] transfer invent();
  [[nodiscard]] transfer end_hold(transfer fresh);
  [[nodiscard]] transfer reverse(transfer fresh);
  void add_voucher(std::vector<transfer>& into);

  const mixed_town& town_;
  samples::random_source chance_;
  std::vector<transfer> holds_;
  std::vector<transfer> posts_;
};

}  // namespace suanpan::faults
