// The part of the verification that judges orders: their rows among themselves, and against the
// books. Internal to storage/.
#pragma once

#include "storage/verify_days.hpp"

#include <cstdint>

namespace suanpan::storage {

/// Orders ↔ intents ↔ vouchers ↔ balances. What was booked is exactly what intents say, or stands
/// on suspense where they say so (R22), and nothing else was booked in an order's name; no intent
/// waits for long; each order stands as its steps tell; it was paid once, by an attempt that was
/// allowed (R20); what it must have in the books at its end, it has; refunds fit what they refund.
/// Returns how many orders there are.
[[nodiscard]] std::int64_t verify_payments(pqxx::transaction_base& in, const row_source& all_rows,
                                           const std::function<void(difference)>& differ);

}  // namespace suanpan::storage
