// The fault points of the journal and the readers, which the simulation only plays: the product's
// own ones run here on PostgreSQL, in a node that dies at each of the points and starts again.
#include "actors/fault_points.hpp"
#include "actors/journal/journal.hpp"
#include "actors/reader/reader.hpp"
#include "storage/verify.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/sim_node.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/samples.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <stdexcept>

using namespace suanpan;
using namespace suanpan::simulation;
using testing::private_postgres;
using testing::sql;
using testing::sql_value;
using enum item_result;

namespace {

// Virtual time, counted from the real day: partitions are there around today only.
class today_clock final : public wall_clock {
 public:
  explicit today_clock(const sim_world& world) : world_(world) {}
  [[nodiscard]] std::int64_t unix_micros() const noexcept override { return began_ + world_.now(); }

 private:
  const sim_world& world_;
  std::int64_t began_ = std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
};

// A node of the product's actors, all of them, that dies once at the point given.
struct mortal_node {
  explicit mortal_node(std::string_view at) : point(at) {
    spdlog::set_level(spdlog::level::off);
    on_fault_point = [this](std::string_view name) { visit(name); };
  }
  ~mortal_node() {
    on_fault_point = nullptr;
    world.shut_down();
  }

  sim_node_options options() {
    sim_node_options o;
    o.shards = 64;
    o.teller.shards = 64;
    o.keeper.shards = 64;
    o.checkpointer.interval = std::chrono::milliseconds{100};
    o.clock = &clock;
    o.make_journal = [this] {
      journal_options j;
      j.session.dsn = dsn;
      j.session.node_name = "mortal";
      j.session.idle_session_timeout_ms = 120'000;
      j.checkpoint_rows_per_commit = 1;
      return caf::actor(world.system().spawn<journal>(j, nullptr));
    };
    o.make_reader = [this] {
      return caf::actor(
          world.system().spawn<reader>(reader_settings{{dsn, "mortal"}}, &clock, nullptr));
    };
    return o;
  }

  // As kill -9: its sessions end with it, so what the handler still tries reaches nobody.
  void die() {
    told.lose(node.party());
    node.crash();
    sql(dsn,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname=current_database() "
        "AND application_name LIKE 'suanpan:%'");
    while (sql_value(dsn,
                     "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid=l.database WHERE "
                     "locktype='advisory' AND d.datname=current_database()") != "0") {
    }
  }
  void visit(std::string_view name) {
    if (name == "account.decide" && throws > 0) {
      --throws;
      throw std::runtime_error("planted");
    }
    if (name != point || deaths > 0 || world.acting() != node.party()) return;
    ++deaths;
    die();
  }

  bool wait(const std::function<bool()>& what) {
    return world.run_until(world.now() + 20 * seconds, what);
  }
  void serve() {
    if (!node.running()) node.start();
    wait([&] { return !node.running() || node.status().ready(); });
  }
  std::string point;
  int deaths = 0;
  int throws = 0;
  sim_world world{7};
  today_clock clock{world};
  std::string dsn = private_postgres::instance().fresh_database();
  sim_faults faults;
  simulated_database unused{world, 1};
  history told;
  sim_node node{world, unused, faults, options()};
};

struct shop_day : mortal_node {
  using mortal_node::mortal_node;

  account_number open(const std::string& owner, std::uint16_t shard, account_flags flags) {
    const std::vector<account_opening> what = {
        {{owner, "2001", samples::cny, "", {shard}}, normal_side::credit, flags}};
    for (int tries = 0; tries < 50; ++tries) {
      serve();
      auto request = std::make_shared<sim_opening>(world, told, node.party(), what);
      node.open(request);
      wait([&] { return !node.running() || request->finished; });
      if (request->finished && request->answers[0].number.value > 0)
        return request->answers[0].number;
      world.run_until(world.now() + 100 * millis, nullptr);
    }
    throw std::runtime_error("no account");
  }
  transfer pay(account_number from, account_number to, std::int64_t amount) {
    transfer t;
    t.id = samples::id_at(clock.unix_micros() / 1'000, ++ids);
    t.debit = from;
    t.credit = to;
    t.amount = {amount};
    t.event_code = 1001;
    t.ccy = samples::cny;
    return t;
  }
  item_result post(const transfer& what) {
    for (int tries = 0; tries < 50; ++tries) {
      serve();
      auto request =
          std::make_shared<sim_posting>(world, told, node.party(), std::vector<transfer>{what});
      node.post(request);
      wait([&] { return !node.running() || request->finished; });
      if (request->finished) {
        const auto said = request->answers[0].result;
        if (said != unavailable && said != unknown) return said;
      }
      world.run_until(world.now() + 100 * millis, nullptr);
    }
    return none;
  }
  std::uint64_t ids = 0;
};

// Those of orders are met where there are orders.
bool is_played(std::string_view point) {
  const bool of_orders = point.ends_with("_steps") || point.ends_with("_payment_fence");
  return !of_orders && (point.starts_with("journal.") || point.starts_with("reader."));
}

}  // namespace

TEST_CASE("contract: a node that dies at any point of its journal or readers loses nothing") {
  for (const auto point : fault_points) {
    if (!is_played(point)) continue;
    CAPTURE(point);
    shop_day day(point);
    const auto bank = day.open("internal", 0, account_flags::none);
    const auto user = day.open("user:1", 1, account_flags::no_overdraft);
    const auto shop = day.open("merchant:M1", 2, account_flags::no_overdraft);
    std::vector<transfer> asked = {day.pay(bank, user, 1'000)};
    for (int i = 0; i < 8; ++i) asked.push_back(day.pay(user, shop, 10));
    const auto refused = day.pay(shop, user, 5'000);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      CHECK(is_done(day.post(asked[i])));
      if (i == 2) CHECK(day.post(asked[1]) == exists);  // from memory: fenced
      if (i == 4) CHECK(day.post(refused) == debit_insufficient_funds);
      if (i == 5) day.throws = 1;  // its shard is drained, released, taken again
      if (i % 3 == 0) day.world.run_until(day.world.now() + 500 * millis, nullptr);
    }
    day.world.run_until(day.world.now() + 2 * seconds, nullptr);
    CHECK(day.deaths == 1);
    day.die();
    for (const auto& t : asked) CHECK(day.post(t) == exists);
    CHECK(day.post(refused) == debit_insufficient_funds);
    day.die();
    CHECK(sql_value(day.dsn, "SELECT count(*) FROM audit.transfer") == "9");
    const auto books = storage::verify(day.dsn, {});
    REQUIRE(books);
    CHECK(books->differences_total == 0);
    CHECK(books->transfers == 9);
    for (const auto& row : books->balances)
      if (row.number == shop) CHECK(balance_of(row.totals, normal_side::credit) == 80);
  }
}
