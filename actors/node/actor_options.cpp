#include "actors/node/actor_options.hpp"

#include <random>

namespace suanpan {

using std::chrono::milliseconds;
using std::chrono::seconds;

day_shift day_shift_of(const config::node_config& c) {
  return {static_cast<std::int32_t>(c.ledger.utc_offset_minutes - c.ledger.cut_off_minutes)};
}

teller_options teller_options_of(const config::node_config& c) {
  const auto& l = c.ledger;
  teller_options o;
  o.shards = static_cast<std::uint32_t>(l.shards);
  o.id_window_ms = l.id_window_s * 1000;
  o.id_skew_ms = l.id_skew_s * 1000;
  o.recent_ids_max = static_cast<std::size_t>(l.recent_ids_max);
  o.batch_transfers_max = static_cast<std::size_t>(l.batch_transfers_max);
  o.batches_in_flight_max = static_cast<std::size_t>(l.batches_in_flight_max);
  o.gather.most = std::chrono::microseconds(l.gather_us_max);
  o.defer_limit = static_cast<std::uint16_t>(l.defer_limit);
  o.queue_items_max = static_cast<std::size_t>(c.admission.items_max) * 2;
  o.active_accounts_max = static_cast<std::size_t>(l.active_accounts_max);
  o.passivate_after = seconds(l.passivate_after_s);
  o.idle_watermark = seconds(c.journal.idle_watermark_s);
  o.day_shift_minutes = day_shift_of(c).minutes;
  return o;
}

journal_options journal_options_of(const config::node_config& c) {
  journal_options o;
  o.session.dsn = c.database.dsn;
  o.session.node_name = c.node.name;
  o.session.idle_session_timeout_ms = c.database.idle_session_timeout_ms;
  o.session.tcp_user_timeout_ms = c.database.tcp_user_timeout_ms;
  o.session.zero_loss = c.database.zero_loss;
  o.session.day_shift_minutes = day_shift_of(c).minutes;
  o.transfers_per_commit_max = static_cast<std::size_t>(c.journal.transfers_per_commit_max);
  o.checkpoint_rows_per_commit = static_cast<std::size_t>(c.checkpoint.rows_per_commit);
  o.keepalive = milliseconds(c.journal.keepalive_ms);
  return o;
}

checkpointer_options checkpointer_options_of(const config::node_config& c) {
  checkpointer_options o;
  o.interval = milliseconds(c.checkpoint.interval_ms);
  o.rows_max = static_cast<std::uint32_t>(c.checkpoint.rows_max);
  return o;
}

shard_keeper_options shard_keeper_options_of(const config::node_config& c) {
  shard_keeper_options o;
  o.shards = static_cast<std::uint32_t>(c.ledger.shards);
  o.retry = milliseconds(c.shards.retry_ms);
  return o;
}

supervisor_options supervisor_options_of(const config::node_config& c, shard_id shard) {
  supervisor_options o;
  o.shard = shard;
  o.restart_intensity = static_cast<std::uint32_t>(c.ledger.restart_intensity);
  o.restart_window = seconds(c.ledger.restart_window_s);
  return o;
}

statement_keeper_options statement_keeper_options_of(const config::node_config& c) {
  statement_keeper_options o;
  o.builder.dsn = c.database.dsn;
  o.builder.node_name = c.node.name;
  o.builder.rows_max = static_cast<std::size_t>(c.statements.rows_max);
  o.interval = milliseconds(c.statements.interval_ms);
  o.lag_most = milliseconds(c.statements.lag_ms);
  o.rows_least = static_cast<std::size_t>(c.statements.rows_least);
  return o;
}

reader_settings reader_settings_of(const config::node_config& c, std::string purpose) {
  reader_settings s;
  s.session.dsn = c.database.dsn;
  s.session.node_name = c.node.name;
  s.session.purpose = std::move(purpose);
  s.session.statement_timeout_ms = c.database.statement_timeout_ms;
  s.recent_ids_max = std::min<std::size_t>(s.recent_ids_max,
                                           static_cast<std::size_t>(c.ledger.recent_ids_max) / 2);
  s.id_skew_ms = c.ledger.id_skew_s * 1000;
  return s;
}

storage::day_books_options day_books_options_of(const config::node_config& c) {
  storage::day_books_options o;
  o.dsn = c.database.dsn;
  o.node_name = c.node.name;
  o.statement_timeout_ms = c.database.statement_timeout_ms;
  return o;
}

node_watch_options node_watch_options_of(const config::node_config& c) {
  node_watch_options o;
  o.dsn = c.database.dsn;
  o.self.name = c.node.name;
  std::random_device random;
  o.self.incarnation = static_cast<std::int64_t>(random()) << 16 ^ random();
  o.renew = milliseconds(c.shards.node_renew_ms);
  o.stale = milliseconds(c.shards.node_stale_ms);
  return o;
}

maintenance_options maintenance_options_of(const config::node_config& c) {
  maintenance_options o;
  o.dsn = c.database.dsn;
  o.days_back = static_cast<std::int32_t>(c.partitions.days_back);
  o.days_ahead = static_cast<std::int32_t>(c.partitions.days_ahead);
  o.partition_check = seconds(c.partitions.check_interval_s);
  return o;
}

}  // namespace suanpan
