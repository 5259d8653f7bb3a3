// What must become of one order of each kind at a bank that lies in each of its ways: the table
// that tools/up plays for people and the scenario tests play for the record.
#pragma once

#include "protocol/model/payment.hpp"
#include "protocol/model/payment_records.hpp"
#include "tools/bank/behaviour.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::orders {

/// One order and its only right end. The bank dedupes by reference and its "not found" is final
/// once it has settled; what a bank of another kind changes is said in tests/scenarios.
struct order_case {
  payment_kind kind = payment_kind::quick_pay;
  bank::behaviour lie = bank::behaviour::honest;
  payment_stage ends = payment_stage::succeeded;
  std::string_view failure = {};          // ours, where it ends failed
  std::optional<case_reason> opens = {};  // a case that a person must see

  /// "quick_pay 0102 timeout_then_paid".
  [[nodiscard]] std::string name() const;
};

/// Every kind with every lie that applies to it. A transfer never meets a bank; a refund lies as
/// the payment that it refunds, so only such that the payment survives.
[[nodiscard]] std::vector<order_case> order_cases();

/// A card of test digits that passes Luhn's check and ends in the behaviour's digits. `serial`:
/// different cards for different numbers, 0 … 9,999.
[[nodiscard]] std::string card_number_of(bank::behaviour lie, int serial);

}  // namespace suanpan::orders
