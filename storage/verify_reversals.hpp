// The part of the verification that judges reversals. Internal to storage/.
#pragma once

#include "storage/verify_days.hpp"

namespace suanpan::storage {

/// Every booked reversal names a posting that came before it, between the same accounts, and all of
/// one posting together are at most its amount.
void verify_reversals(pqxx::transaction_base& in, const row_source& all_rows,
                      const std::function<void(difference)>& differ);

}  // namespace suanpan::storage
