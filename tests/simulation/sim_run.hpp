// One whole run from one seed: a town of accounts, one to three nodes, clients, misfortunes for a
// while, then quiet, then the auditor.
#pragma once

#include "tests/simulation/auditor.hpp"
#include "tests/simulation/bank_adapter.hpp"
#include "tests/simulation/sim_merchant.hpp"
#include "tests/simulation/sim_trouble.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::simulation {

/// What a run is like; all else is drawn from the seed.
struct sim_plan {
  std::uint64_t seed = 1;
  bool misfortunes = true;  // else nothing ever fails
  /// Hears the readable log. Whether anybody listens changes nothing of the run.
  sim_world::listener listener = nullptr;
  int clients = 3;
  std::uint32_t nodes = 0;  // 0: drawn
};

struct sim_result {
  std::vector<std::string> breaches;
  std::uint64_t log_hash = 0;  // quick; comparable between runs of one program
  std::uint64_t steps = 0;
  std::size_t items = 0;  // asked, copies and retries included
  std::size_t rows = 0;   // stored
  std::size_t unavailable = 0;
  std::size_t orders = 0;  // paid, or not, through a bank
  sim_time lasted = 0;     // virtual
  std::uint32_t nodes = 0;
  std::map<std::string, std::uint64_t> met;  // misfortunes and fault points, how often
};

class sim_run {
 public:
  explicit sim_run(const sim_plan& plan);
  ~sim_run();
  [[nodiscard]] sim_result run();

 private:
  void draw_nodes();
  [[nodiscard]] teller_options draw_teller();
  void open_accounts();
  void meet_a_bank();
  void deliver_callback(const channel_answer& answer, int tries);
  void await_expiries();
  void await_orders();
  void freeze_merchant();
  void read_everything();
  [[nodiscard]] bool all_answered() const;
  [[nodiscard]] sim_result judge();

  sim_plan plan_;
  sim_world world_;
  sim_faults faults_;
  std::uint32_t shards_ = 2;
  history told_;
  std::unique_ptr<simulated_database> database_;
  std::unique_ptr<auditor> auditor_;
  std::vector<std::unique_ptr<sim_node>> nodes_;
  std::unique_ptr<sim_town> town_;
  std::vector<std::unique_ptr<sim_client>> clients_;
  std::unique_ptr<sim_trouble> trouble_;
  std::unique_ptr<sim_bank> bank_;  // of every other pair of seeds, with a merchant
  std::shared_ptr<bank_adapter> adapter_;
  std::shared_ptr<sim_payments> payments_;
  std::unique_ptr<sim_merchant> merchant_;
  std::uint64_t merchant_seed_ = 0;
};

/// As run(), in one call.
[[nodiscard]] sim_result run_seed(const sim_plan& plan);

}  // namespace suanpan::simulation
