// The table of the drill, and how our books are compared with the bank's.
#include "tools/orders/order_cases.hpp"

#include "tools/orders/reconcile.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace suanpan;
using namespace suanpan::orders;

namespace {

our_success ours(const std::string& reference, std::int64_t amount = 100) {
  return {"quick_pay order-1", reference, "pay", {amount}, "CNY"};
}
bank_entry banks(const std::string& reference, std::int64_t amount = 100) {
  bank_entry one;
  one.kind = "pay";
  one.reference = reference;
  one.amount = {amount};
  one.currency = "CNY";
  return one;
}

bool passes_luhn(const std::string& number) {
  int sum = 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const int digit = number[number.size() - 1 - i] - '0';
    const int twice = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += i % 2 == 1 ? twice : digit;
  }
  return sum % 10 == 0;
}

}  // namespace

TEST_CASE("drill: every kind is there, and every lie with every kind that can meet it") {
  std::set<payment_kind> kinds;
  std::set<bank::behaviour> lies;
  std::set<std::string> names;
  for (const auto& one : order_cases()) {
    kinds.insert(one.kind);
    lies.insert(one.lie);
    CHECK_MESSAGE(names.insert(one.name()).second, one.name());
    CHECK((one.ends == payment_stage::failed) == !one.failure.empty());
  }
  CHECK(kinds.size() == payment_kinds.size());
  CHECK(lies.size() == bank::behaviours().size());
}

TEST_CASE("drill: cards are of different numbers, pass Luhn's check and behave as they say") {
  std::set<std::string> numbers;
  for (const auto& entry : bank::behaviours())
    for (int serial = 0; serial < 20; ++serial) {
      const auto number = card_number_of(entry.what, serial);
      CHECK(numbers.insert(number).second);
      CHECK(passes_luhn(number));
      CHECK(bank::behaviour_of(number) == entry.what);
    }
}

TEST_CASE("reconcile: books that agree have no difference, declines and returns are none") {
  auto declined = banks("r2");
  declined.declined = "card_declined";
  auto returned = banks("r1");
  returned.kind = "returned";
  CHECK(differences({ours("r1")}, {banks("r1"), declined, returned}).empty());
}

TEST_CASE("reconcile: each kind of difference is one sentence") {
  CHECK(differences({ours("r1")}, {}).size() == 1);
  CHECK(differences({}, {banks("r1")}).size() == 1);
  CHECK(differences({ours("r1", 99)}, {banks("r1")}).size() == 1);
  CHECK(differences({ours("r1")}, {banks("r1"), banks("r1")}).size() == 1);
  auto refund = banks("r1");
  refund.kind = "refund";
  CHECK(differences({ours("r1")}, {refund}).size() == 1);
}
