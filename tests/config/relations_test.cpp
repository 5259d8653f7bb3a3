// Each relation between settings: held by the defaults, broken by its row, told with its line.
#include "config/relations.hpp"

#include "config/schema.hpp"
#include "tests/config/folder.hpp"

#include <algorithm>
#include <set>

using namespace suanpan::config;

namespace {

struct row {
  std::string_view name;
  std::vector<std::string> sets;  // break this relation and no other
  std::string_view key;           // where the fault is told
};

const std::vector<row> rows = {
    {"dev_grpc_is_loopback", {"grpc.address=0.0.0.0"}, "grpc.address"},
    {"dev_http_is_loopback", {"http.address=::"}, "http.address"},
    {"dev_cluster_is_loopback", {"cluster.address=10.0.0.1"}, "cluster.address"},
    {"certificate_without_dev",
     {"node.dev=false", "security.tls_key=KEY"},
     "security.tls_certificate"},
    {"tls_key_without_dev", {"node.dev=false", "security.tls_certificate=CRT"}, "security.tls_key"},
    {"keys_without_dev",
     {"node.dev=false", "security.require_keys=false", "security.tls_certificate=CRT",
      "security.tls_key=KEY"},
     "security.require_keys"},
    {"certificate_and_key", {"security.tls_certificate=CRT"}, "security.tls_certificate"},
    {"grpc_and_http_ports_differ", {"http.port=7400"}, "http.port"},
    {"grpc_and_cluster_ports_differ", {"grpc.port=7402"}, "grpc.port"},
    {"http_and_cluster_ports_differ", {"http.port=7402"}, "http.port"},
    {"streams_hold_a_connection", {"grpc.streams_max=1023"}, "grpc.streams_max"},
    {"grpc_memory_holds_messages",
     {"grpc.memory_bytes_max=16 MiB", "grpc.message_bytes_max=5 MiB"},
     "grpc.memory_bytes_max"},
    {"keepalive_below_idle_timeout",
     {"database.idle_session_timeout_ms=1000", "journal.keepalive_ms=500"},
     "journal.keepalive_ms"},
    {"stale_above_renewals", {"shards.node_renew_ms=1000"}, "shards.node_renew_ms"},
    {"batch_within_commit",
     {"journal.transfers_per_commit_max=16383"},
     "journal.transfers_per_commit_max"},
    {"batch_within_accounts", {"ledger.active_accounts_max=32767"}, "ledger.active_accounts_max"},
    {"recent_ids_hold_batches", {"ledger.recent_ids_max=65535"}, "ledger.recent_ids_max"},
    {"defer_limit_after_rounds", {"ledger.defer_limit=8"}, "ledger.defer_limit"},
    {"checkpoint_commit_within_round", {"checkpoint.rows_max=999"}, "checkpoint.rows_max"},
    {"node_admits_a_batch",
     {"ledger.batch_transfers_max=16384", "admission.items_max=10000",
      "admission.principal_items_max=10000", "admission.peer_items_max=10000"},
     "admission.items_max"},
    {"principal_items_within_node",
     {"admission.principal_items_max=400001"},
     "admission.principal_items_max"},
    {"peer_items_within_node", {"admission.peer_items_max=400001"}, "admission.peer_items_max"},
    {"principal_bytes_within_node",
     {"admission.principal_bytes_max=257 MiB"},
     "admission.principal_bytes_max"},
    {"peer_bytes_within_node", {"admission.peer_bytes_max=257 MiB"}, "admission.peer_bytes_max"},
    {"principal_admits_a_message",
     {"admission.principal_bytes_max=3 MiB"},
     "admission.principal_bytes_max"},
    {"peer_admits_a_message", {"admission.peer_bytes_max=3 MiB"}, "admission.peer_bytes_max"},
    {"window_within_partitions", {"ledger.id_window_s=691201"}, "ledger.id_window_s"},
    {"skew_within_partitions",
     {"partitions.days_ahead=1", "ledger.id_skew_s=86400"},
     "partitions.days_ahead"},
    {"payment_answer_within_client",
     {"payments.answer_deadline_ms=30000"},
     "payments.answer_deadline_ms"},
    {"act_deadline_within_answer", {"payments.act_deadline_ms=27000"}, "payments.act_deadline_ms"},
    {"query_pauses_grow", {"payments.query_most_s=4"}, "payments.query_most_s"},
    {"webhook_connects_within_timeout", {"notifier.timeout_ms=3000"}, "notifier.timeout_ms"},
    {"merchant_webhooks_within_node",
     {"notifier.merchant_in_flight_max=256"},
     "notifier.merchant_in_flight_max"},
    {"webhook_pauses_grow",
     {"notifier.retry_first_ms=5001", "notifier.retry_most_s=5"},
     "notifier.retry_most_s"},
    {"private_webhooks_in_dev",
     {"node.dev=false", "security.tls_certificate=CRT", "security.tls_key=KEY",
      "notifier.allow_private_addresses=true"},
     "notifier.allow_private_addresses"},
};

const relation& named(std::string_view name) {
  const auto found = std::ranges::find(all_relations(), name, &relation::name);
  REQUIRE(found != all_relations().end());
  return *found;
}

/// "CRT" and "KEY" stand for sound files.
std::vector<std::string> with_files(std::vector<std::string> sets, const folder& in) {
  const std::string certificate = in.write("crt", "-----BEGIN CERTIFICATE-----\n");
  const std::string key = in.write("key", "-----BEGIN PRIVATE KEY-----\n");
  for (std::string& text : sets) {
    if (text.ends_with("=CRT")) text.replace(text.size() - 3, 3, certificate);
    if (text.ends_with("=KEY")) text.replace(text.size() - 3, 3, key);
  }
  return sets;
}

}  // namespace

TEST_CASE("each relation has a test, and its settings exist") {
  std::set<std::string_view> names;
  for (const relation& r : all_relations()) {
    CAPTURE(std::string(r.name));
    CHECK(names.insert(r.name).second);
    CHECK(std::ranges::find(rows, r.name, &row::name) != rows.end());
    for (const auto key : r.keys) CHECK((key.empty() || find_setting(key) != nullptr));
    CHECK_FALSE(r.keys.front().empty());
  }
  CHECK(names.size() == rows.size());
}

TEST_CASE("the defaults keep every relation but those that ask for TLS files") {
  node_config development;
  development.node.dev = true;
  for (const relation& r : all_relations()) {
    CAPTURE(std::string(r.name));
    CHECK(r.holds(development));
    const bool asks_for_tls =
        r.name == "certificate_without_dev" || r.name == "tls_key_without_dev";
    CHECK(r.holds(node_config{}) != asks_for_tls);
  }
}

TEST_CASE("a broken relation is one fault, at the setting that somebody stated, with all values") {
  for (const auto& r : rows) {
    CAPTURE(std::string(r.name));
    const folder in;
    const auto read = load_text(in, dev_head, {}, with_files(r.sets, in));
    const auto lines = lines_of(read.faults, in);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find(std::string(": ") + std::string(r.key) + ": ") != std::string::npos);
    CHECK(lines[0].find(named(r.name).sentence) != std::string::npos);
    for (const auto key : named(r.name).keys) {
      CHECK((key.empty() || lines[0].find(std::string(key) + " = ") != std::string::npos));
    }
  }
}

TEST_CASE("one step back from the bound, the relation holds") {
  const std::vector<std::vector<std::string>> held = {
      {"grpc.address=127.9.9.9"},
      {"grpc.address=localhost"},
      {"grpc.port=0", "http.port=0", "cluster.port=0"},
      {"grpc.streams_max=1024"},
      {"grpc.memory_bytes_max=16 MiB", "grpc.message_bytes_max=4 MiB"},
      {"database.idle_session_timeout_ms=1000", "journal.keepalive_ms=499"},
      {"shards.node_renew_ms=999"},
      {"journal.transfers_per_commit_max=16384"},
      {"ledger.active_accounts_max=32768"},
      {"ledger.recent_ids_max=65536"},
      {"ledger.defer_limit=9"},
      {"checkpoint.rows_max=1000"},
      {"admission.principal_items_max=400000"},
      {"admission.peer_bytes_max=4 MiB"},
      {"ledger.id_window_s=691200"},
      {"partitions.days_ahead=1", "ledger.id_skew_s=82800"},
      {"payments.answer_deadline_ms=29999"},
      {"payments.act_deadline_ms=26999"},
      {"payments.query_most_s=5"},
      {"notifier.timeout_ms=3001"},
      {"notifier.merchant_in_flight_max=255"},
      {"notifier.retry_first_ms=5000", "notifier.retry_most_s=5"},
      {"notifier.allow_private_addresses=true"},
  };
  for (const auto& sets : held) {
    CAPTURE(sets.front());
    const folder in;
    CHECK(lines_of(load_text(in, dev_head, {}, sets).faults, in).empty());
  }
}

TEST_CASE("without --dev a start needs certificate, key and callers' keys, and says all of it") {
  const folder in;
  const auto read =
      load_text(in, "[database]\ndsn = \"host=/run\"\n[security]\nrequire_keys = false\n");
  const auto lines = lines_of(read.faults, in);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with("node.toml:3: security.tls_certificate: required without node.dev"));
  CHECK(lines[1].starts_with("node.toml:3: security.tls_key: required without node.dev"));
  CHECK(
      lines[2].starts_with("node.toml:4: security.require_keys: may be false only with node.dev"));
}

TEST_CASE("a setting that is faulty by itself draws no second fault from its relations") {
  const folder in;
  const auto read =
      load_text(in, dev_head, {}, {"grpc.address=everywhere", "shards.node_stale_ms=1"});
  CHECK(read.faults.size() == 2);
}
