// What befalls a run besides its own doing: nodes that crash, stand still and are evicted, clocks
// that step, sessions that are terminated, a database that restarts or fails over. Each at any
// moment, at any message, or at a fault point of the product. Everything is drawn from the seed.
#pragma once

#include "tests/simulation/history.hpp"
#include "tests/simulation/sim_faults.hpp"
#include "tests/simulation/sim_node.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace suanpan::simulation {

/// The product's fault points that a run can visit. Those of the journal and the readers are
/// visited in the tests against PostgreSQL: here both are played by stand-ins.
[[nodiscard]] const std::vector<std::string_view>& simulated_fault_points();

class sim_trouble {
 public:
  using sim_nodes = std::vector<std::unique_ptr<sim_node>>;
  /// Everything given outlives it. From now on it counts visits of fault points.
  sim_trouble(sim_world& world, history& told, simulated_database& database, sim_nodes& nodes,
              sim_faults& faults);
  ~sim_trouble();
  sim_trouble(const sim_trouble&) = delete;
  sim_trouble& operator=(const sim_trouble&) = delete;

  /// There are orders: their actors meet with trouble, too.
  void know_orders() { orders_ = true; }
  /// Draws which misfortunes this run has, and how often.
  void begin();
  /// Nothing bad happens from now on; what is down comes back.
  void settle_down();

 private:
  void draw_faults();
  void draw_fault_point();
  void visit(std::string_view point);
  /// Where an actor may meet with an exception, once in so many visits, by which name it is
  /// counted.
  struct exception_point {
    std::string_view point;
    std::uint64_t one_in = 0;
    std::string_view what;
  };
  void throw_at(std::string_view point, const exception_point& where);
  void schedule();
  void befall_something();
  void befall(sim_node& node);
  void crash(sim_node& node);
  void stall(sim_node& node);
  void lag();
  void restart_database();
  void fail_over();
  void restart_given_up();

  sim_world& world_;
  history& told_;
  simulated_database& database_;
  sim_nodes& nodes_;
  sim_faults& faults_;
  std::string_view crash_at_;        // the fault point at which a node will crash; empty: none
  std::uint64_t visits_before_ = 0;  // that pass first
  std::uint64_t lags_ = 0;           // counts, so that only the present one is ended
  bool orders_ = false;
  bool troubled_ = false;  // it has begun
  bool quiet_ = false;     // and it is over
};

}  // namespace suanpan::simulation
