// Between the checker's two files; nobody else needs it.
#pragma once

#include "tests/faults/checker.hpp"

#include <map>
#include <vector>

namespace suanpan::faults {

using findings = std::vector<violation>;

/// What the database holds under one id.
struct rows_of_id {
  transfer_id id;
  std::vector<const stored_row*> booked;
  std::vector<const stored_row*> refused;
};

/// same_place, reordered, and looks at single transfers.
void judge_order(findings& found, const history& told, const books& held,
                 const std::map<transfer_id, rows_of_id>& rows);
/// overdraft, wrongly_refused, unbalanced, and reads of balances.
void judge_balances(findings& found, const history& told, const books& held);

}  // namespace suanpan::faults
