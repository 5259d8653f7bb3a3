// `suanpan-bench payments`: complete quick-pay orders on one hot merchant, through a node, through
// a relay that only passes them on, or by row locks in SQL.
#include "tools/bench/commands.hpp"
#include "tools/bench/payments_load.hpp"
#include "tools/bench/silent_payouts.hpp"
#include "tools/cli/client.hpp"
#include "tools/orders/order_cases.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

namespace suanpan::bench {
namespace {

// Of the comparison's own notifications, where no merchant is registered.
constexpr const char* bench_webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
constexpr std::uint32_t fee_basis_points = 60;
// A thread for each connection that the node keeps open (notifier.merchant_in_flight_max and more).
constexpr int receiver_threads = 48;

struct options {
  payments_options load;
  std::string by = "node";
  int clients = 8;
  std::uint32_t silent_payouts = 0;
};

payments_measurement by_row_locks(const cli::common_options& common, const options& with,
                                  orders::webhook_receiver& told) {
  return measure_row_locks({.dsn = cli::dsn_of(common),
                            .bank_address = with.load.bank_address,
                            .clients = with.clients,
                            .seconds = with.load.seconds,
                            .warmup_seconds = with.load.warmup_seconds},
                           told, bench_webhook_secret);
}

// A merchant of this run's own, hot from its first order on.
payments_measurement by_calls(options with, orders::webhook_receiver& told) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto serial = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  orders::merchant_client sells(with.load.endpoint, {"bench-" + std::to_string(serial)});
  told.expect_secret(sells.register_merchant(told.url(), fee_basis_points));
  sells.use_new_key();
  const auto card = sells.bind({.request = "bench",
                                .number = orders::card_number_of(bank::behaviour::honest, 1),
                                .holder = "user:bench"});
  std::optional<silent_payouts> silence;
  if (with.silent_payouts > 0) silence.emplace(with.load.endpoint, with.silent_payouts);
  auto found = measure_payments(with.load, sells, card, told);
  if (silence) found.silent = {silence->unknown(), silence->others()};
  return found;
}

nlohmann::ordered_json json_of(const payments_measurement& m) {
  const auto each = [&m](std::int64_t micros) {
    return m.complete == 0 ? 0.0 : static_cast<double>(micros) / static_cast<double>(m.complete);
  };
  nlohmann::ordered_json out;
  out["orders_per_second"] = m.orders_per_second();
  out["complete"] = m.complete;
  out["answered"] = m.answered;
  out["others"] = m.others;
  out["failure"] = m.failure;
  out["untold"] = m.untold;
  if (m.silent)
    out["silent_payouts"] = {{"unknown", m.silent->unknown}, {"others", m.silent->others}};
  out["drain_ms"] = m.drain_micros / 1'000;
  out["latency_us"] = {{"p50", m.latency_micros.percentile(50'000)},
                       {"p99", m.latency_micros.percentile(99'000)},
                       {"p99_9", m.latency_micros.percentile(99'900)},
                       {"max", m.latency_micros.max()}};
  out["cpu_us_per_order"] = {{"client", each(m.client_cpu)}};
  if (m.node_cpu) out["cpu_us_per_order"]["node"] = each(*m.node_cpu);
  if (m.postgres_cpu) out["cpu_us_per_order"]["postgres"] = each(*m.postgres_cpu);
  if (m.bank_cpu) out["cpu_us_per_order"]["bank"] = each(*m.bank_cpu);
  return out;
}

std::string text_of(const payments_measurement& m) {
  const auto json = json_of(m);
  std::string text = "  " + std::to_string(m.orders_per_second()) + " complete orders/s, " +
                     std::to_string(m.complete) + " while counting\n";
  for (const auto& [name, value] : json["cpu_us_per_order"].items()) {
    char line[64];
    std::snprintf(line, sizeof line, "  %8.0f CPU us an order, %s\n", value.get<double>(),
                  name.c_str());
    text += line;
  }
  if (m.latency_micros.count() > 0)
    text += "  latency of calls, us: " + json["latency_us"].dump() + "\n";
  if (m.silent)
    text += "  beside it " + std::to_string(m.silent->unknown) + " payouts into silence, and " +
            std::to_string(m.silent->others) + " that were turned back\n";
  if (m.others > 0)
    text += "  " + std::to_string(m.others) + " calls ended otherwise: " + m.failure + "\n";
  if (m.untold > 0) text += "  " + std::to_string(m.untold) + " paid, and nobody was told\n";
  return text;
}

cli::exit_status run(const cli::common_options& common, options with) {
  orders::webhook_receiver told(receiver_threads);
  with.load.endpoint = cli::endpoint_of(common);
  if (with.by == "node" && with.load.dsn.empty()) with.load.dsn = common.dsn;
  const auto found =
      with.by == "row-locks" ? by_row_locks(common, with, told) : by_calls(with, told);
  cli::print(common.json ? json_of(found).dump() + "\n" : text_of(found));
  return found.others == 0 && found.untold == 0 ? cli::exit_status::done
                                                : cli::exit_status::refused;
}

}  // namespace

void add_payments(CLI::App& app, cli::command_line& line) {
  auto with = std::make_shared<options>();
  auto* command = app.add_subcommand(
      "payments", "Complete quick-pay orders on one hot merchant: orders/s and what each costs");
  command->add_option("--bank", with->load.bank_address, "The bank simulator's HTTP address")
      ->default_val("127.0.0.1:7500");
  command
      ->add_option("--by", with->by,
                   "node: the node, or relay, at --endpoint; row-locks: select for update in SQL, "
                   "in the database of --dsn")
      ->check(CLI::IsMember({"node", "relay", "row-locks"}))
      ->capture_default_str();
  cli::bounded(command->add_option("--in-flight", with->load.in_flight, "Orders at once"), 1,
               100'000)
      ->capture_default_str();
  cli::bounded(command->add_option("--connections", with->load.connections, "gRPC connections"), 1,
               64)
      ->capture_default_str();
  cli::bounded(command->add_option("--clients", with->clients, "Threads of --by row-locks"), 1, 256)
      ->capture_default_str();
  cli::bounded(command->add_option("--rate", with->load.rate,
                                   "Orders a second, evenly; 0: as fast as answers come"),
               0, 1'000'000)
      ->capture_default_str();
  cli::bounded(command->add_option("--silent-payouts", with->silent_payouts,
                                   "Payouts at once that the bank never answers, beside it"),
               0, 10'000)
      ->capture_default_str();
  cli::bounded(command->add_option("--seconds", with->load.seconds, "Counted"), 1, 3'600)
      ->capture_default_str();
  cli::bounded(command->add_option("--warmup", with->load.warmup_seconds, "Not counted"), 0, 600)
      ->capture_default_str();
  command->add_option("--node-pid", with->load.node_pid, "Whose CPU is the node's");
  command->add_option("--bank-pid", with->load.bank_pid, "Whose CPU is the bank's");
  command->callback(
      [&line, with] { line.run = [&line, with] { return run(line.common, *with); }; });
}

}  // namespace suanpan::bench
