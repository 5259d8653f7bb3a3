#include "protocol/wire/payments.hpp"

#include "protocol/model/payment_content.hpp"
#include "protocol/wire/text.hpp"
#include "suanpan/v1/payments.pb.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

namespace suanpan::wire {
namespace {

using fault = std::optional<request_error>;

/// The system's refunds of surpluses have numbers that begin so.
constexpr std::string_view reserved_prefix = "surplus-";

/// A judged value, or the fault as it is.
template <class T>
fault take(judged<T> from, T& into) {
  if (auto* error = std::get_if<request_error>(&from)) return std::move(*error);
  into = std::get<T>(std::move(from));
  return std::nullopt;
}

/// What all Create… requests begin with.
template <class Request>
fault read_front(const Request& in, const std::optional<merchant_id>& own, payment_order& out) {
  if (auto error = take(merchant_of(own, in.merchant()), out.merchant)) return error;
  if (auto error = take(number_of(in.order_number()), out.number)) return error;
  if (in.order_number().starts_with(reserved_prefix))
    return field_error("ORDER_NUMBER_INVALID", "order_number",
                       "Numbers that begin with surplus- are the system's own.");
  if (in.amount() <= 0)
    return field_error("AMOUNT_INVALID", "amount", "An amount is above zero, in minor units.");
  out.amount = {in.amount()};
  const auto ccy = parse_currency(in.currency());
  if (!ccy) return field_error("CURRENCY_UNKNOWN", "currency", "The currency is not in ISO 4217.");
  out.ccy = *ccy;
  return std::nullopt;
}

fault read_card(const std::string& text, payment_order& out) {
  return take(card_of(text), out.card);
}

fault read_user(const std::string& text, payment_order& out) {
  if (!is_user(text))
    return field_error("PAYER_INVALID", "payer", "The payer is a user: \"user:42\".");
  out.payer = text;
  return std::nullopt;
}

fault read_parties(const v1::CreateTransferRequest& in, payment_order& out) {
  if (!is_user(in.payer()) && in.payer() != owner_of(out.merchant))
    return field_error("PAYER_INVALID", "payer",
                       "The payer is a user, or the merchant that asks: \"user:42\".");
  if (!is_party(in.payee()))
    return field_error("PAYEE_INVALID", "payee",
                       "The payee is a user or a merchant: \"user:42\", \"merchant:M001\".");
  if (in.payee() == in.payer())
    return field_error("PAYEE_INVALID", "payee", "The payee is another than the payer.");
  out.payer = in.payer();
  out.payee = in.payee();
  return std::nullopt;
}

fault read_return_url(const std::string& url, payment_order& out) {
  const bool scheme = url.starts_with("https://") || url.starts_with("http://");
  const bool printed = std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; });
  const bool host = scheme && url.size() > url.find("//") + 2 && url[url.find("//") + 2] != '/';
  if (!host || !printed || url.size() > return_url_bytes_max)
    return field_error("RETURN_URL_INVALID", "return_url",
                       "It begins with https:// or http:// and has at most 512 bytes.");
  out.return_url = url;
  return std::nullopt;
}

/// What all of them end with, and the hash of it all.
template <class Request>
fault read_end(const Request& in, payment_order& out) {
  if (in.description().size() > description_bytes_max || !is_text(in.description()))
    return field_error("DESCRIPTION_INVALID", "description",
                       "A description is UTF-8 without NUL, at most 256 bytes.");
  out.description = in.description();
  if (in.expires_at_micros() < 0)
    return field_error("EXPIRES_AT_INVALID", "expires_at_micros", "A time is not below 0.");
  out.expires_micros = in.expires_at_micros();
  out.content_hash = hash_of_content(out);
  return std::nullopt;
}

std::optional<request_error> read_cards_max(std::uint32_t asked, payment_order& out) {
  if (asked > cards_of_order_max)
    return field_error("CARDS_MAX_INVALID", "cards_max", "An order may try at most 10 cards.");
  out.attempts_max = static_cast<std::int16_t>(std::max(asked, 1U));
  return std::nullopt;
}

/// Front, what the kind has of its own, end.
template <class Request, class Middle>
judged<payment_order> read_order(const Request& in, const std::optional<merchant_id>& own,
                                 payment_kind kind, const Middle& middle) {
  payment_order out;
  out.kind = kind;
  if (auto error = read_front(in, own, out)) return std::move(*error);
  if (auto error = middle(out)) return std::move(*error);
  if (auto error = read_end(in, out)) return std::move(*error);
  return out;
}

template <class Request>
judged<payment_order> read_card_order(const Request& in, const std::optional<merchant_id>& own,
                                      payment_kind kind) {
  return read_order(in, own, kind, [&in](payment_order& out) { return read_card(in.card(), out); });
}

template <class Request>
judged<payment_order> read_user_order(const Request& in, const std::optional<merchant_id>& own,
                                      payment_kind kind) {
  return read_order(in, own, kind, [&in](payment_order& out) {
    if (auto error = read_card(in.card(), out)) return error;
    return read_user(in.payer(), out);
  });
}

request_error precondition(std::string reason, std::string message) {
  return {grpc::StatusCode::FAILED_PRECONDITION, std::move(reason), std::move(message)};
}

request_error missing(std::string reason, std::string message) {
  return {grpc::StatusCode::NOT_FOUND, std::move(reason), std::move(message)};
}

request_error come_again(std::string reason, std::string message, std::chrono::milliseconds after) {
  return {.code = grpc::StatusCode::UNAVAILABLE,
          .reason = std::move(reason),
          .message = std::move(message),
          .retry_after = after};
}

request_error reused(const std::string& field) {
  return {.code = grpc::StatusCode::ALREADY_EXISTS,
          .reason = "IDEMPOTENCY_KEY_REUSED",
          .message = "The order number is taken by an order with another " + field + '.',
          .metadata = {{"field", field}},
          .field = field};
}

request_error in_progress() {
  return {.code = grpc::StatusCode::ABORTED,
          .reason = "REQUEST_IN_PROGRESS",
          .message = "The same request is being worked on: ask again after a pause.",
          .retry_after = std::chrono::seconds(1)};
}

request_error exceeds(minor_units refundable) {
  auto error =
      precondition("EXCEEDS_REFUNDABLE", "That is more than is left of the payment to refund.");
  error.metadata = {{"refundable", std::to_string(refundable.value)}};
  return error;
}

}  // namespace

request_error field_error(std::string reason, std::string field, std::string message) {
  request_error error{grpc::StatusCode::INVALID_ARGUMENT, std::move(reason), std::move(message)};
  error.metadata = {{"field", field}};
  error.field = std::move(field);
  return error;
}

judged<std::optional<merchant_id>> merchants_of(const std::optional<merchant_id>& own,
                                                const std::string& asked) {
  if (asked.empty()) return own;
  if (!is_merchant_id(asked))
    return field_error("MERCHANT_INVALID", "merchant",
                       "A merchant is [A-Za-z0-9_-], at most 32 bytes.");
  if (own && own->value != asked)
    return request_error{.code = grpc::StatusCode::PERMISSION_DENIED,
                         .reason = "MERCHANT_NOT_YOURS",
                         .message = "The key is another merchant's.",
                         .metadata = {{"merchant", own->value}}};
  return merchant_id{asked};
}

judged<merchant_id> merchant_of(const std::optional<merchant_id>& own, const std::string& asked,
                                const char* field) {
  std::optional<merchant_id> found;
  if (auto error = take(merchants_of(own, asked), found)) {
    if (!error->field.empty()) return field_error(error->reason, field, error->message);
    return std::move(*error);
  }
  if (!found)
    return field_error("MERCHANT_INVALID", field, "The key is no merchant's: name the merchant.");
  return std::move(*found);
}

judged<payment_id> payment_id_of(const std::string& text) {
  const auto id = parse_payment_id(text);
  if (!id)
    return field_error("PAYMENT_ID_INVALID", "payment_id",
                       "A payment's id is pay_ and 26 letters and digits.");
  return *id;
}

judged<card_id> card_of(const std::string& text) {
  if (!is_card_id(text))
    return field_error("CARD_INVALID", "card",
                       "A card is card_ and 26 letters and digits, from BindCard.");
  return card_id{text};
}

judged<order_number> number_of(const std::string& text) {
  if (!is_order_number(text))
    return field_error("ORDER_NUMBER_INVALID", "order_number",
                       "An order number is printable ASCII without blanks, 1 to 64 bytes.");
  return order_number{text};
}

judged<payment_order> translate(const v1::CreateTopUpRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_user_order(in, own, payment_kind::top_up);
}

judged<payment_order> translate(const v1::CreateTransferRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_order(in, own, payment_kind::transfer,
                    [&in](payment_order& out) { return read_parties(in, out); });
}

judged<payment_order> translate(const v1::CreateQuickPayRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_order(in, own, payment_kind::quick_pay, [&in](payment_order& out) {
    if (auto error = read_card(in.card(), out)) return error;
    return read_cards_max(in.cards_max(), out);
  });
}

judged<payment_order> translate(const v1::CreateOnlineBankPayRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_order(in, own, payment_kind::online_bank_pay,
                    [&in](payment_order& out) { return read_return_url(in.return_url(), out); });
}

judged<payment_order> translate(const v1::CreateWithholdingRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_card_order(in, own, payment_kind::withholding);
}

judged<payment_order> translate(const v1::CreatePayoutRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_card_order(in, own, payment_kind::payout);
}

judged<payment_order> translate(const v1::CreateWithdrawalRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_user_order(in, own, payment_kind::withdrawal);
}

judged<payment_order> translate(const v1::CreateRefundRequest& in,
                                const std::optional<merchant_id>& own) {
  return read_order(in, own, payment_kind::refund, [&in](payment_order& out) {
    payment_id original;
    auto error = take(payment_id_of(in.payment_id()), original);
    if (!error) out.original = original;
    return error;
  });
}

std::array<std::uint8_t, 32> hash_of_content(const payment_order& asked) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const auto form = content_form(asked);
  std::array<std::uint8_t, 32> hash{};
  EVP_Digest(form.data(), form.size(), hash.data(), nullptr, sha256, nullptr);
  return hash;
}

request_error error_of(const refused_payment& refused) {
  switch (refused.why) {
    case payment_refusal::order_number_reused:
      return reused(refused.field);
    case payment_refusal::request_in_progress:
      return in_progress();
    case payment_refusal::product_not_allowed:
      return precondition("PRODUCT_NOT_ALLOWED", "The merchant's terms do not have this product.");
    case payment_refusal::merchant_closed:
      return precondition("MERCHANT_CLOSED", "The merchant is closed, or there is none.");
    case payment_refusal::card_not_found:
      return missing("CARD_NOT_FOUND", "The merchant has no such card that may be used for this.");
    case payment_refusal::no_channel:
      return precondition("NO_CHANNEL", "No channel takes this product, currency and amount.");
    case payment_refusal::amount_out_of_range:
      return precondition("AMOUNT_OUT_OF_RANGE", "The amount is not within what is allowed.");
    case payment_refusal::expired:
      return precondition("ORDER_EXPIRED", "expires_at_micros had passed when the order came.");
    case payment_refusal::payment_not_found:
      return missing("PAYMENT_NOT_FOUND", "The merchant has no such payment.");
    case payment_refusal::not_retryable:
      return precondition("NOT_RETRYABLE", "It is no quick pay that waits for another card.");
    case payment_refusal::attempts_exhausted:
      return precondition("ATTEMPTS_EXHAUSTED", "As many cards as may be were tried.");
    case payment_refusal::attempt_open:
      return precondition("ATTEMPT_OPEN",
                          "An attempt is not decided yet: it may still be paid. Ask first.");
    case payment_refusal::already_terminal:
      return precondition("ALREADY_TERMINAL", "The payment has ended.");
    case payment_refusal::not_refundable:
      return precondition("NOT_REFUNDABLE",
                          "It is not paid, can't be refunded, or was in another currency.");
    case payment_refusal::exceeds_refundable:
      return exceeds(refused.refundable);
    case payment_refusal::overloaded:
      return come_again("OVERLOADED", "As much work as this node takes is in flight.",
                        std::chrono::milliseconds(200));
    case payment_refusal::none:
    case payment_refusal::unavailable:
      return come_again("PAYMENTS_UNAVAILABLE", "It can't be done now; nothing was done.",
                        std::chrono::milliseconds(500));
    case payment_refusal::internal:
      return {grpc::StatusCode::INTERNAL, "PAYMENT_NOT_RECORDED",
              "The database refused this order alone; an operator was alerted."};
  }
  return {grpc::StatusCode::INTERNAL, "PAYMENT_NOT_RECORDED", "An answer that is none."};
}

}  // namespace suanpan::wire
