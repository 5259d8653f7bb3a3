// One line of a day's file before it becomes text, and the ways in which one goes bad.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/ids.hpp"
#include "tools/bench/random.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace suanpan::bench {

struct day_line {
  std::string id;
  std::string debit_subject;
  std::string debit_owner;
  std::string credit_subject;
  std::string credit_owner;
  std::string currency;
  std::string amount;
  std::string event_code;
  std::string reference;
  std::string memo;

  /// With its line feed; fields quoted where CSV asks for it.
  [[nodiscard]] std::string text() const;
};

inline constexpr std::int64_t day_millis = 86'400'000;

/// A UUIDv7 of this millisecond. `order` (0 … 4,095) sorts ids of one millisecond.
[[nodiscard]] transfer_id make_uuid7(std::int64_t unix_millis, std::uint32_t order,
                                     random_source& from);

/// What spoils a line: the name under which an import rejects it, whether only the ledger can tell,
/// and how a good line becomes such a one.
struct bad_recipe {
  std::string_view reason;
  bool by_ledger;
  std::string (*spoil)(day_line line, const struct bad_context& with);
};
struct bad_context {
  const day_line* booked = nullptr;  // an earlier line that nothing refuses
  std::int64_t unix_millis = 0;      // of the place in the file
  std::string_view merchant_payable;
  std::uint32_t serial = 0;  // counts bad lines
  random_source* from = nullptr;
};

/// All kinds of bad lines, in a fixed order.
[[nodiscard]] std::span<const bad_recipe> bad_recipes();

}  // namespace suanpan::bench
