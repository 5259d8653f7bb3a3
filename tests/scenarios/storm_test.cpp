// Short here; SUANPAN_STORM="SEED ORDERS KILLS" runs another one.
#include "tests/scenarios/order_storm.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

using namespace suanpan;

TEST_CASE("storm: random orders through lies and kills end once, are booked, and are told") {
  scenarios::storm_plan plan;
  if (const char* other = std::getenv("SUANPAN_STORM"); other != nullptr)
    std::istringstream(other) >> plan.seed >> plan.orders >> plan.kills;
  CAPTURE(plan.seed);
  // As tools/up has them: what a real bank is given minutes for takes seconds here.
  scenarios::payment_town town(
      {.node = {"payments.query_first_ms=300", "payments.pending_query_first_ms=1000",
                "payments.system_retry_first_ms=300", "payments.unsent_attempts_max=2",
                "notifier.retry_first_ms=300"}});
  const auto figures = scenarios::order_storm(town, plan).run();
  for (const auto& violation : figures.violations) CHECK_MESSAGE(false, violation);
  CHECK(figures.kills > 0);
  std::string ended;
  for (const auto& [stage, count] : figures.ended)
    ended += ' ' + stage + '=' + std::to_string(count);
  MESSAGE("orders=" << figures.orders << " kills=" << figures.kills
                    << " calls repeated=" << figures.told_again << " ended:" << ended);
  for (const auto& life : figures.lives) MESSAGE(life);
  if (!figures.violations.empty()) town.keep();
}
