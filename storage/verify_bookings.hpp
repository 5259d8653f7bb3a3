// Intents against the books, for verify_payments. Internal to storage/.
#pragma once

#include "storage/verify_days.hpp"

namespace suanpan::storage {

/// Each leg of a booked intent is one row with its content, or its place on suspense; no row speaks
/// for an order without such a leg; no intent waits for long; and the sums that the intents give
/// each account are those of their rows.
void verify_bookings(pqxx::transaction_base& in, const row_source& all_rows,
                     const std::function<void(difference)>& differ);

}  // namespace suanpan::storage
