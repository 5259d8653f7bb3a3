// The short form of tools/faults; every seed must pass.
#include "tests/faults/fault_run.hpp"

#include <doctest/doctest.h>

#include <iostream>

using namespace suanpan::faults;

TEST_CASE("faults: kills of node and PostgreSQL lose, double and invent nothing") {
  run_plan plan;
  plan.seed = 20'261'123;
  plan.kills = 3;
  plan.others = 1;
  plan.say = [](const std::string& line) { std::cout << line << std::endl; };
  const auto figures = run_faults(plan);
  CHECK(figures.trouble == "");
  CHECK(text_of(figures.violations) == "");
  CHECK(figures.verified.starts_with("verify: ok "));
  CHECK(figures.faults == 10);
  CHECK(figures.fewest_between >= plan.acknowledgements_between);
  CHECK(figures.acknowledged >= 11 * 200);
  std::cout << figures.acknowledged << " acknowledged, " << figures.attempts
            << " attempts, longest outage " << figures.longest_outage_ms << " ms\n";
}
