// The list itself. A new setting is a field in node_config.hpp and a line here.
#include "config/schema.hpp"

#include "config/setting_makers.hpp"
#include "protocol/model/ids.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace suanpan::config {
namespace {

constexpr std::size_t key_bytes_max = 64;

using c = node_config;
using enum value_type;

// clang-format off
constexpr std::array settings = std::to_array<setting>({
    words("node.name", name, at<&c::node, &node_settings::name>,
          "Names the node in the database, in its run file and in logs."),
    flag("node.dev", at<&c::node, &node_settings::dev>,
         "Development: loopback only, plain text, callers need no key."),
    words("node.run_dir", path, at<&c::node, &node_settings::run_dir>,
          "Where the run file NAME.json is written."),
    words("node.state_dir", path, at<&c::node, &node_settings::state_dir>,
          "Where NAME.database keeps over restarts which database is the newest seen; empty: "
          "node.run_dir."),
    words("node.log_file", path, at<&c::node, &node_settings::log_file>,
          "Where the log goes; empty: standard error."),
    one_of("node.log_level", at<&c::node, &node_settings::log_level>,
           "trace debug info warn error", "The least severity that is logged."),
    number("node.actor_threads", at<&c::node, &node_settings::actor_threads>, {0, 256}, "threads",
           "Threads that run actors; 0: as many as the machine has cores, at least 2."),
    number("node.messages_per_turn_max", at<&c::node, &node_settings::messages_per_turn_max>,
           {10, 10'000}, "messages", "Messages that an actor handles before another has its turn."),
    number("node.stop_deadline_ms", at<&c::node, &node_settings::stop_deadline_ms>,
           {100, 300'000}, "ms", "How long a stop waits for what is in flight."),

    secret(words("database.dsn", text, at<&c::database, &database_settings::dsn>,
           "libpq connection string or postgresql:// address; a password only in dsn_file or the "
           "environment.")),
    words("database.dsn_file", path, at<&c::database, &database_settings::dsn_file>,
          "File that holds the connection string, readable by the node's user only."),
    flag("database.zero_loss", at<&c::database, &database_settings::zero_loss>,
         "Serve only while the database has a synchronous standby."),
    number("database.connect_timeout_ms", at<&c::database, &database_settings::connect_timeout_ms>,
           {1'000, 60'000}, "ms",
           "Longest wait for a connection to one host, rounded up to seconds, unless the "
           "connection string states connect_timeout."),
    number("database.idle_session_timeout_ms",
           at<&c::database, &database_settings::idle_session_timeout_ms>, {1'000, 60'000}, "ms",
           "The server ends the owning session, and with it its locks, after this silence."),
    number("database.tcp_user_timeout_ms",
           at<&c::database, &database_settings::tcp_user_timeout_ms>, {1'000, 60'000}, "ms",
           "The kernel ends a connection whose bytes stay unacknowledged for this long."),
    number("database.statement_timeout_ms",
           at<&c::database, &database_settings::statement_timeout_ms>, {100, 600'000}, "ms",
           "Longest look-up or query of a reader; the journal's statements are never cut."),

    words("grpc.address", address, at<&c::grpc, &grpc_settings::address>,
          "Address that the gRPC endpoint binds."),
    number("grpc.port", at<&c::grpc, &grpc_settings::port>, ports, "port",
           "Port of the gRPC endpoint; 0: any free one."),
    flag("grpc.port_search", at<&c::grpc, &grpc_settings::port_search>,
         "Take the next free port where the port is taken; else the start fails."),
    size("grpc.message_bytes_max", at<&c::grpc, &grpc_settings::message_bytes_max>,
         {64 * kibibyte, 64 * mebibyte}, "Largest message that is accepted."),
    size("grpc.metadata_bytes_max", at<&c::grpc, &grpc_settings::metadata_bytes_max>,
         {kibibyte, 64 * kibibyte}, "Largest metadata of one call."),
    number("grpc.streams_per_connection_max",
           at<&c::grpc, &grpc_settings::streams_per_connection_max>, {1, 10'000}, "calls",
           "Calls at once on one connection; further ones wait at the client."),
    number("grpc.streams_max", at<&c::grpc, &grpc_settings::streams_max>, {1, 1'000'000}, "streams",
           "Streams at once on the node; a further one is answered UNAVAILABLE."),
    number("grpc.requests_per_stream_max", at<&c::grpc, &grpc_settings::requests_per_stream_max>,
           {1, 1'024}, "requests",
           "Requests of one stream at once that wait for an answer or to be read by the client."),
    size("grpc.memory_bytes_max", at<&c::grpc, &grpc_settings::memory_bytes_max>,
         {16 * mebibyte, 64 * gibibyte},
         "Memory that gRPC may take for buffers; where it is short, calls are broken off at "
         "random. A stream's window takes 64 KiB."),
    number("grpc.threads", at<&c::grpc, &grpc_settings::threads>, {0, 256}, "threads",
           "Threads that poll gRPC; 0: as many as the machine has cores, at least 2."),
    number("grpc.answer_deadline_ms", at<&c::grpc, &grpc_settings::answer_deadline_ms>,
           {100, 600'000}, "ms",
           "After this a call that waits for the database is answered UNKNOWN."),

    words("http.address", address, at<&c::http, &http_settings::address>,
          "Address that metrics and health bind."),
    number("http.port", at<&c::http, &http_settings::port>, ports, "port",
           "Port of metrics and health; 0: any free one."),
    flag("http.port_search", at<&c::http, &http_settings::port_search>,
         "Take the next free port where the port is taken; else the start fails."),
    number("http.threads", at<&c::http, &http_settings::threads>, {1, 64}, "threads",
           "Threads that answer HTTP."),

    words("cluster.address", address, at<&c::cluster, &cluster_settings::address>,
          "Address at which other nodes will reach this one."),
    number("cluster.port", at<&c::cluster, &cluster_settings::port>, ports, "port",
           "Port reserved for messages between nodes; the run file names it."),

    words("security.tls_certificate", path, at<&c::security, &security_settings::tls_certificate>,
          "PEM file with the server's certificate chain; required without node.dev."),
    words("security.tls_key", path, at<&c::security, &security_settings::tls_key>,
          "PEM file with its private key, readable by the node's user only; required without "
          "node.dev."),
    flag("security.require_keys", at<&c::security, &security_settings::require_keys>,
         "Callers must show an API key; may be false only with node.dev."),
    number("security.key_refresh_ms", at<&c::security, &security_settings::key_refresh_ms>,
           {100, 60'000}, "ms", "How often keys are read again: the longest a revoked key lives."),

    power_of_two(number("ledger.shards", at<&c::ledger, &ledger_settings::shards>,
           {1, shards_max}, "shards",
           "Shards of a new ledger, a power of two; fixed at the first migration.")),
    number("ledger.id_window_s", at<&c::ledger, &ledger_settings::id_window_s>,
           {3'600, 7'776'000}, "s", "How old the time in a new id may be."),
    number("ledger.id_skew_s", at<&c::ledger, &ledger_settings::id_skew_s>, {1, 86'400}, "s",
           "How far the time in a new id may lie ahead."),
    number("ledger.recent_ids_max", at<&c::ledger, &ledger_settings::recent_ids_max>,
           {10'000, 100'000'000}, "ids", "Ids kept in memory; older ones are looked up."),
    number("ledger.batch_transfers_max", at<&c::ledger, &ledger_settings::batch_transfers_max>,
           {1, 65'536}, "transfers", "Transfers under one ticket."),
    number("ledger.batches_in_flight_max", at<&c::ledger, &ledger_settings::batches_in_flight_max>,
           {1, 64}, "batches", "Batches that are decided but not yet durable."),
    number("ledger.gather_us_max", at<&c::ledger, &ledger_settings::gather_us_max>, {0, 100'000},
           "us", "Longest pause between batches while hundreds of items are in flight."),
    number("ledger.defer_rounds", at<&c::ledger, &ledger_settings::defer_rounds>, {1, 1'000},
           "rounds", "After so many an undecided item makes its account defer all behind it."),
    number("ledger.defer_limit", at<&c::ledger, &ledger_settings::defer_limit>, {2, 10'000},
           "rounds", "After so many an undecided item is answered UNAVAILABLE."),
    number("ledger.active_accounts_max", at<&c::ledger, &ledger_settings::active_accounts_max>,
           {1'000, 50'000'000}, "accounts", "Accounts in memory at once."),
    number("ledger.passivate_after_s", at<&c::ledger, &ledger_settings::passivate_after_s>,
           {1, 86'400}, "s", "An account that is idle this long leaves the memory."),
    number("ledger.utc_offset_minutes", at<&c::ledger, &ledger_settings::utc_offset_minutes>,
           {-720, 840}, "minutes", "Accounting dates follow UTC plus this; China: 480."),
    number("ledger.cut_off_minutes", at<&c::ledger, &ledger_settings::cut_off_minutes>,
           {0, 1'439}, "minutes", "The accounting date changes this long after local midnight."),
    words("ledger.chart_of_accounts", path, at<&c::ledger, &ledger_settings::chart_of_accounts>,
          "The chart of accounts; empty: chart_of_accounts.toml beside the configuration file."),
    number("ledger.restart_intensity", at<&c::ledger, &ledger_settings::restart_intensity>,
           {0, 100}, "restarts", "More recoveries of a shard in the window and it is released."),
    number("ledger.restart_window_s", at<&c::ledger, &ledger_settings::restart_window_s>,
           {1, 3'600}, "s", "The window in which restarts are counted."),

    number("checkpoint.interval_ms", at<&c::checkpoint, &checkpoint_settings::interval_ms>,
           {10, 10'000}, "ms", "Pause between two rounds of balances that are stored."),
    number("checkpoint.rows_max", at<&c::checkpoint, &checkpoint_settings::rows_max>,
           {1, 1'000'000}, "rows", "Balances stored in one round."),
    number("checkpoint.rows_per_commit", at<&c::checkpoint, &checkpoint_settings::rows_per_commit>,
           {1, 100'000}, "rows", "Balances stored in one transaction, between those of transfers."),

    number("journal.keepalive_ms", at<&c::journal, &journal_settings::keepalive_ms>, {50, 500},
           "ms", "An idle owning session makes a round trip this often."),
    number("journal.transfers_per_commit_max",
           at<&c::journal, &journal_settings::transfers_per_commit_max>, {1, 1'000'000},
           "transfers", "Transfers in one transaction."),
    number("journal.idle_watermark_s", at<&c::journal, &journal_settings::idle_watermark_s>,
           {1, 10}, "s", "A shard without transfers stores a watermark this often."),

    flag("statements.enabled", at<&c::statements, &statements_settings::enabled>,
         "Keep statements behind the rows; without, they are read from the rows: exact, but slow."),
    number("statements.interval_ms", at<&c::statements, &statements_settings::interval_ms>,
           {10, 60'000}, "ms", "Pause between two looks for rows that statements do not hold yet."),
    number("statements.lag_ms", at<&c::statements, &statements_settings::lag_ms>, {0, 600'000},
           "ms",
           "Statements are brought up to date when they are this far behind, however few rows "
           "wait."),
    number("statements.rows_least", at<&c::statements, &statements_settings::rows_least>,
           {0, 10'000'000}, "rows",
           "Statements are brought up to date when so many rows wait, however fresh they are."),
    number("statements.rows_max", at<&c::statements, &statements_settings::rows_max>,
           {1'000, 10'000'000}, "rows",
           "Rows that are taken at once: about 200 bytes of memory each."),

    number("shards.retry_ms", at<&c::shards, &shards_settings::retry_ms>, {10, 10'000}, "ms",
           "How often a node tries to take the shards that it does not own."),
    number("shards.node_renew_ms", at<&c::shards, &shards_settings::node_renew_ms>, {50, 10'000},
           "ms", "How often a node renews its row."),
    number("shards.node_stale_ms", at<&c::shards, &shards_settings::node_stale_ms>,
           {200, 60'000}, "ms",
           "A node whose row is older than this, by the database's clock, is evicted."),

    number("admission.items_max", at<&c::admission, &admission_settings::items_max>,
           {10'000, 100'000'000}, "items", "Items in flight on the node; beyond it UNAVAILABLE."),
    size("admission.bytes_max", at<&c::admission, &admission_settings::bytes_max>,
         {16 * mebibyte, 64 * gibibyte}, "Bytes of requests in flight on the node."),
    number("admission.principal_items_max",
           at<&c::admission, &admission_settings::principal_items_max>, {10'000, 100'000'000},
           "items", "Items in flight of one caller."),
    size("admission.principal_bytes_max",
         at<&c::admission, &admission_settings::principal_bytes_max>, {mebibyte, 64 * gibibyte},
         "Bytes of requests in flight of one caller."),
    number("admission.peer_items_max", at<&c::admission, &admission_settings::peer_items_max>,
           {10'000, 100'000'000}, "items", "Items in flight of one network address."),
    size("admission.peer_bytes_max", at<&c::admission, &admission_settings::peer_bytes_max>,
         {mebibyte, 64 * gibibyte}, "Bytes of requests in flight of one network address."),

    number("partitions.days_back", at<&c::partitions, &partitions_settings::days_back>, {1, 400},
           "days", "Partitions of past days that are kept attached; at least the id window."),
    number("partitions.days_ahead", at<&c::partitions, &partitions_settings::days_ahead>, {1, 60},
           "days", "Partitions of days to come that are made ahead."),
    number("partitions.check_interval_s",
           at<&c::partitions, &partitions_settings::check_interval_s>, {1, 86'400}, "s",
           "How often partitions that are missing are made."),
});
// clang-format on

std::string_view section_of(std::string_view key) {
  return key.substr(0, key.find('.'));
}

/// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const setting> all_settings() {
  static const std::vector<setting> all = [] {
    std::vector<setting> list(settings.begin(), settings.end());
    const auto more = settings_of_payments();
    list.insert(list.end(), more.begin(), more.end());
    return list;
  }();
  return all;
}

const setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(all_settings(), key, &setting::key);
  return found == all_settings().end() ? nullptr : &*found;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(all_settings(),
                             [name](const auto& s) { return section_of(s.key) == name; });
}

std::string_view nearest_key(std::string_view key) {
  if (key.size() > 2 * key_bytes_max) return {};  // a distance costs length × length
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const auto& s : all_settings()) {
    const std::size_t d = distance(key, s.key);
    if (d < least) {
      least = d;
      nearest = s.key;
    }
  }
  return least <= std::max<std::size_t>(2, key.size() / 3) ? nearest : std::string_view{};
}

}  // namespace suanpan::config
