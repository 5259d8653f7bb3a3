// See measure.hpp.
#include "tools/bench/measure.hpp"

#include "protocol/model/clock.hpp"
#include "protocol/model/ids.hpp"
#include "storage/copy_baseline.hpp"
#include "tools/bench/cpu_time.hpp"
#include "tools/bench/database.hpp"
#include "tools/cli/reports.hpp"

#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

namespace suanpan::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::uint32_t event_code_first = 40'000;  // of the codes that mark a run
constexpr std::uint32_t event_codes = 20'000;
constexpr std::int64_t second = 1'000'000;

std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number)
    throw cli::command_failure(cli::exit_status::refused, "the system gave no random bytes");
  return number;
}

std::int64_t micros_since(steady::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - began).count();
}

/// CPU time of everybody up to now.
cpu_cost cpu_now(std::int64_t node_pid, std::int64_t postmaster) {
  cpu_cost now;
  now.client = own_cpu_micros();
  if (node_pid != 0) now.node = cpu_micros_of(node_pid);
  if (postmaster != 0) now.postgres = family_cpu_micros(postmaster);
  return now;
}

cpu_cost between(const cpu_cost& before, const cpu_cost& after) {
  cpu_cost cost;
  cost.client = after.client - before.client;
  if (before.node && after.node) cost.node = *after.node - *before.node;
  if (before.postgres && after.postgres) cost.postgres = *after.postgres - *before.postgres;
  return cost;
}

storage::copy_baseline_result copy_for(const measure_options& options, std::int64_t micros) {
  std::fprintf(stderr, "COPY alone, for %lld ms\n", static_cast<long long>(micros / 1'000));
  storage::copy_baseline_options copy;
  copy.dsn = options.dsn;
  copy.rows_per_commit = options.load.batch;
  copy.micros = micros;
  copy.seed = options.load.seed;
  const auto copied = storage::copy_baseline(copy);
  if (!copied)
    throw cli::command_failure(cli::exit_status::unavailable,
                               "the COPY baseline: " + copied.reason());
  return *copied;
}

/// Runs the load on all connections; counts after the warm-up, for the seconds asked for.
class load_session {
 public:
  load_session(const cli::common_options& common, const measure_options& options)
      : options_(options), tallies_(options.load.connections) {
    for (std::uint32_t i = 0; i < options.load.connections; ++i)
      clients_.push_back(std::make_unique<cli::ledger_client>(common, static_cast<int>(i)));
    run_.accounts = open_load_accounts(*clients_[0], options.load.accounts);
    watch_ = {options.node_pid, data_directory_of(options.dsn)};
    require_disk(options.load, watch_);
    const std::uint64_t random = random_number();
    run_.event_code = event_code_first + static_cast<std::uint32_t>(random % event_codes);
    run_.id_salt = random >> 22U;
    first_millis_ = system_wall_clock().unix_micros() / 1'000;
  }

  void drive(std::int64_t postmaster, measurement& into) {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < options_.load.connections; ++i)
      threads.emplace_back([this, i] { load_one(i); });
    std::this_thread::sleep_for(std::chrono::seconds(options_.load.warmup_seconds));
    const auto cpu_before = cpu_now(options_.node_pid, postmaster);
    const auto began = steady::now();
    run_.counting_since = began;
    run_.counting = true;
    into.windows = watch_load(options_.load, watch_, run_);
    run_.counting = false;
    into.micros = micros_since(began);
    into.cpu = between(cpu_before, cpu_now(options_.node_pid, postmaster));
    run_.stopping = true;
    threads.clear();
    for (const auto& tally : tallies_) into.tally.merge(tally);
    into.node_rss_bytes = rss_bytes_of(options_.node_pid);
  }

  /// Rows of this run that are booked.
  std::int64_t rows_found() const {
    const auto last_millis = system_wall_clock().unix_micros() / 1'000 + 1;
    const auto rows = query_numbers(
        options_.dsn,
        "SELECT count(*) FROM suanpan.transfer WHERE result IN (1, 3) AND event_code = " +
            std::to_string(run_.event_code) + " AND id >= '" +
            to_string(transfer_id::first_of(first_millis_)) + "' AND id < '" +
            to_string(transfer_id::first_of(last_millis)) + "'");
    return rows.at(0);
  }

  /// Of accounts drawn at random, the hot one among them.
  statement_agreement statements_agree() const {
    random_source random(options_.load.seed);
    std::vector<std::int64_t> drawn;
    for (std::uint32_t i = 0; i < options_.statements; ++i)
      drawn.push_back(run_.accounts[i == 0 ? 0 : random.below(options_.load.accounts)]);
    return check_statements(*clients_[0], options_.dsn, drawn, first_millis_ * 1'000);
  }

  bool books_balance() const {
    suanpan::v1::TrialBalance balance;
    cli::require_ok(
        clients_[0]->ledger().GetTrialBalance(clients_[0]->unary_context().get(), {}, &balance),
        "reading the trial balance");
    return cli::is_balanced(balance);
  }

 private:
  void load_one(std::uint32_t i) {
    const auto& load = options_.load;
    const std::uint64_t seed = load.seed * 1'000 + i;
    if (load.unary) {
      load_by_calls(*clients_[i], load, run_, seed, tallies_[i]);
    } else {
      load_by_stream(*clients_[i], load, run_, seed, tallies_[i]);
    }
  }

  const measure_options& options_;
  std::vector<std::unique_ptr<cli::ledger_client>> clients_;
  std::vector<load_tally> tallies_;
  load_run run_;
  watch_options watch_;
  std::int64_t first_millis_ = 0;
};

}  // namespace

std::int64_t measurement::transfers_per_second() const {
  return static_cast<std::int64_t>(tally.counted) * second / std::max<std::int64_t>(micros, 1);
}

bool measurement::rows_agree() const {
  if (!rows_found) return true;
  const auto posted = static_cast<std::int64_t>(tally.posted);
  return *rows_found >= posted && *rows_found <= posted + static_cast<std::int64_t>(tally.unknown);
}

measurement measure_transfers(const cli::common_options& common, const measure_options& options) {
  measurement found;
  const bool copies = options.with_copy && !options.dsn.empty();
  // Half before and half after the load, so that a machine that tires or warms is fair to both.
  const std::int64_t copy_micros =
      std::max<std::int64_t>(options.load.seconds * second / 2, second);
  load_session session(common, options);
  storage::copy_baseline_result copied;
  if (copies) copied = copy_for(options, copy_micros);
  const std::int64_t postmaster = options.dsn.empty() ? 0 : postmaster_pid(options.dsn);
  std::fprintf(stderr, "transfers, for %u s after %u s of warm-up\n", options.load.seconds,
               options.load.warmup_seconds);
  session.drive(postmaster, found);
  if (copies) {
    const auto again = copy_for(options, copy_micros);
    found.copy_rows_per_second =
        (copied.rows + again.rows) * second / (copied.micros + again.micros);
  }
  if (!options.dsn.empty()) found.rows_found = session.rows_found();
  found.balanced = session.books_balance();
  if (!options.dsn.empty() && options.statements != 0)
    found.statements = session.statements_agree();
  return found;
}

}  // namespace suanpan::bench
