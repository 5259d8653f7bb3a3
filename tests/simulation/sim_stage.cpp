#include "tests/simulation/sim_stage.hpp"

#include "actors/fault_points.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>

namespace suanpan::simulation {

sim_stage::sim_stage(const stage_options& options)
    : world(options.seed), database(world, options.shards) {
  spdlog::set_level(spdlog::level::off);
  const auto payments = options.payments ? options.payments(world) : nullptr;
  for (std::uint32_t n = 0; n < options.nodes; ++n) {
    sim_node_options o;
    o.name = std::string(1, static_cast<char>('a' + n));
    o.shards = options.shards;
    o.teller.shards = options.shards;
    o.teller.passivate_after = options.passivate_after;
    o.teller.batch_transfers_max = options.batch_transfers_max;
    o.teller.queue_items_max = options.queue_items_max;
    o.teller.day_shift_minutes = options.day_shift_minutes;
    o.keeper.shards = options.shards;
    o.restart_intensity = options.restart_intensity;
    o.checkpointer.interval = options.checkpoint_interval;
    o.checkpointer.rows_max = options.checkpoint_rows_max;
    o.payments = payments;
    nodes.push_back(std::make_unique<sim_node>(world, database, faults, o));
    nodes.back()->start();
    if (n == 0 && !wait_until_served()) throw std::runtime_error("the first node does not serve");
  }
}

sim_stage::~sim_stage() {
  on_fault_point = nullptr;
  world.shut_down();
}

account_number sim_stage::open(const std::string& owner, std::uint16_t shard, account_flags flags) {
  return open_as({{owner, "2001", samples::cny, "", {shard}}, normal_side::credit, flags, {}});
}

account_number sim_stage::open_as(const account_opening& what) {
  auto request = std::make_shared<sim_opening>(world, told, node().party(),
                                               std::vector<account_opening>{what});
  node().open(request);
  wait_for([&] { return request->finished; });
  return request->answers.front().number;
}

transfer sim_stage::make(account_number debit, account_number credit, std::int64_t amount) {
  transfer t;
  t.id = samples::id_at((unix_micros_at_start + world.now()) / 1'000, ++ids_);
  t.debit = debit;
  t.credit = credit;
  t.amount = {amount};
  t.ccy = samples::cny;
  return t;
}

std::shared_ptr<sim_posting> sim_stage::send(const std::vector<transfer>& what, std::size_t n) {
  auto request = std::make_shared<sim_posting>(world, told, node(n).party(), what);
  node(n).post(request);
  return request;
}

std::vector<item_answer> sim_stage::post(const std::vector<transfer>& what, std::size_t n) {
  const auto request = send(what, n);
  wait_for([&] { return request->finished; });
  return request->answers;
}

std::optional<std::int64_t> sim_stage::credit_balance(account_number which, std::size_t n) {
  auto read = std::make_shared<sim_read>(world, told, node(n).party(), which);
  node(n).read(read);
  wait_for([&] { return read->finished; });
  if (!read->finished || read->result != read_result::found) return std::nullopt;
  return static_cast<std::int64_t>(balance_of(read->row.totals, normal_side::credit));
}

bool sim_stage::wait_until_served() {
  return wait_for([this] {
    return std::ranges::any_of(nodes,
                               [](const auto& n) { return n->running() && n->status().ready(); });
  });
}

void sim_stage::restart(std::size_t n) {
  told.lose(node(n).party());
  node(n).crash();
  node(n).start();
  wait_until_served();
}

std::string sim_stage::audit() {
  auditor a(database, told);
  a.check_all();
  std::string found;
  for (const auto& b : a.breaches()) found += b + "\n";
  return found;
}

}  // namespace suanpan::simulation
