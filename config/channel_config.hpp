// A bank channel as it is configured: one [[channel]] table of the file that payments.channels
// names. Units are in the names. channel_settings.cpp lists each key once more with its bounds and
// one sentence.
#pragma once

#include "protocol/model/channel_answer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::config {

/// Why no synchronous timeout may be longer: nothing is held for long (DESIGN 5).
inline constexpr std::int64_t timeout_ceiling_ms = 30'000;

/// Requests that share a bound: so many at the bank at once, so many waiting, so much time each,
/// from the moment at which the lane took it to its answer.
struct lane_config {
  std::int64_t concurrency = 32;
  std::int64_t queue = 256;
  std::int64_t timeout_ms = 5'000;
};

/// So many failures in a row within the window and a lane asks nobody for a while; then one request
/// tries.
struct breaker_config {
  std::int64_t failures = 20;
  std::int64_t window_ms = 10'000;
  std::int64_t open_ms = 5'000;
};

struct channel_config {
  channel_name name;
  std::string adapter = "bank_http";
  std::string url;  // "https://bank.example.org:8443", without a path
  std::string merchant_at_bank;
  std::string secret_file;  // or SUANPAN_CHANNEL_SECRET_<NAME>
  std::string secret;       // after loading. Secret
  std::vector<payment_kind> products;
  std::vector<currency> currencies;
  minor_units amount_least{1};
  minor_units amount_most{100'000'000};
  std::int64_t priority = 100;  // the smallest is asked first
  lane_config fast;
  lane_config slow;
  std::vector<channel_operation> slow_operations = {
      channel_operation::refund, channel_operation::payout, channel_operation::query,
      channel_operation::bind, channel_operation::unbind};
  bool dedupes = false;
  bool not_found_final = false;
  std::int64_t settling_ms = 0;
  bool callbacks = true;
  bool refunds = true;
  bool binds = true;
  std::int64_t connect_timeout_ms = 1'000;
  std::int64_t skew_s = 300;
  std::int64_t rate_per_second = 0;  // 0: no limit
  std::int64_t burst = 100;
  breaker_config breaker;
};

}  // namespace suanpan::config
