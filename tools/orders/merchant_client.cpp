#include "tools/orders/merchant_client.hpp"

#include <stdexcept>

namespace suanpan::orders {
namespace {

constexpr milliseconds setup_deadline{15'000};
constexpr std::uint32_t page_size = 1'000;

void require(const grpc::Status& status, const std::string& doing) {
  if (!status.ok()) throw std::runtime_error(doing + ": " + status.error_message());
}

// What all Create… requests have.
template <class Request>
Request request_of(const order_wish& wish, const merchant_id& merchant) {
  Request request;
  request.set_merchant(merchant.value);
  request.set_order_number(wish.number.value);
  request.set_amount(wish.amount.value);
  request.set_currency(wish.currency);
  return request;
}

template <class Request>
Request request_with_card(const order_wish& wish, const merchant_id& merchant) {
  auto request = request_of<Request>(wish, merchant);
  request.set_card(wish.card.value);
  return request;
}

}  // namespace

merchant_client::merchant_client(const std::string& endpoint, merchant_id id, std::string key)
    : merchant_client(grpc::CreateChannel(endpoint, grpc::InsecureChannelCredentials()),
                      std::move(id), std::move(key)) {}

merchant_client::merchant_client(std::shared_ptr<grpc::Channel> over, merchant_id id,
                                 std::string key)
    : channel_(std::move(over)),
      payments_(v1::Payments::NewStub(channel_)),
      merchants_(v1::Merchants::NewStub(channel_)),
      operations_(v1::Operations::NewStub(channel_)),
      id_(std::move(id)),
      key_(std::move(key)) {}

merchant_client merchant_client::on_another_connection(const std::string& endpoint,
                                                       int number) const {
  grpc::ChannelArguments apart;  // channels of equal arguments would share a connection
  apart.SetInt("suanpan.connection", number);
  return {grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), apart), id_,
          key_};
}

void merchant_client::prepare(grpc::ClientContext& context, milliseconds deadline) const {
  context.set_deadline(std::chrono::system_clock::now() + deadline);
  if (!key_.empty()) context.AddMetadata("authorization", "Bearer " + key_);
}

std::string merchant_client::register_merchant(const std::string& webhook_url,
                                               std::uint32_t fee_basis_points) {
  v1::CreateMerchantRequest request;
  request.set_id(id_.value);
  request.set_name("Drill " + id_.value);
  request.set_webhook_url(webhook_url);
  for (const auto kind : payment_kinds) {
    if (kind == payment_kind::refund) continue;
    auto& terms = *request.add_products();
    terms.set_product(static_cast<v1::PaymentKind>(kind));
    terms.set_fee_basis_points(fee_basis_points);
  }
  grpc::ClientContext context;
  prepare(context, setup_deadline);
  v1::CreateMerchantResponse response;
  require(merchants_->CreateMerchant(&context, request, &response), "registering " + id_.value);
  return response.webhook_secret();
}

void merchant_client::use_new_key() {
  v1::CreateApiKeyRequest request;
  request.set_merchant(id_.value);
  request.set_note("drill");
  request.set_test(true);
  grpc::ClientContext context;
  prepare(context, setup_deadline);
  v1::CreateApiKeyResponse response;
  require(merchants_->CreateApiKey(&context, request, &response), "a key for " + id_.value);
  key_ = response.secret();
}

card_id merchant_client::bind(const card_wish& card) {
  v1::BindCardRequest request;
  request.set_merchant(id_.value);
  request.set_request_id(card.request);
  request.set_card_number(card.number);
  request.set_holder_name(card.holder_name);
  request.set_holder(card.holder);
  request.set_mandate(card.mandate);
  grpc::ClientContext context;
  prepare(context, setup_deadline);
  v1::Card response;
  require(merchants_->BindCard(&context, request, &response), "binding " + card.request);
  return {response.id()};
}

grpc::Status merchant_client::create(const order_wish& wish, v1::Payment& into,
                                     milliseconds deadline) {
  grpc::ClientContext context;
  prepare(context, deadline);
  switch (wish.kind) {
    case payment_kind::top_up: {
      auto request = request_with_card<v1::CreateTopUpRequest>(wish, id_);
      request.set_payer(wish.payer);
      return payments_->CreateTopUp(&context, request, &into);
    }
    case payment_kind::transfer: {
      auto request = request_of<v1::CreateTransferRequest>(wish, id_);
      request.set_payer(wish.payer);
      request.set_payee(wish.payee);
      return payments_->CreateTransfer(&context, request, &into);
    }
    case payment_kind::quick_pay:
      return payments_->CreateQuickPay(
          &context, request_with_card<v1::CreateQuickPayRequest>(wish, id_), &into);
    case payment_kind::online_bank_pay: {
      auto request = request_of<v1::CreateOnlineBankPayRequest>(wish, id_);
      request.set_return_url("http://127.0.0.1/paid");
      return payments_->CreateOnlineBankPay(&context, request, &into);
    }
    case payment_kind::withholding:
      return payments_->CreateWithholding(
          &context, request_with_card<v1::CreateWithholdingRequest>(wish, id_), &into);
    case payment_kind::payout:
      return payments_->CreatePayout(&context,
                                     request_with_card<v1::CreatePayoutRequest>(wish, id_), &into);
    case payment_kind::withdrawal: {
      auto request = request_with_card<v1::CreateWithdrawalRequest>(wish, id_);
      request.set_payer(wish.payer);
      return payments_->CreateWithdrawal(&context, request, &into);
    }
    case payment_kind::refund: {
      auto request = request_of<v1::CreateRefundRequest>(wish, id_);
      request.set_payment_id(wish.original);
      return payments_->CreateRefund(&context, request, &into);
    }
  }
  return {grpc::StatusCode::INTERNAL, "no such kind"};
}

grpc::Status merchant_client::get(const order_number& number, v1::Payment& into,
                                  milliseconds deadline) {
  v1::GetPaymentRequest request;
  request.set_merchant(id_.value);
  request.set_order_number(number.value);
  grpc::ClientContext context;
  prepare(context, deadline);
  return payments_->GetPayment(&context, request, &into);
}

grpc::Status merchant_client::explain(const std::string& payment, v1::PaymentLife& into,
                                      milliseconds deadline) {
  v1::ExplainPaymentRequest request;
  request.set_merchant(id_.value);
  request.set_payment_id(payment);
  grpc::ClientContext context;
  prepare(context, deadline);
  return payments_->ExplainPayment(&context, request, &into);
}

std::vector<v1::Payment> merchant_client::list() {
  std::vector<v1::Payment> all;
  v1::ListPaymentsRequest request;
  request.set_merchant(id_.value);
  request.set_page_size(page_size);
  do {
    grpc::ClientContext context;
    prepare(context, setup_deadline);
    v1::ListPaymentsResponse page;
    require(payments_->ListPayments(&context, request, &page), "listing payments");
    all.insert(all.end(), page.payments().begin(), page.payments().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

std::vector<v1::ListedCase> merchant_client::cases() {
  std::vector<v1::ListedCase> all;
  v1::ListCasesRequest request;
  request.set_merchant(id_.value);
  request.set_page_size(page_size);
  do {
    grpc::ClientContext context;
    prepare(context, setup_deadline);
    v1::ListCasesResponse page;
    require(operations_->ListCases(&context, request, &page), "listing cases");
    all.insert(all.end(), page.cases().begin(), page.cases().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

payment_stage stage_of(v1::PaymentState state) {
  return static_cast<payment_stage>(state);
}

}  // namespace suanpan::orders
