// What all calls of the service share: bounds, keys, counters, and where work goes.
#pragma once

#include "actors/endpoint/admission.hpp"
#include "actors/endpoint/key_ring.hpp"
#include "actors/endpoint/open_calls.hpp"
#include "actors/endpoint/red_metrics.hpp"
#include "actors/metrics/metrics.hpp"
#include "config/chart_of_accounts.hpp"
#include "config/node_config.hpp"
#include "protocol/wire/posting.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace suanpan::endpoint {

/// Look-ups that may wait for the reader at once; beyond it UNAVAILABLE.
inline constexpr std::int64_t look_ups_max = 4'096;
/// The same for reports, which take seconds each.
inline constexpr std::int64_t reports_max = 16;
/// The same for pages of statements, which take milliseconds.
inline constexpr std::int64_t statements_max = 64;
/// And for lists of transfers, each of which may look for a second or two.
inline constexpr std::int64_t lists_max = 8;
/// Orders that callers wait for at once, and calls that wait for the registrar.
inline constexpr std::int64_t payments_max = 65'536;
inline constexpr std::int64_t registry_max = 1'024;
/// Bytes of answers that clients have not taken; beyond it streams are not read.
inline constexpr std::int64_t unsent_bytes_max = 64 * config::mebibyte;
/// Items of one stream that are in flight or not taken yet; beyond it the stream is not read.
inline constexpr std::size_t stream_items_max = 65'536;
/// How long a client may leave an answer untaken, and how long when memory for answers is short.
inline constexpr std::chrono::milliseconds answer_patience{30'000};
inline constexpr std::chrono::milliseconds answer_patience_short{2'000};
/// What OVERLOADED advises.
inline constexpr std::chrono::milliseconds overload_pause{200};

/// Where calls of Payments, Merchants and Operations go. A handle that is not set: this node can't
/// do that, and says UNAVAILABLE.
struct payment_actors {
  std::vector<caf::actor> supervisors;  // handle_payment, by shard
  caf::actor reader;                    // read_payments, read_notifications, read_cases
  caf::actor registrar;                 // registry_requests.hpp
  caf::actor notifier;                  // resend_notifications
  /// A call whose client names no earlier deadline is told after this how its order stands.
  std::chrono::milliseconds answer_deadline{27'000};
};

/// Where work goes. Emptied at a stop, so that no handle outlives the actor system.
struct ledger_actors {
  caf::actor teller;      // post_transfers, open_accounts, read_account
  caf::actor reader;      // read_transfer
  caf::actor reports;     // read_trial_balance, read_account_list
  caf::actor bookkeeper;  // read_days, turn_day, read_general_ledger
  caf::actor statements;  // read_statement, read_past_balance
  caf::actor lists;       // read_transfer_list
  payment_actors payments = {};
};

/// Outlives every call.
struct ledger_context {
  ledger_context(const config::node_config& settings, ledger_actors to,
                 const config::chart_of_accounts& subjects, key_ring::loader load_keys,
                 prometheus::Registry& registry, metrics* item_counters);

  const config::grpc_settings grpc;
  const wire::ledger_limits limits;
  const bool dev;
  const bool keys_required;
  ledger_actors actors;  // emptied when the server has ended
  const config::chart_of_accounts& chart;
  metrics* const items;  // suanpan_transfers_total; may be null

  admission work;
  workload look_ups;
  workload reports;
  workload statements;
  workload lists;
  workload payments;
  workload registry;
  key_ring keys;
  principal_ptr dev_principal;
  red_metrics red;
  open_calls calls;
  std::atomic<std::int64_t> unsent_bytes{0};
  std::atomic<std::int64_t> streams{0};
  std::atomic<bool> closing{false};
  std::function<void()> read_keys_soon = [] {};
};

}  // namespace suanpan::endpoint
