// Payments as messages of the API: how an order stands, and its life.
#pragma once

#include "protocol/model/payment_life.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::v1 {
class Payment;
class PaymentCase;
class PaymentEvidence;
class PaymentLife;
class PaymentNotification;
class PaymentPosting;
}  // namespace suanpan::v1

namespace suanpan::wire {

/// How an order stands. `now_micros`: of the advice when to ask again. Without route reasons, which
/// are for ExplainPayment.
void fill(const payment_state& from, std::int64_t now_micros, v1::Payment& to);
/// What to do about it now.
[[nodiscard]] retry_advice advice_of(const payment_state& order) noexcept;
/// Each of its intents is booked, or was refused.
[[nodiscard]] bool is_booked(const payment_state& order) noexcept;

void fill(const payment_case& from, v1::PaymentCase& to);
void fill(const payment_evidence& from, v1::PaymentEvidence& to);
/// `order`: from which the transfers' ids follow.
void fill(const booking_intent& from, const payment_id& order, v1::PaymentPosting& to);
/// Without its body, which is for ExplainPayment.
void fill(const told_notification& from, v1::PaymentNotification& to);
/// All of it.
void fill(const payment_life& from, std::int64_t now_micros, v1::PaymentLife& to);

}  // namespace suanpan::wire
