#include "actors/metrics/metrics.hpp"

namespace suanpan {
namespace {

const prometheus::Histogram::BucketBoundaries commit_bounds{.0005, .001, .002, .005, .01, .02, .05,
                                                            .1,    .2,   .5,   1,    2,   5};
const prometheus::Histogram::BucketBoundaries batch_bounds{1,   2,   5,    10,   20,   50,   100,
                                                           200, 500, 1000, 2000, 5000, 8192, 16384};
const prometheus::Histogram::BucketBoundaries takeover_bounds{.05, .1, .2, .5, 1, 2, 3, 5, 10, 30};

prometheus::Counter& counter(prometheus::Registry& r, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(r).Add({});
}
prometheus::Gauge& gauge(prometheus::Registry& r, const char* name, const char* help,
                         const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(r).Add(labels);
}
prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& r, const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(r);
}
prometheus::Counter& database_refusals(prometheus::Registry& r, const char* reason) {
  return prometheus::BuildCounter()
      .Name("suanpan_database_refusals_total")
      .Help("Connections refused because a newer or another database was seen before, by reason.")
      .Register(r)
      .Add({{"reason", reason}});
}
prometheus::Gauge& mailbox_depth(prometheus::Registry& r, const char* kind) {
  return gauge(r, "suanpan_mailbox_depth_max",
               "Deepest mailbox seen since the last scrape interval, by kind.", {{"kind", kind}});
}
prometheus::Histogram& histogram(prometheus::Registry& r, const char* name, const char* help,
                                 const prometheus::Histogram::BucketBoundaries& bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(r).Add({}, bounds);
}

}  // namespace

metrics::metrics(prometheus::Registry& r)
    : commit_seconds(histogram(r, "suanpan_commit_seconds",
                               "Time of one journal transaction, from its first byte to COMMIT.",
                               commit_bounds)),
      batch_transfers(histogram(r, "suanpan_batch_transfers",
                                "Transfers written by one journal transaction.", batch_bounds)),
      active_accounts(
          gauge(r, "suanpan_active_actors", "Actors alive, by kind.", {{"kind", "account"}})),
      teller_mailbox(mailbox_depth(r, "teller")),
      account_mailbox(mailbox_depth(r, "account")),
      shards_owned(gauge(r, "suanpan_shards_owned", "Shards that this node owns and serves.")),
      deferred_items(
          gauge(r, "suanpan_deferred_items",
                "Items waiting for earlier ones to become durable before they are judged.")),
      in_flight_items(gauge(r, "suanpan_in_flight_items",
                            "Items admitted and not yet answered by the teller.")),
      checkpoint_lag_seconds(gauge(r, "suanpan_checkpoint_lag_seconds",
                                   "Age of the oldest change that no balance checkpoint covers.")),
      statement_lag_seconds(gauge(r, "suanpan_statement_lag_seconds",
                                  "By how much settled rows are ahead of the statements' runs.")),
      monitors_met(gauge(r, "suanpan_balance_monitors",
                         "Balance monitors of the whole ledger, by whether their condition holds.",
                         {{"state", "met"}})),
      monitors_unmet(
          gauge(r, "suanpan_balance_monitors",
                "Balance monitors of the whole ledger, by whether their condition holds.",
                {{"state", "unmet"}})),
      fencing_rejections(counter(r, "suanpan_fencing_rejections_total",
                                 "Commits refused because another session owns the shard.")),
      poison_rows(counter(r, "suanpan_poison_rows_total",
                          "Items that the database refused alone; each needs an operator.")),
      sessions_lost(counter(r, "suanpan_sessions_lost_total",
                            "Times the owning database session was lost or dropped.")),
      activations(counter(r, "suanpan_activations_total", "Account actors made from their rows.")),
      checkpoint_rows(counter(r, "suanpan_checkpoint_rows_total",
                              "Balances handed to the journal by the checkpointer.")),
      takeover_seconds_(histogram(r, "suanpan_takeover_seconds",
                                  "From the shards' locks being held to serving them.",
                                  takeover_bounds)),
      transfers_(prometheus::BuildCounter()
                     .Name("suanpan_transfers_total")
                     .Help("Answers given to transfer items, by result.")
                     .Register(r)),
      imbalance_(
          gauges(r, "suanpan_ledger_imbalance_minor_units",
                 "Debits minus credits of the last trial balance; anything but 0 is an alarm.")),
      suspense_(gauges(r, "suanpan_suspense_minor_units",
                       "Credits minus debits of the last trial balance, of surplus and suspense.")),
      restarts_(prometheus::BuildCounter()
                    .Name("suanpan_actor_restarts_total")
                    .Help("Recoveries after a failed actor, by kind.")
                    .Register(r)),
      database_timeline_(gauge(r, "suanpan_database_timeline",
                               "Timeline of the newest database seen; a fail-over raises it.")),
      superseded_databases_(database_refusals(r, "superseded")),
      foreign_databases_(database_refusals(r, "foreign")) {
  for (const char* kind : {"account", "journal", "payment"}) restarts_.Add({{"kind", kind}});
  answered(item_result::posted, 0);
}

void metrics::answered(item_result result, double count) {
  transfers_.Add({{"result", std::string(name_of(result))}}).Increment(count);
}

void metrics::suspense(std::string_view subject, currency of, int128 minor) {
  suspense_.Add({{"subject", std::string(subject)}, {"currency", std::string(letters(of))}})
      .Set(static_cast<double>(minor));
}

void metrics::imbalance(currency of, int128 minor) {
  imbalance_.Add({{"currency", std::string(letters(of))}}).Set(static_cast<double>(minor));
}

void metrics::took_over(std::chrono::nanoseconds time) {
  takeover_seconds_.Observe(std::chrono::duration<double>(time).count());
}

void metrics::database_judged(lineage_verdict what, const database_lineage& found) {
  if (may_use(what)) return database_timeline_.Set(found.timeline);
  (what == lineage_verdict::older ? superseded_databases_ : foreign_databases_).Increment();
}

void metrics::actor_restarted(std::string_view kind) {
  restarts_.Add({{"kind", std::string(kind)}}).Increment();
}

}  // namespace suanpan
