// suanpan-faults: the long form of the fault runs, behind tools/faults. Last line:
// "faults: ok acknowledged=N faults=N kinds=N violations=0".
#include "tests/faults/fault_run.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

int main(int argc, char** argv) {
  using namespace suanpan::faults;
  CLI::App app{"Kills the node and its PostgreSQL under load, and judges what is left."};
  run_plan plan;
  plan.kills = 20;
  plan.others = 5;
  app.add_option("--kills", plan.kills, "SIGKILLs of the node, and as many of PostgreSQL")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--others", plan.others, "of each other kind of fault")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  app.add_option("--nodes", plan.nodes, "on the one database: one owns, the others take over")
      ->check(CLI::Range(1, 5))
      ->capture_default_str();
  app.add_option("--seed", plan.seed, "what is asked for, and which fault comes when")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  plan.say = [](const std::string& line) { std::cerr << line << std::endl; };
  const auto figures = run_faults(plan);
  std::cerr << figures.verified << '\n' << text_of(figures.violations);
  std::cerr << figures.attempts << " attempts and " << figures.reads << " reads recorded; at least "
            << figures.fewest_between << " acknowledgements between two faults; longest outage "
            << figures.longest_outage_ms << " ms (seed " << plan.seed << ")\n";
  if (!figures.ok()) {
    std::cout << "faults: FAILED "
              << (figures.trouble.empty() ? std::to_string(figures.violations.size()) +
                                                " violations, " + figures.verified
                                          : figures.trouble)
              << '\n';
    return 1;
  }
  std::cout << "faults: ok acknowledged=" << figures.acknowledged << " faults=" << figures.faults
            << " kinds=" << figures.kinds << " violations=0\n";
  return 0;
}
