// The life of one order, for a person to read: `suanpan payment explain`.
#pragma once

#include "suanpan/v1/payments.pb.h"

#include <cstdint>
#include <string>

namespace suanpan::cli {

/// "quick_pay" of PAYMENT_KIND_QUICK_PAY; "-" where nothing was said.
[[nodiscard]] std::string short_name(suanpan::v1::PaymentKind kind);
[[nodiscard]] std::string short_name(suanpan::v1::PaymentState state);
[[nodiscard]] std::string short_name(suanpan::v1::PaymentAdvice advice);

/// A length of time: "0 ms", "84 ms", "3.204 s", "12 min 5 s", "26 h 3 min".
[[nodiscard]] std::string elapsed_text(std::int64_t micros);

/// How a payment stands, line by line.
[[nodiscard]] std::string payment_text(const suanpan::v1::Payment& payment);

/// All of it: how it stands, what happened by which rule, attempts, evidence, postings as
/// T-accounts, notifications, cases, refunds.
[[nodiscard]] std::string explain_text(const suanpan::v1::PaymentLife& life);

/// Its notifications and how far each has come; empty if it has none.
[[nodiscard]] std::string notifications_text(const suanpan::v1::PaymentLife& life);

}  // namespace suanpan::cli
