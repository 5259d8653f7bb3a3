// What a load consists of: which accounts each transfer of a message names, and of what kind it is.
#pragma once

#include "suanpan/v1/ledger.pb.h"
#include "tools/bench/random.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace suanpan::bench {

enum class load_pattern : std::uint8_t {
  uniform,   // debit and credit drawn evenly from all accounts
  hot,       // every credit goes to one account
  two_way,   // orders: payer to transit, transit to merchant; one in twenty a refund, the other way
  zipf,      // both sides drawn by popularity
  holds,     // a message of holds, and once it is answered one that captures them
  vouchers,  // three linked legs: payer to transit, transit to merchant, transit to fee income
};

/// "two-way" and the like, as on the command line.
[[nodiscard]] std::string_view name_of(load_pattern pattern);
/// The pattern of a name that name_of gives; uniform for others.
[[nodiscard]] load_pattern pattern_named(std::string_view name);

/// Ranks 0 … size−1 of which rank k is drawn in proportion to 1 / (k + 1)^skew. Floating point: for
/// loads only, never for what must be the same on every machine.
class zipf_ranks {
 public:
  zipf_ranks(std::uint32_t size, double skew);
  [[nodiscard]] std::uint32_t draw(random_source& from) const;

 private:
  std::vector<double> below_;  // cumulated, the last is 1
};

/// Writes kinds, accounts and amounts into messages. One thread's.
class pattern_writer {
 public:
  /// `accounts` outlives it; at least 4. The first is the hot one, or transit; the second the
  /// merchant of two-way, and of vouchers fee income.
  pattern_writer(load_pattern pattern, double skew, std::span<const std::int64_t> accounts,
                 std::uint64_t seed);

  /// All items of the message; their ids are still those of its last use. A message of holds
  /// becomes one of captures, so it must have been answered.
  void write(suanpan::v1::PostTransfersRequest& message);

 private:
  using item = suanpan::v1::Transfer;

  void write_plain(item& to);
  void write_order(item& to);
  void write_hold(item& to);
  void write_voucher(item& to, std::uint32_t leg, bool last);
  void fill(item& to, std::uint32_t debit, std::uint32_t credit, std::int64_t amount);
  [[nodiscard]] std::uint32_t other_than(std::uint32_t index);
  [[nodiscard]] std::uint32_t draw_payer();

  load_pattern pattern_;
  std::span<const std::int64_t> accounts_;
  random_source random_;
  zipf_ranks ranks_;
  // The order or voucher that is being written.
  std::uint32_t payer_ = 0;
  std::uint32_t merchant_ = 0;
  std::int64_t amount_ = 0;
  bool refund_ = false;
  bool half_done_ = false;  // of two-way: its second transfer comes
};

}  // namespace suanpan::bench
