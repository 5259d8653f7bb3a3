// Create…, RetryPayment and the rest of Payments on the wire: judging what a merchant asks, and
// saying why it is refused. Requests are judged field by field, in the order of their numbers.
#pragma once

#include "protocol/model/payment.hpp"
#include "protocol/model/payment_refusal.hpp"
#include "protocol/wire/errors.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace suanpan::v1 {
class CreateOnlineBankPayRequest;
class CreatePayoutRequest;
class CreateQuickPayRequest;
class CreateRefundRequest;
class CreateTopUpRequest;
class CreateTransferRequest;
class CreateWithdrawalRequest;
class CreateWithholdingRequest;
}  // namespace suanpan::v1

namespace suanpan::wire {

/// The value, or why there is none.
template <class T>
using judged = std::variant<T, request_error>;

/// INVALID_ARGUMENT, naming the field in its metadata, too.
[[nodiscard]] request_error field_error(std::string reason, std::string field, std::string message);

/// Whom a call acts for. `own`: the merchant of the caller's key; nothing: the caller is staff, and
/// must name one. `asked`: the request's field of that name.
[[nodiscard]] judged<merchant_id> merchant_of(const std::optional<merchant_id>& own,
                                              const std::string& asked,
                                              const char* field = "merchant");
/// The same where staff need not name one: nothing means all merchants.
[[nodiscard]] judged<std::optional<merchant_id>> merchants_of(const std::optional<merchant_id>& own,
                                                              const std::string& asked);

[[nodiscard]] judged<payment_id> payment_id_of(const std::string& text);
[[nodiscard]] judged<card_id> card_of(const std::string& text);
/// Of an order that is looked for: the system's own numbers may be, too.
[[nodiscard]] judged<order_number> number_of(const std::string& text);

/// An order as it is asked for, with its content's hash; the id, terms and times are not set. All
/// but `expires_micros`, which is 0 where it is left to us.
[[nodiscard]] judged<payment_order> translate(const v1::CreateTopUpRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreateTransferRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreateQuickPayRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreateOnlineBankPayRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreateWithholdingRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreatePayoutRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreateWithdrawalRequest& in,
                                              const std::optional<merchant_id>& own);
[[nodiscard]] judged<payment_order> translate(const v1::CreateRefundRequest& in,
                                              const std::optional<merchant_id>& own);

/// SHA-256 of content_form().
[[nodiscard]] std::array<std::uint8_t, 32> hash_of_content(const payment_order& asked);

/// Why the actors refused a call.
struct refused_payment {
  payment_refusal why = payment_refusal::none;
  std::string field;       // of order_number_reused
  minor_units refundable;  // of exceeds_refundable
};
/// Precondition: it is refused.
[[nodiscard]] request_error error_of(const refused_payment& refused);

}  // namespace suanpan::wire
