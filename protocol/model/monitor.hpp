// Conditions on the balances of accounts, and when they began and ceased to hold.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"

#include <cstdint>
#include <string>

namespace suanpan {

inline constexpr std::size_t monitor_note_bytes_max = 256;
inline constexpr std::int32_t monitors_of_account_max = 16;

/// Stored as it is.
enum class monitor_bound : std::int16_t { below = 1, above = 2 };

/// Judged at each checkpoint of the account, about every ten seconds while it moves.
struct balance_monitor {
  std::int64_t id = 0;
  account_number account;
  monitor_bound bound = monitor_bound::below;
  std::int64_t amount = 0;  // minor units, on the account's normal side; may be negative
  std::string note;
  currency ccy;
  bool removed = false;
  std::int32_t events = 0;
  bool met = false;  // by its last event
};

struct monitor_event {
  std::int64_t monitor = 0;
  std::int32_t number = 0;  // from 1, without gaps
  bool met = false;
  ticket at;           // the balance has everything up to it
  int128 balance = 0;  // minor units, positive on the normal side
  std::int64_t recorded_micros = 0;
};

}  // namespace suanpan
