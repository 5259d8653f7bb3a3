// Load of quick-pay orders on one merchant, complete ones: created, paid at the bank, booked, and
// the merchant told. An order counts when its notification arrived, so nothing is left for later.
#pragma once

#include "tools/bench/histogram.hpp"
#include "tools/orders/merchant_client.hpp"
#include "tools/orders/webhook_receiver.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::bench {

struct payments_options {
  std::string endpoint;      // of a node or a relay
  std::string bank_address;  // of the bank simulator
  std::uint32_t in_flight = 256;
  std::uint32_t connections = 4;
  std::uint32_t rate = 0;  // orders a second, evenly; 0: as fast as answers come
  std::uint32_t seconds = 8;
  std::uint32_t warmup_seconds = 2;
  std::int64_t node_pid = 0;  // of what is measured; 0: not told
  std::int64_t bank_pid = 0;
  std::string dsn;  // empty: no figures of PostgreSQL
};

/// Of the payouts into silence that went beside it.
struct silent_figures {
  std::uint64_t unknown = 0;
  std::uint64_t others = 0;  // turned back
};

struct payments_measurement {
  std::uint64_t complete = 0;     // notifications verified while counting
  std::uint64_t answered = 0;     // calls answered SUCCEEDED while counting
  std::uint64_t others = 0;       // calls that ended in any other way, in the whole run
  std::string failure;            // the first of them
  std::int64_t micros = 0;        // while counting
  std::int64_t drain_micros = 0;  // from the last answer until every merchant was told
  histogram latency_micros;       // of calls, while counting
  std::uint64_t untold = 0;       // succeeded, and no notification came
  std::optional<silent_figures> silent;
  // CPU while counting; nothing where the process is not to be seen.
  std::int64_t client_cpu = 0;
  std::optional<std::int64_t> node_cpu;
  std::optional<std::int64_t> bank_cpu;
  std::optional<std::int64_t> postgres_cpu;

  [[nodiscard]] std::int64_t orders_per_second() const {
    return micros > 0 ? static_cast<std::int64_t>(complete) * 1'000'000 / micros : 0;
  }
};

/// `sells`: registered, with a key; `card`: what all orders are paid with. Blocks.
[[nodiscard]] payments_measurement measure_payments(const payments_options& options,
                                                    orders::merchant_client& sells,
                                                    const card_id& card,
                                                    orders::webhook_receiver& told);

/// The same orders by row locks in SQL, through the same bank: an order row, then two transactions
/// with `select … for update` on the transit and the merchant's account, then the notification.
/// Threads are its clients. Throws std::runtime_error.
struct row_lock_options {
  std::string dsn;
  std::string bank_address;
  int clients = 8;
  std::uint32_t seconds = 8;
  std::uint32_t warmup_seconds = 1;
};
[[nodiscard]] payments_measurement measure_row_locks(const row_lock_options& options,
                                                     orders::webhook_receiver& told,
                                                     const std::string& webhook_secret);

}  // namespace suanpan::bench
