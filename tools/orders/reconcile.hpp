// Our successes and a bank's, one to one: nobody paid twice, nothing paid that we do not know of,
// nothing ours that the bank did not do. Pure.
#pragma once

#include "tools/orders/bank_truth.hpp"

#include <string>
#include <vector>

namespace suanpan::orders {

/// An attempt of ours that we hold for done, surplus ones and their refunds included.
struct our_success {
  std::string order;      // for people: "quick_pay M001/order-7"
  std::string reference;  // at the bank
  std::string kind;       // as the bank calls it: pay, refund, payout
  minor_units amount;
  std::string currency;
};

/// One sentence for each difference, in a fixed order; none: the books agree. What the bank
/// returned by itself is told by its statement alone and is no difference here.
[[nodiscard]] std::vector<std::string> differences(std::vector<our_success> ours,
                                                   const std::vector<bank_entry>& banks);

}  // namespace suanpan::orders
