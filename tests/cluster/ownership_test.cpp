// Ownership is a database session (R16, R17): a second node owns nothing until the first one's
// session is gone, then takes over by itself; and the first, when it comes back, answers nothing
// from old memory (R8). Times are printed; what is asserted leaves room for a busy machine.
#include "tests/cluster/two_nodes.hpp"

#include <future>
#include <iostream>

using namespace suanpan::faults;

namespace {

// Said to be 3 s and 6 s on an idle machine.
constexpr std::int64_t killed_take_over_ms_max = 10'000;
constexpr std::int64_t stopped_take_over_ms_max = 15'000;

load_options load_on(const two_nodes& nodes, std::size_t items) {
  load_options options;
  options.addresses = {nodes.first->address(), nodes.second->address()};
  options.items_max = items;
  options.large_items = items;
  options.unary_clients = 3;
  options.stream_clients = 2;
  return options;
}

bool is_unavailable(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE;
}

}  // namespace

TEST_CASE("ownership: a second node owns nothing, says so, and answers nothing about accounts") {
  two_nodes nodes;
  const auto owned = [](const node_process& node) { return node.metric("suanpan_shards_owned"); };
  CHECK(wait_until(milliseconds(10'000), [&] { return owned(*nodes.first) == 64; }));
  CHECK(owned(*nodes.second) == 0);
  CHECK(two_nodes::owns_nothing(*nodes.second));

  const auto world = open_world(nodes.first->address());
  ledger_client other(nodes.second->address());
  const std::vector<item> what{transfer_of(world.source, world.users[0], 5)};
  CHECK(other.post_recorded(what, nodes.history)[0].told == 200);
  v1::Account found;
  CHECK(is_unavailable(other.account(world.users[0], found)));
  // A look-up goes to the database: any node tells the truth.
  v1::GetTransferResponse looked;
  CHECK(other.transfer(what[0].id, looked).error_code() == grpc::StatusCode::NOT_FOUND);
  ledger_client owner(nodes.first->address());
  CHECK(owner.post_recorded(what, nodes.history)[0].told == 1);
  CHECK(other.transfer(what[0].id, looked).ok());
  nodes.judge_all();
}

TEST_CASE("ownership: a killed node's shards are served by the other, under load") {
  two_nodes nodes;
  mixed_load load(load_on(nodes, 40), open_world(nodes.first->address()), nodes.history);
  load.start();
  for (int round = 0; round < 2; ++round) {
    const auto before = load.acknowledged();
    REQUIRE(wait_until(milliseconds(30'000), [&] { return load.acknowledged() > before + 300; }));
    const auto at = monotonic_micros();
    nodes.first->kill();
    const auto took = nodes.await_take_over(at);
    std::cout << "take-over after kill -9: " << took << " ms\n";
    CHECK(took <= killed_take_over_ms_max);
    nodes.first->start();
    REQUIRE(
        wait_until(milliseconds(30'000), [&] { return two_nodes::owns_nothing(*nodes.first); }));
    nodes.swap();
  }
  CHECK(load.settle(milliseconds(60'000)));
  nodes.swap();  // `second` owns again
  nodes.judge_all();
}

TEST_CASE("ownership: a node that ends cleanly hands over at once") {
  two_nodes nodes;
  const auto at = monotonic_micros();
  CHECK(nodes.first->stop() == 0);
  const auto took = nodes.await_take_over(at);
  std::cout << "take-over after SIGTERM: " << took << " ms\n";
  CHECK(took <= killed_take_over_ms_max);
}
