// What one client of the mixed load asks for next. Pure but for the clock in ids: the same seed
// asks for the same things.
#pragma once

#include "tests/faults/load.hpp"
#include "tests/support/random.hpp"

#include <vector>

namespace suanpan::faults {

class item_source {
 public:
  item_source(const load_world& world, std::uint64_t seed) : world_(world), random_(seed) {}

  /// A new item: mostly money that moves, some of it in vain, some items wrong in themselves.
  [[nodiscard]] item next();
  /// The same id with one field changed.
  [[nodiscard]] item altered(item what);
  [[nodiscard]] samples::random_source& random() { return random_; }

 private:
  [[nodiscard]] std::int64_t user();
  [[nodiscard]] std::int64_t merchant();
  void choose_accounts(item& what);

  const load_world& world_;
  samples::random_source random_;
  std::uint64_t made_ = 0;
};

}  // namespace suanpan::faults
