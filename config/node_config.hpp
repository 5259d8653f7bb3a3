// Everything that a node can be told, typed, with its defaults. Units are in the names: _ms, _s,
// _minutes, _days, _bytes; what has none is a count. schema.cpp lists each field once more with its
// bounds and one sentence; a field that is not listed there fails a test.
#pragma once

#include <cstdint>
#include <string>

namespace suanpan::config {

inline constexpr std::int64_t kibibyte = 1'024;
inline constexpr std::int64_t mebibyte = 1'024 * kibibyte;

struct node_settings {
  std::string name = "node-1";
  bool dev = false;
  std::string run_dir = "var/run";
  std::string state_dir;  // empty: run_dir
  std::string log_file;   // empty: standard error
  std::string log_level = "info";
  std::int64_t actor_threads = 0;  // 0: as many as the machine has cores, at least 2
  std::int64_t messages_per_turn_max = 100;
  std::int64_t stop_deadline_ms = 10'000;
};

struct database_settings {
  std::string dsn;  // after loading: from dsn, dsn_file or the environment. Secret
  std::string dsn_file;
  bool zero_loss = false;
  std::int64_t connect_timeout_ms = 3'000;
  std::int64_t idle_session_timeout_ms = 5'000;
  std::int64_t tcp_user_timeout_ms = 5'000;
  std::int64_t statement_timeout_ms = 30'000;
};

struct grpc_settings {
  std::string address = "127.0.0.1";
  std::int64_t port = 7400;  // 0: any free port
  bool port_search = true;
  std::int64_t message_bytes_max = 4 * mebibyte;
  std::int64_t metadata_bytes_max = 8 * kibibyte;
  std::int64_t streams_per_connection_max = 1'024;
  std::int64_t streams_max = 16'384;
  std::int64_t requests_per_stream_max = 16;
  std::int64_t memory_bytes_max = 1'536 * mebibyte;  // 64 KiB a stream, and half as much again
  std::int64_t threads = 0;  // 0: as many as the machine has cores, at least 2
  std::int64_t answer_deadline_ms = 30'000;
};

struct http_settings {
  std::string address = "127.0.0.1";
  std::int64_t port = 7401;
  bool port_search = true;
  std::int64_t threads = 16;
};

struct cluster_settings {
  std::string address = "127.0.0.1";
  std::int64_t port = 7402;
};

struct security_settings {
  std::string tls_certificate;  // PEM files
  std::string tls_key;
  bool require_keys = true;
  std::int64_t key_refresh_ms = 1'000;
};

struct ledger_settings {
  std::int64_t shards = 64;
  std::int64_t id_window_s = 604'800;
  std::int64_t id_skew_s = 300;
  std::int64_t recent_ids_max = 1'000'000;
  std::int64_t batch_transfers_max = 16'384;
  std::int64_t batches_in_flight_max = 4;
  std::int64_t gather_us_max = 8'000;
  std::int64_t defer_rounds = 4;
  std::int64_t defer_limit = 64;
  std::int64_t active_accounts_max = 2'000'000;
  std::int64_t passivate_after_s = 300;
  std::int64_t utc_offset_minutes = 480;
  std::int64_t cut_off_minutes = 0;
  std::string chart_of_accounts;  // after loading: the path that was read
  std::int64_t restart_intensity = 3;
  std::int64_t restart_window_s = 60;
};

struct checkpoint_settings {
  std::int64_t interval_ms = 1'000;
  std::int64_t rows_max = 10'000;
  std::int64_t rows_per_commit = 1'000;
};

struct journal_settings {
  std::int64_t keepalive_ms = 400;
  std::int64_t transfers_per_commit_max = 16'384;
  std::int64_t idle_watermark_s = 10;
};

struct statements_settings {
  bool enabled = true;
  std::int64_t interval_ms = 500;
  std::int64_t lag_ms = 2'000;
  std::int64_t rows_least = 100'000;
  std::int64_t rows_max = 400'000;
};

struct shards_settings {
  std::int64_t retry_ms = 300;
  std::int64_t node_renew_ms = 500;
  std::int64_t node_stale_ms = 2'000;
};

struct admission_settings {
  std::int64_t items_max = 400'000;
  std::int64_t bytes_max = 256 * mebibyte;
  std::int64_t principal_items_max = 300'000;
  std::int64_t principal_bytes_max = 192 * mebibyte;
  std::int64_t peer_items_max = 300'000;
  std::int64_t peer_bytes_max = 192 * mebibyte;
};

struct partitions_settings {
  std::int64_t days_back = 8;
  std::int64_t days_ahead = 3;
  std::int64_t check_interval_s = 3'600;
};

/// Orders, their schedules and the timeout tree (client > payment > lane > connect, at most 30 s).
struct payments_settings {
  std::string channels;       // the file of [[channel]] tables; empty: the node has no channel
  std::string posting_rules;  // after loading: the path that was read
  std::string callback_base;  // "https://pay.example.org": where banks reach /callback/NAME
  std::int64_t client_deadline_ms = 30'000;
  std::int64_t answer_deadline_ms = 27'000;
  std::int64_t act_deadline_ms = 2'000;
  std::int64_t order_expiry_s = 1'800;
  std::int64_t open_orders_max = 200'000;
  std::int64_t waiting_events_max = 64;
  std::int64_t unsent_attempts_max = 4;
  std::int64_t unsent_retry_ms = 500;
  std::int64_t system_retry_first_ms = 2'000;
  std::int64_t query_first_ms = 1'000;
  std::int64_t pending_query_first_ms = 5'000;
  std::int64_t query_most_s = 3'600;
  std::int64_t unknown_manual_after_s = 86'400;
  std::int64_t restart_intensity = 3;
  std::int64_t restart_window_s = 60;
  std::int64_t http_in_flight_max = 1'000;
  std::int64_t http_waiting_max = 10'000;
  std::int64_t http_waiting_bytes_max = 64 * mebibyte;
  std::int64_t http_response_bytes_max = 256 * kibibyte;
  std::int64_t callbacks_in_flight_max = 1'000;
  std::int64_t callback_bytes_max = 64 * kibibyte;
};

/// Webhooks of merchants.
struct notifier_settings {
  std::int64_t in_flight_max = 256;
  std::int64_t merchant_in_flight_max = 32;
  std::int64_t merchant_rows_max = 1'000;
  std::int64_t connect_timeout_ms = 3'000;
  std::int64_t timeout_ms = 10'000;
  std::int64_t response_bytes_max = 16 * kibibyte;
  std::int64_t retry_first_ms = 5'000;
  std::int64_t retry_most_s = 86'400;
  std::int64_t give_up_days = 3;
  std::int64_t former_secret_s = 86'400;
  bool allow_private_addresses = false;
};

/// The configuration of one node. A value: copy it, hand out its parts.
struct node_config {
  node_settings node;
  database_settings database;
  grpc_settings grpc;
  http_settings http;
  cluster_settings cluster;
  security_settings security;
  ledger_settings ledger;
  checkpoint_settings checkpoint;
  journal_settings journal;
  statements_settings statements;
  shards_settings shards;
  admission_settings admission;
  partitions_settings partitions;
  payments_settings payments;
  notifier_settings notifier;
};

}  // namespace suanpan::config
