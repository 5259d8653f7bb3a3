#include "actors/node/node.hpp"

#include "actors/endpoint/endpoint.hpp"
#include "actors/endpoint/other_nodes.hpp"
#include "actors/node/actor_options.hpp"
#include "actors/node/database_memory.hpp"
#include "actors/node/outward_options.hpp"
#include "actors/node/payment_parts.hpp"
#include "actors/node/run_file.hpp"
#include "actors/statements/statement_desk.hpp"
#include "config/dsn.hpp"
#include "storage/accounting_calendar.hpp"
#include "storage/keys.hpp"
#include "storage/migrate.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <thread>

namespace suanpan {
namespace {

constexpr int exit_configuration = 3;
constexpr int exit_unavailable = 4;
constexpr std::size_t fresh_rows_max =
    1'000'000;  // kept for statements; beyond, they are read back
constexpr std::chrono::milliseconds callback_patience{3'000};  // of a node that one is passed on to
constexpr std::chrono::seconds database_wait{
    30};  // at the start; later losses are waited out for ever

struct system_config : caf::actor_system_config {
  explicit system_config(const config::node_settings& settings) {
    const auto cores = std::max(2U, std::thread::hardware_concurrency());
    const auto threads = settings.actor_threads > 0
                             ? static_cast<std::size_t>(settings.actor_threads)
                             : std::size_t{cores};
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", static_cast<std::size_t>(settings.messages_per_turn_max));
  }
};

// Whatever hangs, the process ends: a supervisor outside starts it again, and the rows have
// everything.
class exit_watchdog {
 public:
  explicit exit_watchdog(std::chrono::milliseconds deadline)
      : thread_([this, deadline] { watch(deadline); }) {}
  ~exit_watchdog() {
    {
      const std::scoped_lock lock(guard_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void watch(std::chrono::milliseconds deadline) {
    std::unique_lock lock(guard_);
    if (changed_.wait_for(lock, deadline, [this] { return done_; })) return;
    spdlog::critical("stop took longer than {} ms; leaving", deadline.count());
    spdlog::default_logger()->flush();
    _exit(1);
  }

  std::mutex guard_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

std::string address_text(const std::string& host, std::int64_t port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(port);
}

}  // namespace

struct node::parts {
  explicit parts(const config::loaded& from)
      : registry(std::make_shared<prometheus::Registry>()),
        counters(*registry),
        seen(make_database_memory(from.settings, counters)),
        config(from.settings.node),
        system(config),
        payments(std::make_unique<payment_parts>(from, *registry, counters, clock)) {}

  std::shared_ptr<prometheus::Registry> registry;
  metrics counters;
  storage::lineage_memory_ptr seen;
  std::shared_ptr<node_status> status = std::make_shared<node_status>();
  system_wall_clock clock;
  statement_feed fresh_rows{fresh_rows_max};
  system_config config;
  caf::actor_system system;
  std::unique_ptr<payment_parts> payments;
  std::shared_ptr<endpoint::other_nodes> others =
      std::make_shared<endpoint::other_nodes>(callback_patience);
  std::vector<caf::actor> stop_order;
  std::unique_ptr<endpoint::endpoint> outside;
  std::vector<caf::actor> supervisors;
  caf::actor teller_actor;
  caf::actor look_ups;
  caf::actor reports;
  caf::actor books;
  caf::actor statements;
  caf::actor lists;
  caf::actor keeper;
  caf::actor journal_actor;
  caf::actor recoverer;

  [[nodiscard]] caf::actor spawn_reader(const config::node_config& c, std::string purpose);
  [[nodiscard]] caf::actor spawn_desk(const config::node_config& c, std::string purpose);
  void spawn_ledger(const config::node_config& c);
  void spawn_watch(const config::node_config& c, const storage::node_row& self);
  [[nodiscard]] endpoint::endpoint_parts outward(const config::loaded& from);
  void stop_actors();
};

caf::actor node::parts::spawn_reader(const config::node_config& c, std::string purpose) {
  auto settings = reader_settings_of(c, std::move(purpose));
  settings.session.seen = seen;
  return system.spawn<reader, caf::detached>(std::move(settings), &clock, &counters);
}

caf::actor node::parts::spawn_desk(const config::node_config& c, std::string purpose) {
  auto session = reader_settings_of(c, std::move(purpose)).session;
  session.seen = seen;
  return system.spawn<statement_desk, caf::detached>(std::move(session));
}

// The path of a transfer: endpoint, teller, accounts, teller, journal, teller, endpoint.
void node::parts::spawn_ledger(const config::node_config& c) {
  auto deciding = teller_options_of(c);
  if (c.statements.enabled) deciding.statements = &fresh_rows;
  teller_actor = system.spawn<teller>(deciding, &clock, &counters);
  auto writing = journal_options_of(c);
  writing.session.seen = seen;
  journal_actor = system.spawn<journal, caf::detached>(std::move(writing), &counters);
  auto points = system.spawn<checkpointer>(checkpointer_options_of(c));
  keeper = system.spawn<shard_keeper>(shard_keeper_options_of(c), status.get(), &counters);
  look_ups = spawn_reader(c, "look-ups");
  recoverer = spawn_reader(c, "recovery");
  reports = spawn_reader(c, "reports");
  statements = spawn_desk(c, "statements");
  lists = spawn_desk(c, "lists");
  auto days = day_books_options_of(c);
  days.seen = seen;
  storage::balance_monitors_options monitors{.dsn = days.dsn, .node_name = days.node_name};
  monitors.seen = seen;
  books = system.spawn<bookkeeper, caf::detached>(std::move(days), std::move(monitors), &counters);

  auto links = std::make_shared<account_links>();
  links->teller = teller_actor;
  links->checkpointer = points;
  links->journal = journal_actor;
  links->deepest_mailbox = &counters.deepest_account_mailbox;
  links->defer_rounds = static_cast<std::uint16_t>(c.ledger.defer_rounds);
  for (std::uint16_t s = 0; s < c.ledger.shards; ++s)
    supervisors.push_back(system.spawn<account_supervisor>(supervisor_options_of(c, {s}), links,
                                                           keeper, &clock, &counters));

  caf::anon_send(teller_actor, teller_peers{journal_actor, look_ups, keeper, points, supervisors});
  payments->spawn(system, {teller_actor, journal_actor, keeper}, seen);
  caf::anon_send(journal_actor,
                 journal_peers{teller_actor, keeper, points, payments->of_the_session()});
  caf::anon_send(points, checkpointer_peers{teller_actor, journal_actor});
  stop_order = {keeper, points, teller_actor};
  stop_order.insert(stop_order.end(), supervisors.begin(), supervisors.end());
  for (const auto& a : {journal_actor, look_ups, recoverer, reports, books, statements, lists})
    stop_order.push_back(a);
}

void node::parts::spawn_watch(const config::node_config& c, const storage::node_row& self) {
  auto options = node_watch_options_of(c);
  options.self.grpc_address = self.grpc_address;
  options.self.http_address = self.http_address;
  options.seen = seen;
  options.others_are = [to = others](std::vector<std::string> live) { to->are(std::move(live)); };
  auto watch = system.spawn<node_watch, caf::detached>(std::move(options));
  auto upkeep =
      system.spawn<maintenance, caf::detached>(maintenance_options_of(c), reports, &clock);
  caf::anon_send(keeper, shard_keeper_peers{journal_actor, recoverer, teller_actor, watch,
                                            payments->supervisors(), payments->notifier_actor()});
  stop_order.insert(stop_order.begin(), {watch, upkeep});
  if (!c.statements.enabled) return;
  auto keeping = statement_keeper_options_of(c);
  keeping.builder.seen = seen;
  stop_order.insert(stop_order.begin(), system.spawn<statement_keeper, caf::detached>(
                                            std::move(keeping), &fresh_rows, &counters));
}

endpoint::endpoint_parts node::parts::outward(const config::loaded& from) {
  const auto& c = from.settings;
  const door_parts door{&payments->channels(), payments->callbacks(), &clock,
                        [to = others](const callback_bytes& what) { return to->accept(what); }};
  return {
      .settings = c,
      .actors = {teller_actor, look_ups, reports, books, statements, lists, payments->outside()},
      .chart = &from.chart,
      .load_keys = [keys = std::make_shared<storage::key_reader>(c.database.dsn, c.node.name,
                                                                 seen)] { return keys->list(); },
      .registry = registry,
      .status = status,
      .item_counters = &counters,
      .callbacks = make_callback_door(c, door, *registry)};
}

void node::parts::stop_actors() {
  const auto of_payments = payments->take_stop_order();
  stop_order.insert(stop_order.begin(), of_payments.begin(), of_payments.end());
  for (const auto& a : stop_order) caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
  stop_order.clear();
  supervisors.clear();
  for (auto* a : {&teller_actor, &look_ups, &reports, &books, &statements, &lists, &keeper,
                  &journal_actor, &recoverer})
    *a = nullptr;
  system.await_all_actors_done();
  payments->end_calls();
}

node::node(config::loaded from) : from_(std::move(from)) {}
node::~node() = default;

namespace {

// True: a signal to stop came. main blocks them, so they wait to be taken.
bool signalled_within(std::chrono::seconds wait) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  const timespec time{wait.count(), 0};
  return sigtimedwait(&set, nullptr, &time) > 0;
}

// The schema, of a database that nobody superseded (R18).
storage::outcome<storage::schema_state> ask_database(const std::string& dsn,
                                                     const storage::lineage_memory_ptr& seen) {
  auto schema = storage::inspect_schema(dsn);
  if (!schema) return schema;
  if (auto admitted = storage::admit_database(dsn, seen); !admitted)
    return storage::unavailable{admitted.reason()};
  return schema;
}

// The schema decides the number of shards; a schema that is not ours stops the start.
start_result check_database(config::node_config& c, const storage::lineage_memory_ptr& seen) {
  if (auto read = seen->load(); !read)
    return {exit_configuration, "node.state_dir: " + read.reason()};
  const auto deadline = std::chrono::steady_clock::now() + database_wait;
  for (;;) {
    const auto schema = ask_database(c.database.dsn, seen);
    if (schema) {
      if (!schema->fault.empty()) return {exit_configuration, "database: " + schema->fault};
      if (schema->stored < schema->known)
        return {exit_configuration, "database: the schema is at " + std::to_string(schema->stored) +
                                        ", this program needs " + std::to_string(schema->known) +
                                        ": run suanpan migrate"};
      c.ledger.shards = schema->shards;
      return {};
    }
    if (std::chrono::steady_clock::now() > deadline)
      return {exit_unavailable, "database: " + schema.reason()};
    spdlog::warn("waiting for the database: {}", schema.reason());
    if (signalled_within(std::chrono::seconds(1))) return {exit_unavailable, "told to stop"};
  }
}

// R28. Rows that a node dates otherwise than the ledger would come into closed days.
start_result check_calendar(const config::node_config& c) {
  const auto claim = storage::claim_calendar(c.database.dsn, c.node.name, day_shift_of(c));
  if (!claim) return {exit_unavailable, "database: " + claim.reason()};
  if (claim->ours) return {};
  return {exit_configuration, "ledger.utc_offset_minutes, ledger.cut_off_minutes: " + claim->fault};
}

// Nobody could write to a ledger without an operator's key: better said now than at the first call.
start_result check_keys(const config::node_config& c) {
  if (c.node.dev || !c.security.require_keys) return {};
  const auto keys = storage::list_keys(c.database.dsn);
  if (!keys) return {exit_unavailable, "database: " + keys.reason()};
  for (const auto& k : *keys)
    if (k.as == storage::role::operator_ && k.revoked_micros == 0) return {};
  return {exit_configuration,
          "security.require_keys: there is no valid operator key: make one with suanpan key create "
          "--role operator, or start with --dev on loopback"};
}

}  // namespace

start_result node::start() {
  auto& c = from_.settings;
  parts_ = std::make_unique<parts>(from_);
  auto& p = *parts_;
  if (auto r = check_database(c, p.seen); r.status != 0) return r;
  if (auto r = check_calendar(c); r.status != 0) return r;
  if (auto r = check_keys(c); r.status != 0) return r;
  spdlog::info("suanpan-node {} starting, {} shards", SUANPAN_VERSION, c.ledger.shards);
  p.counters.database_judged(lineage_verdict::newer, p.seen->newest());
  prometheus::BuildGauge()
      .Name("suanpan_build_info")
      .Help("Always 1; the labels say what runs.")
      .Register(*p.registry)
      .Add({{"version", SUANPAN_VERSION}})
      .Set(1);
  p.spawn_ledger(c);
  auto outside = endpoint::endpoint::start(p.outward(from_));
  if (!outside.running) {
    p.stop_actors();
    return {outside.configuration ? exit_configuration : exit_unavailable, outside.fault};
  }
  p.outside = std::move(outside.running);
  const auto grpc = address_text(c.grpc.address, p.outside->grpc_port());
  const auto http = address_text(c.http.address, p.outside->http_port());
  p.payments->listen_at(http);
  storage::node_row self;
  self.grpc_address = grpc;
  self.http_address = http;
  p.payments->listens_at(http);
  p.spawn_watch(c, self);
  const auto fault =
      write_run_file(c.node.run_dir, {.name = c.node.name,
                                      .grpc = grpc,
                                      .http = http,
                                      .cluster = address_text(c.cluster.address, c.cluster.port),
                                      .dsn = config::without_password(c.database.dsn),
                                      .log = c.node.log_file});
  if (!fault.empty()) {
    stop();
    return {exit_configuration, "node.run_dir: " + fault};
  }
  spdlog::info("gRPC on {}, HTTP on {}", grpc, http);
  return {};
}

void node::stop() {
  if (!parts_) return;
  const std::chrono::milliseconds deadline(from_.settings.node.stop_deadline_ms);
  const exit_watchdog watchdog(deadline + std::chrono::seconds(5));
  spdlog::info("stopping");
  parts_->status->refuse("draining");
  if (parts_->outside) parts_->outside->stop(deadline);
  parts_->stop_actors();
  remove_run_file(from_.settings.node.run_dir, from_.settings.node.name);
  parts_.reset();
  spdlog::info("stopped");
}

}  // namespace suanpan
