// What an order is completed with when it is accepted. Pure.
#pragma once

#include "protocol/model/merchant.hpp"
#include "protocol/model/payment_records.hpp"
#include "protocol/model/payment_refusal.hpp"

#include <cstdint>
#include <string>

namespace suanpan {

/// What an order is completed with when it is accepted.
struct order_terms {
  payment_id id;
  std::int64_t now_micros = 0;
  std::int64_t expiry_micros = 0;  // how long it may be open where the merchant does not say
};
/// Fee, terms, times and id. `terms`: the merchant's, of the product.
[[nodiscard]] payment_order completed(payment_order asked, const order_terms& with,
                                      const product_terms& terms);
/// Of a refund: whose money goes back to whom follows from what it refunds.
[[nodiscard]] payment_order completed_refund(payment_order asked, const order_terms& with,
                                             const payment_state& original);

}  // namespace suanpan
