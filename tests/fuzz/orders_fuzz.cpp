// Create… of Payments and Merchants as bytes: what is accepted keeps the promises of the model, and
// what is refused names a field that the message has.
#include "protocol/model/payment_content.hpp"
#include "protocol/wire/merchants.hpp"
#include "protocol/wire/payments.hpp"
#include "suanpan/v1/merchants.pb.h"
#include "suanpan/v1/payments.pb.h"
#include "tests/fuzz/fuzz.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <string>

using namespace suanpan;
using fuzz::require;

namespace {

// Protobuf would write a line for each string that is no UTF-8.
[[maybe_unused]] auto* const silence = google::protobuf::SetLogHandler(nullptr);

void check_fault(const wire::request_error& error, const google::protobuf::Message& message) {
  if (error.code == grpc::StatusCode::PERMISSION_DENIED) return;
  require(error.code == grpc::StatusCode::INVALID_ARGUMENT, "a fault is INVALID_ARGUMENT");
  require(!error.reason.empty() && error.reason.size() <= 63, "a reason has 1 … 63 characters");
  require(message.GetDescriptor()->FindFieldByName(error.field) != nullptr,
          "a fault names a field of the message");
}

void check_order(const payment_order& order) {
  require(is_merchant_id(order.merchant.value), "an accepted merchant is one");
  require(is_order_number(order.number.value), "an accepted number is one");
  require(order.amount.value > 0, "an accepted amount is above zero");
  require(parse_currency(letters(order.ccy)) == order.ccy, "an accepted currency is in ISO 4217");
  require(order.card.value.empty() || is_card_id(order.card.value), "an accepted card is one");
  require(order.payer.empty() || is_party(order.payer), "an accepted payer is a party");
  require(order.payee.empty() || is_party(order.payee), "an accepted payee is a party");
  require(!order.payer.starts_with("merchant:") || order.payer == owner_of(order.merchant),
          "no merchant pays for another");
  require(order.description.size() <= description_bytes_max && fuzz::is_utf8(order.description),
          "an accepted description is short text");
  require(order.content_hash == wire::hash_of_content(order), "the hash is that of the content");
  require(first_different_field(order, order).empty(), "an order differs from itself in nothing");
}

template <class Request>
void create(const std::string& bytes) {
  Request request;
  if (!request.ParseFromString(bytes)) return;
  for (const auto& own : {std::optional<merchant_id>{}, std::optional(merchant_id{"M001"})}) {
    const auto got = wire::translate(request, own);
    if (const auto* error = std::get_if<wire::request_error>(&got)) {
      check_fault(*error, request);
      continue;
    }
    check_order(std::get<payment_order>(got));
    if (own) require(std::get<payment_order>(got).merchant == *own, "a key acts for its own");
  }
}

void register_merchant(const std::string& bytes) {
  v1::CreateMerchantRequest request;
  if (!request.ParseFromString(bytes)) return;
  const auto got = wire::translate(request);
  if (const auto* error = std::get_if<wire::request_error>(&got))
    return check_fault(*error, request);
  const auto& made = std::get<merchant>(got);
  require(is_merchant_id(made.id.value), "an accepted id is one");
  for (const auto& terms : made.products) {
    require(terms.fee_basis_points >= 0 && terms.fee_basis_points <= fee_basis_points_max,
            "an accepted fee is at most all of it");
    require(made.terms_of(terms.product) == &terms, "each product has its terms once");
  }
}

void bind(const std::string& bytes) {
  v1::BindCardRequest request;
  if (!request.ParseFromString(bytes)) return;
  const auto got = wire::translate(request, std::nullopt);
  if (const auto* error = std::get_if<wire::request_error>(&got)) {
    check_fault(*error, request);
    const auto& number = request.card_number();
    const bool digits = number.find_first_not_of("0123456789") == std::string::npos;
    require(number.size() < 6 || !digits || error->message.find(number) == std::string::npos,
            "no fault repeats a card's number");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string message(fuzz::text_of(bytes, size));
  create<v1::CreateTopUpRequest>(message);
  create<v1::CreateTransferRequest>(message);
  create<v1::CreateQuickPayRequest>(message);
  create<v1::CreateOnlineBankPayRequest>(message);
  create<v1::CreateWithholdingRequest>(message);
  create<v1::CreatePayoutRequest>(message);
  create<v1::CreateWithdrawalRequest>(message);
  create<v1::CreateRefundRequest>(message);
  register_merchant(message);
  bind(message);
  return 0;
}
