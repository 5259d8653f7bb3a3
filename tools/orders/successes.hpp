// Which attempts of payments we hold for done, as their API tells them.
#pragma once

#include "suanpan/v1/payments.pb.h"
#include "tools/orders/reconcile.hpp"

#include <vector>

namespace suanpan::orders {

/// In the order of the payments and their attempts.
[[nodiscard]] std::vector<our_success> successes_of(const std::vector<v1::Payment>& all);

}  // namespace suanpan::orders
