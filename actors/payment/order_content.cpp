#include "actors/payment/order_content.hpp"

#include "actors/payment/payment_rules.hpp"

#include <algorithm>

namespace suanpan {
namespace {

payment_order stamped(payment_order order, const order_terms& with) {
  order.id = with.id;
  order.created_micros = with.now_micros;
  if (order.expires_micros == 0) order.expires_micros = with.now_micros + with.expiry_micros;
  if (order.kind != payment_kind::quick_pay) order.attempts_max = 1;
  return order;
}

}  // namespace

payment_order completed(payment_order asked, const order_terms& with, const product_terms& terms) {
  auto order = stamped(std::move(asked), with);
  order.fee = fee_of(order.amount, terms.fee_basis_points);
  order.returns_fee = terms.returns_fee;
  order.books_before_answer = terms.books_before_answer;
  return order;
}

payment_order completed_refund(payment_order asked, const order_terms& with,
                               const payment_state& original) {
  auto order = stamped(std::move(asked), with);
  take_from_original(order, original);
  order.books_before_answer = original.order.books_before_answer;
  return order;
}

}  // namespace suanpan
