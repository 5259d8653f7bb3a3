// One order of each kind through each lie of the bank: the table of tools/orders/order_cases.
#include "tests/scenarios/payment_town.hpp"
#include "tools/orders/order_drill.hpp"

#include <doctest/doctest.h>

using namespace suanpan;

TEST_CASE(
    "scenario: every kind of order comes to its one right end through every lie of the bank") {
  scenarios::payment_town town;
  orders::order_drill drill(
      {.endpoint = town.endpoint(), .bank_address = town.bank_address(), .serial = "scenario"});
  const auto result = drill.run([](const auto&) {});
  for (const auto& fault : result.faults) CHECK_MESSAGE(false, fault);
  for (const auto& difference : result.differences) CHECK_MESSAGE(false, difference);
  CHECK(result.orders.size() > 90);
  CHECK(result.notifications >= result.orders.size());
  CHECK(result.refused_notifications == 0);
  const auto verified = town.verified();
  CHECK_MESSAGE(verified.starts_with("verify: ok "), verified);
  if (!result.faults.empty() || !result.differences.empty()) town.keep();
}
