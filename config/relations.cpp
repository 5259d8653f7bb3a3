// The list of relations. A new one is a line here and a row in tests/config/relations_test.cpp.
#include "config/relations.hpp"

#include "config/schema.hpp"

#include <algorithm>

namespace suanpan::config {
namespace {

constexpr std::int64_t day_s = 86'400;

constexpr bool differ(std::int64_t a, std::int64_t b) {
  return a != b || a == 0;
}
constexpr std::int64_t days_up(std::int64_t seconds) {
  return (seconds + day_s - 1) / day_s;
}

using settings = const node_config&;

// clang-format off
constexpr std::array relations = std::to_array<relation>({
    {"dev_grpc_is_loopback", {"grpc.address", "node.dev"},
     "node.dev has no encryption and no keys, so grpc.address must be a loopback address",
     [](settings c) { return !c.node.dev || is_loopback(c.grpc.address); }},
    {"dev_http_is_loopback", {"http.address", "node.dev"},
     "with node.dev http.address must be a loopback address",
     [](settings c) { return !c.node.dev || is_loopback(c.http.address); }},
    {"dev_cluster_is_loopback", {"cluster.address", "node.dev"},
     "with node.dev cluster.address must be a loopback address",
     [](settings c) { return !c.node.dev || is_loopback(c.cluster.address); }},
    {"certificate_without_dev", {"security.tls_certificate", "node.dev"},
     "required without node.dev: the endpoint speaks TLS only",
     [](settings c) { return c.node.dev || !c.security.tls_certificate.empty(); }},
    {"tls_key_without_dev", {"security.tls_key", "node.dev"},
     "required without node.dev: the endpoint speaks TLS only",
     [](settings c) { return c.node.dev || !c.security.tls_key.empty(); }},
    {"keys_without_dev", {"security.require_keys", "node.dev"},
     "may be false only with node.dev: without keys anyone who reaches the port moves money",
     [](settings c) { return c.node.dev || c.security.require_keys; }},
    {"certificate_and_key", {"security.tls_key", "security.tls_certificate", "node.dev"},
     "security.tls_certificate and security.tls_key must be given together",
     [](settings c) {
       return !c.node.dev || c.security.tls_certificate.empty() == c.security.tls_key.empty();
     }},

    {"grpc_and_http_ports_differ", {"http.port", "grpc.port"},
     "grpc.port and http.port must differ",
     [](settings c) { return differ(c.grpc.port, c.http.port); }},
    {"grpc_and_cluster_ports_differ", {"cluster.port", "grpc.port"},
     "grpc.port and cluster.port must differ",
     [](settings c) { return differ(c.grpc.port, c.cluster.port); }},
    {"http_and_cluster_ports_differ", {"cluster.port", "http.port"},
     "http.port and cluster.port must differ",
     [](settings c) { return differ(c.http.port, c.cluster.port); }},
    {"streams_hold_a_connection", {"grpc.streams_max", "grpc.streams_per_connection_max"},
     "grpc.streams_max must be at least grpc.streams_per_connection_max",
     [](settings c) { return c.grpc.streams_max >= c.grpc.streams_per_connection_max; }},
    {"grpc_memory_holds_messages", {"grpc.memory_bytes_max", "grpc.message_bytes_max"},
     "grpc.memory_bytes_max must be at least 4 × grpc.message_bytes_max",
     [](settings c) { return c.grpc.memory_bytes_max >= 4 * c.grpc.message_bytes_max; }},

    {"keepalive_below_idle_timeout", {"journal.keepalive_ms", "database.idle_session_timeout_ms"},
     "journal.keepalive_ms must be below half of database.idle_session_timeout_ms, or the server "
     "ends a healthy owner's session",
     [](settings c) { return 2 * c.journal.keepalive_ms < c.database.idle_session_timeout_ms; }},
    {"stale_above_renewals", {"shards.node_stale_ms", "shards.node_renew_ms"},
     "shards.node_stale_ms must be above 2 × shards.node_renew_ms, or one slow renewal evicts a "
     "healthy node",
     [](settings c) { return c.shards.node_stale_ms > 2 * c.shards.node_renew_ms; }},

    {"batch_within_commit", {"ledger.batch_transfers_max", "journal.transfers_per_commit_max"},
     "journal.transfers_per_commit_max must be at least ledger.batch_transfers_max: a batch is "
     "committed whole",
     [](settings c) {
       return c.journal.transfers_per_commit_max >= c.ledger.batch_transfers_max;
     }},
    {"batch_within_accounts", {"ledger.active_accounts_max", "ledger.batch_transfers_max"},
     "ledger.active_accounts_max must be at least 2 × ledger.batch_transfers_max: a batch may "
     "touch that many",
     [](settings c) { return c.ledger.active_accounts_max >= 2 * c.ledger.batch_transfers_max; }},
    {"recent_ids_hold_batches",
     {"ledger.recent_ids_max", "ledger.batch_transfers_max", "ledger.batches_in_flight_max"},
     "ledger.recent_ids_max must be at least ledger.batch_transfers_max × "
     "ledger.batches_in_flight_max",
     [](settings c) {
       return c.ledger.recent_ids_max >=
              c.ledger.batch_transfers_max * c.ledger.batches_in_flight_max;
     }},
    {"defer_limit_after_rounds",
     {"ledger.defer_limit", "ledger.defer_rounds", "ledger.batches_in_flight_max"},
     "ledger.defer_limit must be above ledger.defer_rounds + ledger.batches_in_flight_max, within "
     "which the earliest item is decided",
     [](settings c) {
       return c.ledger.defer_limit > c.ledger.defer_rounds + c.ledger.batches_in_flight_max;
     }},
    {"checkpoint_commit_within_round", {"checkpoint.rows_per_commit", "checkpoint.rows_max"},
     "checkpoint.rows_per_commit must be at most checkpoint.rows_max",
     [](settings c) { return c.checkpoint.rows_per_commit <= c.checkpoint.rows_max; }},

    {"node_admits_a_batch", {"admission.items_max", "ledger.batch_transfers_max"},
     "admission.items_max must be at least ledger.batch_transfers_max",
     [](settings c) { return c.admission.items_max >= c.ledger.batch_transfers_max; }},
    {"principal_items_within_node", {"admission.principal_items_max", "admission.items_max"},
     "admission.principal_items_max must be at most admission.items_max",
     [](settings c) { return c.admission.principal_items_max <= c.admission.items_max; }},
    {"peer_items_within_node", {"admission.peer_items_max", "admission.items_max"},
     "admission.peer_items_max must be at most admission.items_max",
     [](settings c) { return c.admission.peer_items_max <= c.admission.items_max; }},
    {"principal_bytes_within_node", {"admission.principal_bytes_max", "admission.bytes_max"},
     "admission.principal_bytes_max must be at most admission.bytes_max",
     [](settings c) { return c.admission.principal_bytes_max <= c.admission.bytes_max; }},
    {"peer_bytes_within_node", {"admission.peer_bytes_max", "admission.bytes_max"},
     "admission.peer_bytes_max must be at most admission.bytes_max",
     [](settings c) { return c.admission.peer_bytes_max <= c.admission.bytes_max; }},
    {"principal_admits_a_message", {"admission.principal_bytes_max", "grpc.message_bytes_max"},
     "admission.principal_bytes_max must be at least grpc.message_bytes_max, or a large message is "
     "never admitted",
     [](settings c) { return c.admission.principal_bytes_max >= c.grpc.message_bytes_max; }},
    {"peer_admits_a_message", {"admission.peer_bytes_max", "grpc.message_bytes_max"},
     "admission.peer_bytes_max must be at least grpc.message_bytes_max, or a large message is "
     "never admitted",
     [](settings c) { return c.admission.peer_bytes_max >= c.grpc.message_bytes_max; }},

    {"window_within_partitions", {"partitions.days_back", "ledger.id_window_s"},
     "partitions.days_back must cover ledger.id_window_s: a partition closes no earlier than one "
     "window after its end",
     [](settings c) { return c.partitions.days_back >= days_up(c.ledger.id_window_s); }},
    {"skew_within_partitions",
     {"partitions.days_ahead", "ledger.id_skew_s", "partitions.check_interval_s"},
     "partitions.days_ahead must cover ledger.id_skew_s + partitions.check_interval_s: rows need "
     "their partition before they come",
     [](settings c) {
       return c.partitions.days_ahead * day_s >=
              c.ledger.id_skew_s + c.partitions.check_interval_s;
     }},

    {"payment_answer_within_client",
     {"payments.answer_deadline_ms", "payments.client_deadline_ms"},
     "payments.answer_deadline_ms must be below payments.client_deadline_ms, or a caller gives up "
     "before it is told",
     [](settings c) { return c.payments.answer_deadline_ms < c.payments.client_deadline_ms; }},
    {"act_deadline_within_answer", {"payments.act_deadline_ms", "payments.answer_deadline_ms"},
     "payments.act_deadline_ms must be below payments.answer_deadline_ms",
     [](settings c) { return c.payments.act_deadline_ms < c.payments.answer_deadline_ms; }},
    {"query_pauses_grow",
     {"payments.query_most_s", "payments.query_first_ms", "payments.pending_query_first_ms"},
     "payments.query_most_s must be at least payments.query_first_ms and "
     "payments.pending_query_first_ms",
     [](settings c) {
       return c.payments.query_most_s * 1'000 >=
              std::max(c.payments.query_first_ms, c.payments.pending_query_first_ms);
     }},
    {"webhook_connects_within_timeout", {"notifier.connect_timeout_ms", "notifier.timeout_ms"},
     "notifier.connect_timeout_ms must be below notifier.timeout_ms",
     [](settings c) { return c.notifier.connect_timeout_ms < c.notifier.timeout_ms; }},
    {"merchant_webhooks_within_node", {"notifier.merchant_in_flight_max", "notifier.in_flight_max"},
     "notifier.merchant_in_flight_max must be below notifier.in_flight_max, or a dead merchant "
     "delays the others",
     [](settings c) { return c.notifier.merchant_in_flight_max < c.notifier.in_flight_max; }},
    {"webhook_pauses_grow", {"notifier.retry_most_s", "notifier.retry_first_ms"},
     "notifier.retry_most_s must be at least notifier.retry_first_ms",
     [](settings c) { return c.notifier.retry_most_s * 1'000 >= c.notifier.retry_first_ms; }},
    {"private_webhooks_in_dev", {"notifier.allow_private_addresses", "node.dev"},
     "may be true only with node.dev: a merchant's address could reach what only this network may",
     [](settings c) { return c.node.dev || !c.notifier.allow_private_addresses; }},
});
// clang-format on

}  // namespace

std::span<const relation> all_relations() {
  return relations;
}

}  // namespace suanpan::config
