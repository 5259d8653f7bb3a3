#include "tests/faults/fault_run.hpp"

#include "tests/faults/load.hpp"
#include "tests/faults/process.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/random.hpp"

#include <signal.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <set>

namespace suanpan::faults {
namespace {

constexpr milliseconds recovery_max{60'000};
constexpr milliseconds settle_max{90'000};

enum class fault : std::uint8_t {
  node_killed,
  postgres_killed,
  node_stopped,           // SIGTERM, started again
  node_frozen,            // SIGSTOP for seconds, longer than its session may be silent
  session_terminated,     // the journal's backend, by the database
  journal_backend_frozen  // the backend stands still, its connection does not
};

constexpr std::array<const char*, 6> names = {"node killed",        "PostgreSQL killed",
                                              "node stopped",       "node frozen",
                                              "session terminated", "backend frozen"};

class fault_run {
 public:
  explicit fault_run(const run_plan& plan)
      : plan_(plan),
        random_(plan.seed),
        dsn_(testing::private_postgres::instance().fresh_database()),
        directory_(fresh_directory("history")),
        history_(directory_ + "/history.jsonl") {
    for (int i = 1; i <= plan.nodes; ++i)
      nodes_.push_back(std::make_unique<node_process>(
          node_options{.name = "node-" + std::to_string(i), .dsn = dsn_}));
  }

  run_figures run() {
    load_options options{.addresses = {}, .seed = plan_.seed};
    for (auto& node : nodes_) {
      node->start();
      if (node == nodes_.front()) node->await_ready();
      options.addresses.push_back(node->address());
    }
    load_ = std::make_unique<mixed_load>(options, open_world(nodes_.front()->address()), history_);
    load_->start();
    figures_.fewest_between = -1;
    for (const auto f : order()) {
      await_acknowledgements();
      inflict(f);
    }
    await_acknowledgements();
    if (!load_->settle(settle_max)) throw std::runtime_error("some ids never got an answer");
    judge_run();
    return std::move(figures_);
  }

  void tell_where() const { plan_.say("history kept in " + history_.path()); }
  void forget() const { std::filesystem::remove_all(directory_); }

 private:
  std::vector<fault> order() {
    std::vector<fault> all;
    for (int i = 0; i < plan_.kills; ++i)
      all.insert(all.end(), {fault::node_killed, fault::postgres_killed});
    for (int i = 0; i < plan_.others; ++i)
      all.insert(all.end(), {fault::node_stopped, fault::node_frozen, fault::session_terminated,
                             fault::journal_backend_frozen});
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random_.below(i)]);
    return all;
  }

  // At least so many since the last fault, then a moment that nobody chose.
  void await_acknowledgements() {
    const auto before = load_->acknowledged();
    const auto began = monotonic_micros();
    const bool resumed = wait_until(recovery_max, [&] { return load_->acknowledged() > before; });
    if (figures_.faults > 0)
      figures_.longest_outage_ms =
          std::max(figures_.longest_outage_ms, (monotonic_micros() - began) / 1'000);
    const bool enough = resumed && wait_until(recovery_max, [&] {
                          return load_->acknowledged() >= before + plan_.acknowledgements_between;
                        });
    if (!enough) throw std::runtime_error("no acknowledgements after a fault\n" + logs());
    pause_for(milliseconds(random_.between(0, 700)));
    const auto between = load_->acknowledged() - before;
    if (figures_.fewest_between < 0 || between < figures_.fewest_between)
      figures_.fewest_between = between;
  }

  void inflict(fault f) {
    kinds_.insert(f);
    ++figures_.faults;
    plan_.say("fault " + std::to_string(figures_.faults) + ": " +
              names.at(static_cast<std::size_t>(f)) + ", " + std::to_string(load_->acknowledged()) +
              " acknowledged");
    const milliseconds gap(random_.between(0, 900));
    auto& node = *nodes_[random_.below(nodes_.size())];
    const auto pids = pids_of_nodes();
    switch (f) {
      case fault::node_killed:
        node.kill();
        pause_for(gap);
        return node.start();
      case fault::node_stopped:
        if (node.stop() != 0) throw std::runtime_error("SIGTERM: no clean stop\n" + logs());
        return node.start();
      case fault::postgres_killed:
        testing::private_postgres::instance().kill();
        pause_for(gap);
        testing::private_postgres::instance().start();
        break;
      case fault::node_frozen:
        node.freeze();
        pause_for(milliseconds(6'500));  // its session is freed after 5,000
        node.resume();
        break;
      case fault::session_terminated:
        testing::sql(dsn_,
                     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE application_name LIKE 'suanpan:%:journal'");
        break;
      case fault::journal_backend_frozen:
        freeze_backend();
        break;
    }
    if (pids_of_nodes() != pids) throw std::runtime_error("a node did not survive\n" + logs());
  }

  // Of those that live.
  std::vector<pid_t> pids_of_nodes() {
    std::vector<pid_t> pids;
    for (auto& node : nodes_)
      if (node->alive()) pids.push_back(node->pid());
    return pids;
  }

  [[nodiscard]] std::string logs() const {
    std::string text;
    for (const auto& node : nodes_) text += node->name() + ":\n" + node->log_tail();
    return text;
  }

  // Only root and the server's own user may signal a backend; otherwise the database ends it.
  void freeze_backend() {
    const auto rows = testing::sql(dsn_,
                                   "SELECT pid FROM pg_stat_activity "
                                   "WHERE application_name LIKE 'suanpan:%:journal'");
    for (const auto& row : rows) {
      const auto pid = static_cast<pid_t>(std::stol(row[0]));
      if (::kill(pid, SIGSTOP) != 0) continue;
      pause_for(milliseconds(random_.between(200, 2'500)));
      ::kill(pid, SIGCONT);
    }
  }

  void judge_run() {
    node_process* owner = nullptr;
    const bool owned = wait_until(recovery_max, [&] {
      for (auto& node : nodes_)
        if (node->ready()) owner = node.get();
      return owner != nullptr;
    });
    if (!owned) throw std::runtime_error("no node serves\n" + logs());
    const auto told = read_history(history_.path());
    figures_.attempts = told.attempts.size();
    figures_.reads = told.balances.size() + told.fates.size();
    figures_.acknowledged = faults::acknowledged(told);
    figures_.kinds = static_cast<int>(kinds_.size());
    figures_.verified = verify_line(dsn_, owner->address());
    figures_.violations = judge(told, read_books(dsn_));
  }

  const run_plan& plan_;
  samples::random_source random_;
  std::string dsn_;
  std::string directory_;
  std::vector<std::unique_ptr<node_process>> nodes_;
  history_writer history_;
  std::unique_ptr<mixed_load> load_;  // ends before the nodes do
  std::set<fault> kinds_;
  run_figures figures_;
};

}  // namespace

run_figures run_faults(const run_plan& plan) {
  fault_run one(plan);
  run_figures figures;
  try {
    figures = one.run();
  } catch (const std::exception& e) {
    figures.trouble = e.what();
  }
  if (figures.ok()) {
    one.forget();
  } else {
    keep_logs();
    one.tell_where();
  }
  return figures;
}

}  // namespace suanpan::faults
