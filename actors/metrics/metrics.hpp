// Every metric of the actors, registered once. Base units, no ids in labels (INTERFACE, DESIGN 9).
// Objects of prometheus-cpp are thread-safe; actors hold a reference to this struct.
#pragma once

#include "protocol/model/lineage.hpp"
#include "protocol/model/money.hpp"
#include "protocol/model/result.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

namespace suanpan {

class metrics {
 public:
  explicit metrics(prometheus::Registry& registry);

  /// suanpan_transfers_total{result}: counts `count` answers of one kind.
  void answered(item_result result, double count = 1);
  /// Debits minus credits of a currency, in minor units.
  void imbalance(currency of, int128 minor);
  /// Credits minus debits of a subject where nothing should stay for long (2998, 2999).
  void suspense(std::string_view subject, currency of, int128 minor);
  void took_over(std::chrono::nanoseconds time);
  void actor_restarted(std::string_view kind);
  /// suanpan_database_timeline, and suanpan_database_refusals_total{reason} where it may not be
  /// used (R18).
  void database_judged(lineage_verdict what, const database_lineage& found);

  prometheus::Histogram& commit_seconds;
  prometheus::Histogram& batch_transfers;
  prometheus::Gauge& active_accounts;
  prometheus::Gauge& teller_mailbox;
  prometheus::Gauge& account_mailbox;                   // deepest chain of one account in a batch
  std::atomic<std::size_t> deepest_account_mailbox{0};  // since the last tick of the teller
  prometheus::Gauge& shards_owned;
  prometheus::Gauge& deferred_items;
  prometheus::Gauge& in_flight_items;
  prometheus::Gauge& checkpoint_lag_seconds;
  prometheus::Gauge& statement_lag_seconds;
  prometheus::Gauge& monitors_met;
  prometheus::Gauge& monitors_unmet;
  prometheus::Counter& fencing_rejections;
  prometheus::Counter& poison_rows;
  prometheus::Counter& sessions_lost;
  prometheus::Counter& activations;
  prometheus::Counter& checkpoint_rows;

 private:
  prometheus::Histogram& takeover_seconds_;
  prometheus::Family<prometheus::Counter>& transfers_;
  prometheus::Family<prometheus::Gauge>& imbalance_;
  prometheus::Family<prometheus::Gauge>& suspense_;
  prometheus::Family<prometheus::Counter>& restarts_;
  prometheus::Gauge& database_timeline_;
  prometheus::Counter& superseded_databases_;
  prometheus::Counter& foreign_databases_;
};

}  // namespace suanpan
