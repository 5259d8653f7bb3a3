// The owning session. What the server must have said for a write to count as done is in
// write_script.cpp; how bytes travel is in libpq_connection.cpp. Here: one order of statements per
// act.
#include "storage/journal_session.hpp"

#include "storage/advisory_keys.hpp"
#include "storage/copy_rows.hpp"
#include "storage/libpq_connection.hpp"
#include "storage/migrate.hpp"
#include "storage/payment_script.hpp"
#include "storage/write_script.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace suanpan::storage {
namespace {

// Positive and never 0, which means "never taken" in suanpan.shard.
std::int64_t random_session_id() {
  std::random_device source;
  const auto high = static_cast<std::uint64_t>(source()) << 32U;
  return static_cast<std::int64_t>((high | source()) >> 1U | 1U);
}

std::string shard_array(std::span<const shard_id> shards) {
  return array_of(shards, [](shard_id s) { return std::to_string(s.value); });
}

// A proxy that pools transactions hands each statement to any backend: session locks would be worth
// nothing (R16). Its own key for cancelling betrays it, or a setting that does not stay.
outcome<done> check_real_session(libpq_connection& connection, std::int64_t session) {
  const auto marked = connection.query(
      "SELECT set_config('suanpan.session',$1,false),pg_backend_pid()", {std::to_string(session)});
  if (!marked) return unavailable{marked.reason()};
  const auto found =
      connection.query("SELECT current_setting('suanpan.session',true),pg_backend_pid()");
  if (!found) return unavailable{found.reason()};
  if ((*found)[0][0] != std::to_string(session) || (*found)[0][1] != (*marked)[0][1] ||
      (*found)[0][1] != std::to_string(connection.backend_pid())) {
    return unavailable{
        "the database is behind a pooling proxy: session locks would not hold; connect directly"};
  }
  return done{};
}

// R17: what frees the locks of a node that fell silent, and what must never cut a commit short.
outcome<done> apply_settings(libpq_connection& connection, const session_options& options) {
  const auto set = connection.query(
      "SELECT set_config('idle_session_timeout',$1,false),"
      "set_config('idle_in_transaction_session_timeout',$1,false),"
      "set_config('tcp_keepalives_idle','5',false),"
      "set_config('tcp_keepalives_interval','2',false),"
      "set_config('tcp_keepalives_count','3',false),"
      "set_config('tcp_user_timeout',$2,false),"
      "set_config('statement_timeout','0',false),"
      "set_config('lock_timeout','0',false),"
      "set_config('client_min_messages','warning',false),"
      "set_config('synchronous_commit',"
      "  CASE WHEN current_setting('synchronous_commit')='off' THEN 'on'"
      "  ELSE current_setting('synchronous_commit') END,false)",
      {std::to_string(options.idle_session_timeout_ms),
       std::to_string(options.tcp_user_timeout_ms)});
  if (!set) return unavailable{set.reason()};
  return done{};
}

// R18. Asked again at each take-over, since the setting can change under a running node.
outcome<done> check_writable(libpq_connection& connection, bool zero_loss) {
  const auto row = connection.query(
      "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')='on',"
      "current_setting('synchronous_standby_names'),current_setting('synchronous_commit')");
  if (!row) return unavailable{row.reason()};
  const auto& is = (*row)[0];
  if (is[0] != "f") return unavailable{"the database is read-only"};
  if (zero_loss && (is[1].empty() || is[2] == "local")) {
    return unavailable{"zero loss is asked for, but the database has no synchronous standby"};
  }
  return done{};
}

// R18. A session stays with its server, and a server that takes writes stays on its timeline: asked
// once. In between `lives` compares.
outcome<database_lineage> check_lineage(libpq_connection& connection,
                                        const lineage_memory_ptr& seen) {
  if (!seen) return database_lineage{};
  const auto row = connection.query(lineage_query);
  if (!row) return unavailable{row.reason()};
  const auto& is = (*row)[0];
  const database_lineage found{std::stoll(is[0]), static_cast<std::uint32_t>(std::stoul(is[1]))};
  if (auto admitted = seen->admit(found); !admitted) return unavailable{admitted.reason()};
  return found;
}

outcome<done> check_schema(libpq_connection& connection) {
  const auto rows =
      connection.query("SELECT number,sha256 FROM suanpan.schema_migration ORDER BY number");
  if (!rows) return unavailable{"the schema cannot be read: " + rows.reason()};
  std::vector<applied_migration> applied;
  for (const auto& row : *rows) applied.push_back({std::stoi(row[0]), row[1]});
  const auto state = compare_schema(applied);
  if (!state.fault.empty()) return unavailable{state.fault};
  if (state.stored < state.known)
    return unavailable{"the schema is older than this binary: migrate"};
  return done{};
}

// R28. Begun with the locks held, see accounting_calendar.cpp.
outcome<done> check_calendar(libpq_connection& connection, std::optional<std::int32_t> shift) {
  if (!shift) return done{};
  const auto rows =
      connection.query("SELECT shift_minutes FROM suanpan.accounting_calendar FOR SHARE");
  if (!rows) return unavailable{rows.reason()};
  if (rows->empty() || (*rows)[0][0] == std::to_string(*shift)) return done{};
  return unavailable{
      "accounting days of this ledger begin at another time than this node's: "
      "utc_offset_minutes - cut_off_minutes is " +
      (*rows)[0][0] + ", not " + std::to_string(*shift)};
}

}  // namespace

struct journal_session::impl {
  session_options options;
  std::unique_ptr<libpq_connection> connection;
  std::int64_t session = 0;
  database_lineage lineage;
  ticket newest;  // among the rows that this session wrote
  std::set<shard_id> held;
  std::string lost;
  copy_buffer openings;
  copy_buffer transfers;

  [[nodiscard]] bool holds(shard_id shard) const { return held.contains(shard); }

  // A server goes on as before where another was promoted in its place: another session of this
  // node may have seen that one (R18).
  [[nodiscard]] bool lives() {
    if (lost.empty() && options.seen && !options.seen->is_newest(lineage))
      lost = refusal_of(options.seen->newest(), lineage);
    return lost.empty();
  }

  unavailable drop(std::string why) {
    if (lost.empty()) lost = std::move(why);
    return unavailable{lost};
  }

  // Runs one transaction and leaves the session either clean or lost.
  write_outcome transact(const std::string& script, std::span<const std::string_view> copies,
                         std::span<const std::size_t> copied) {
    if (!lives()) return failed{"the session was lost before: " + lost};
    const auto end = connection->run(script, copies);
    auto verdict = judge(end, copied);
    if (const auto* content = std::get_if<rejected>(&verdict)) {
      const auto undone = connection->run("ROLLBACK");
      if (undone.tags == std::vector<std::string>{"ROLLBACK"} && undone.alive) return verdict;
      drop("no answer to ROLLBACK");
      return failed{content->message};
    }
    if (!std::holds_alternative<committed>(verdict)) {
      drop(end.trouble.empty() ? "a transaction ended in an unexpected way" : end.trouble);
    } else if (!end.alive || end.error) {
      drop("the connection broke after a commit");
    }
    return verdict;
  }
};

journal_session::journal_session(std::unique_ptr<impl> with) : impl_(std::move(with)) {}
journal_session::~journal_session() = default;

outcome<std::unique_ptr<journal_session>> journal_session::open(const session_options& options) {
  auto connected = libpq_connection::open(
      options.dsn, {{"application_name", "suanpan:" + options.node_name + ":journal"},
                    {"keepalives", "1"},
                    {"tcp_user_timeout", std::to_string(options.tcp_user_timeout_ms)}});
  if (!connected) return unavailable{connected.reason()};
  auto with = std::make_unique<impl>();
  with->options = options;
  with->connection = std::move(*connected);
  with->session = random_session_id();
  auto& connection = *with->connection;
  if (auto is = check_real_session(connection, with->session); !is) return unavailable{is.reason()};
  if (auto set = apply_settings(connection, options); !set) return unavailable{set.reason()};
  if (auto is = check_writable(connection, options.zero_loss); !is) return unavailable{is.reason()};
  if (auto is = check_schema(connection); !is) return unavailable{is.reason()};
  const auto lineage = check_lineage(connection, options.seen);
  if (!lineage) return unavailable{lineage.reason()};
  with->lineage = *lineage;
  return std::unique_ptr<journal_session>{new journal_session{std::move(with)}};
}

outcome<std::vector<shard_id>> journal_session::try_lock(std::span<const shard_id> shards) {
  if (!impl_->lives()) return unavailable{impl_->lost};
  const std::set<shard_id> wanted{shards.begin(), shards.end()};
  std::vector<shard_id> got;
  for (const shard_id shard : wanted) {
    if (impl_->holds(shard)) continue;
    // Alone in its own autocommit statement: a snapshot taken with it could miss the last commit of
    // the owner before us (R16).
    const auto row =
        impl_->connection->query("SELECT pg_try_advisory_lock($1::int4,$2::int4)",
                                 {std::to_string(shard_lock_key), std::to_string(shard.value)});
    if (!row) return impl_->drop(row.reason());
    if ((*row)[0][0] == "t") {
      impl_->held.insert(shard);
      got.push_back(shard);
    } else if (impl_->held.empty()) {
      break;  // two nodes that start at once must not split the shards between them
    }
  }
  return got;
}

outcome<std::vector<shard_claim>> journal_session::raise_epochs(std::span<const shard_id> shards) {
  if (!impl_->lives()) return unavailable{impl_->lost};
  for (const shard_id shard : shards) {
    if (!impl_->holds(shard))
      return unavailable{"shard " + std::to_string(shard.value) + " is not locked by this session"};
  }
  auto& connection = *impl_->connection;
  if (auto is = check_writable(connection, impl_->options.zero_loss); !is)
    return impl_->drop(is.reason());
  if (const auto begun = connection.query("BEGIN ISOLATION LEVEL READ COMMITTED"); !begun)
    return impl_->drop(begun.reason());
  if (auto is = check_calendar(connection, impl_->options.day_shift_minutes); !is)
    return impl_->drop(is.reason());
  const auto known = connection.query(
      "SELECT greatest((SELECT max(newest) FROM suanpan.journal_commit),"
      "(SELECT max(position) FROM suanpan.shard_position),0)");
  if (!known) return impl_->drop(known.reason());
  // Without statistics the planner would read whole partitions instead of the few newest ranges.
  if (const auto set = connection.query("SET LOCAL enable_seqscan=off"); !set)
    return impl_->drop(set.reason());
  const auto newest = connection.query(
      "SELECT greatest($1::int8,max(ticket)) FROM suanpan.transfer WHERE ticket>$1::int8",
      {(*known)[0][0]});
  if (!newest) return impl_->drop(newest.reason());
  const auto raised = connection.query(
      "UPDATE suanpan.shard s SET epoch=s.epoch+1,session=$2::int8,node=$3,"
      "taken_at=clock_timestamp(),taken_above=$4::int8 FROM suanpan.shard_position p "
      "WHERE s.shard=any($1::int2[]) AND p.shard=s.shard "
      "RETURNING s.shard,s.epoch,p.position",
      {shard_array(shards), std::to_string(impl_->session), impl_->options.node_name,
       (*newest)[0][0]});
  if (!raised) return impl_->drop(raised.reason());
  if (raised->size() != shards.size()) return impl_->drop("the ledger has fewer shards than asked");
  const auto end = connection.run("COMMIT");
  if (end.tags != std::vector<std::string>{"COMMIT"} || end.warned || !end.alive)
    return impl_->drop("the take-over's commit is in doubt: " + end.trouble);

  std::vector<shard_claim> claims;
  for (const auto& row : *raised) {
    claims.push_back({{static_cast<std::uint16_t>(std::stoi(row[0]))},
                      {std::stoll(row[1])},
                      {std::stoll(row[2])},
                      {std::stoll((*newest)[0][0])}});
  }
  std::sort(claims.begin(), claims.end(),
            [](const shard_claim& a, const shard_claim& b) { return a.shard < b.shard; });
  return claims;
}

outcome<done> journal_session::release(std::span<const shard_id> shards) {
  if (!impl_->lives()) return unavailable{impl_->lost};
  for (const shard_id shard : shards) {
    const auto row =
        impl_->connection->query("SELECT pg_advisory_unlock($1::int4,$2::int4)",
                                 {std::to_string(shard_lock_key), std::to_string(shard.value)});
    if (!row) return impl_->drop(row.reason());
    if ((*row)[0][0] != "t") return impl_->drop("released a lock that was not held");
    impl_->held.erase(shard);
  }
  const auto left = impl_->connection->query(
      "SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND pid=pg_backend_pid() "
      "AND classid=$1::int8::oid AND objid=any($2::int8[]::oid[]) AND objsubid=2",
      {std::to_string(shard_lock_key), shard_array(shards)});
  if (!left) return impl_->drop(left.reason());
  if ((*left)[0][0] != "0") return impl_->drop("a lock was held more than once");
  return done{};
}

write_outcome journal_session::write(const journal_write& what) {
  ticket newest = std::max(impl_->newest, what.settled);
  for (const auto& row : what.transfers) newest = std::max(newest, row.at);
  for (const auto& row : what.openings) newest = std::max(newest, row.opened);
  for (const auto& change : what.changes) newest = std::max(newest, change.at);

  // All bytes exist before the first one leaves: a node stopped by the system is then stopped
  // outside COPY, where timeouts can free its locks (R17).
  std::vector<std::string_view> copies;
  std::vector<std::size_t> copied;
  if (!what.openings.empty()) {
    copies.push_back(impl_->openings.encode(what.openings));
    copied.push_back(what.openings.size());
  }
  if (!what.transfers.empty()) {
    copies.push_back(impl_->transfers.encode(what.transfers));
    copied.push_back(what.transfers.size());
  }
  auto verdict =
      impl_->transact(write_script(what, {impl_->session, what.settled, newest}), copies, copied);
  if (std::holds_alternative<committed>(verdict)) impl_->newest = newest;
  return verdict;
}

write_outcome journal_session::write_payments(const payment_write& what) {
  if (!impl_->lives()) return failed{"the session was lost before: " + impl_->lost};
  const auto script = write_script(what, impl_->session);
  if (!script.fault.empty()) return rejected{"P0001", script.fault};
  const std::vector<std::string_view> files(script.files.begin(), script.files.end());
  return impl_->transact(script.text, files, script.rows);
}

write_outcome journal_session::write_checkpoint(std::span<const shard_claim> claims,
                                                std::span<const balance_checkpoint> balances,
                                                std::span<const shard_position> positions) {
  return impl_->transact(checkpoint_script(claims, balances, positions, impl_->session), {}, {});
}

write_outcome journal_session::write_watermark(ticket settled) {
  const ticket newest = std::max(impl_->newest, settled);
  auto verdict = impl_->transact(watermark_script({impl_->session, settled, newest}), {}, {});
  if (std::holds_alternative<committed>(verdict)) impl_->newest = newest;
  return verdict;
}

bool journal_session::fence() {
  if (!impl_->lives()) return false;
  if (impl_->connection->ping()) return true;
  impl_->drop("the connection was lost");
  return false;
}

outcome<std::vector<transfer_id>> journal_session::stored_among(
    std::span<const transfer_row> transfers) {
  if (!impl_->lives()) return unavailable{impl_->lost};
  const auto rows = impl_->connection->query(
      "SELECT id FROM suanpan.transfer WHERE id=any($1::uuid[]) AND leg=0",
      {array_of(transfers, [](const transfer_row& row) { return to_string(row.what->id); })});
  if (!rows) return impl_->drop(rows.reason());
  std::vector<transfer_id> ids;
  for (const auto& row : *rows) {
    if (const auto id = parse_transfer_id(row[0])) ids.push_back(*id);
  }
  return ids;
}

std::int64_t journal_session::backend_pid() const noexcept {
  return impl_->connection->backend_pid();
}
const std::string& journal_session::lost() const noexcept {
  return impl_->lost;
}

}  // namespace suanpan::storage
