// Create…, RetryPayment and ClosePayment over the wire: to whose supervisor they go, until when,
// and how each end reads.
#include "protocol/model/account.hpp"
#include "protocol/model/clock.hpp"
#include "suanpan/v1/payments.grpc.pb.h"
#include "tests/endpoint/keyed_calls.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

v1::CreateQuickPayRequest quick_pay(const std::string& merchant = "M001") {
  v1::CreateQuickPayRequest r;
  r.set_merchant(merchant);
  r.set_order_number("order-1");
  r.set_amount(10'000);
  r.set_currency("CNY");
  r.set_card(some_card);
  return r;
}

struct paying : served {
  explicit paying(config::node_config settings = dev_settings())
      : served(std::move(settings), some_keys()) {}

  grpc::Status pay(const v1::CreateQuickPayRequest& request, const std::string& key = {}) {
    keyed_context context(key);
    return client->CreateQuickPay(&context, request, &answer);
  }

  std::unique_ptr<v1::Payments::Stub> client = v1::Payments::NewStub(channel());
  v1::Payment answer;
};

}  // namespace

TEST_CASE("payments: an order goes to its merchant's shard, and is answered as it stands") {
  paying node;
  REQUIRE(node.pay(quick_pay()).ok());
  const auto told = node.payments->last_call();
  CHECK(told.verb == payment_verb::create);
  CHECK(told.merchant.value == "M001");
  CHECK(told.shard == shard_of_owner("merchant:M001", 64));
  CHECK(told.asked.kind == payment_kind::quick_pay);
  CHECK(told.asked.card.value == some_card);
  CHECK(told.asked.content_hash != payment_order{}.content_hash);
  CHECK(node.answer.id() == some_payment);
  CHECK(node.answer.state() == v1::PAYMENT_STATE_SUCCEEDED);
  CHECK_FALSE(node.answer.replayed());
}

TEST_CASE("payments: each method makes an order of its kind") {
  paying node;
  const auto kind_of = [&node](auto request, auto method) {
    request.set_merchant("M001");
    request.set_order_number("order-1");
    request.set_amount(1);
    request.set_currency("CNY");
    keyed_context context("");
    REQUIRE((*node.client.*method)(&context, request, &node.answer).ok());
    return node.payments->last_call().asked.kind;
  };
  using stub = v1::Payments::Stub;
  const auto with_card = [](auto request) {
    request.set_card(some_card);
    return request;
  };
  const auto with_user = [](auto request) {
    request.set_payer("user:42");
    return request;
  };
  CHECK(kind_of(with_user(with_card(v1::CreateTopUpRequest{})), &stub::CreateTopUp) ==
        payment_kind::top_up);
  auto transfer = with_user(v1::CreateTransferRequest{});
  transfer.set_payee("user:7");
  CHECK(kind_of(transfer, &stub::CreateTransfer) == payment_kind::transfer);
  v1::CreateOnlineBankPayRequest online;
  online.set_return_url("https://shop.example/");
  CHECK(kind_of(online, &stub::CreateOnlineBankPay) == payment_kind::online_bank_pay);
  CHECK(kind_of(with_card(v1::CreateWithholdingRequest{}), &stub::CreateWithholding) ==
        payment_kind::withholding);
  CHECK(kind_of(with_card(v1::CreatePayoutRequest{}), &stub::CreatePayout) == payment_kind::payout);
  CHECK(kind_of(with_user(with_card(v1::CreateWithdrawalRequest{})), &stub::CreateWithdrawal) ==
        payment_kind::withdrawal);
  v1::CreateRefundRequest refund;
  refund.set_payment_id(some_payment);
  CHECK(kind_of(refund, &stub::CreateRefund) == payment_kind::refund);
}

TEST_CASE("payments: the recorded answer again says so, in the message and in the metadata") {
  paying node;
  node.payments->on_call([](payment_call& call) { call.replayed = true; });
  keyed_context context("");
  REQUIRE(node.client->CreateQuickPay(&context, quick_pay(), &node.answer).ok());
  CHECK(node.answer.replayed());
  const auto& trailing = context.GetServerTrailingMetadata();
  const auto mark = trailing.find("idempotent-replayed");
  REQUIRE(mark != trailing.end());
  CHECK(std::string(mark->second.data(), mark->second.size()) == "true");
}

TEST_CASE("payments: a bank's refusal is an answer, with code and advice") {
  paying node;
  node.payments->on_call([](payment_call& call) {
    call.state.head.stage = payment_stage::failed;
    call.state.head.failure = {"card_declined", "05", retry_advice::retry_other_method};
  });
  REQUIRE(node.pay(quick_pay()).ok());
  CHECK(node.answer.state() == v1::PAYMENT_STATE_FAILED);
  CHECK(node.answer.failure().channel_code() == "05");
  CHECK(node.answer.advice() == v1::PAYMENT_ADVICE_RETRY_OTHER_METHOD);
}

TEST_CASE("payments: what is not decided in time is told as it stands, and to ask first") {
  paying node;
  node.payments->on_call(
      [](payment_call& call) { call.state.head.stage = payment_stage::unknown; });
  REQUIRE(node.pay(quick_pay()).ok());
  CHECK(node.answer.state() == v1::PAYMENT_STATE_UNKNOWN);
  CHECK(node.answer.advice() == v1::PAYMENT_ADVICE_QUERY_FIRST);
  CHECK(node.answer.query_after_ms() >= 1'000);
}

TEST_CASE("payments: refusals read as gRPC statuses with reasons") {
  paying node;
  node.payments->on_call([](payment_call& call) {
    call.refusal = payment_refusal::order_number_reused;
    call.field = "amount";
  });
  auto status = node.pay(quick_pay());
  CHECK(status.error_code() == StatusCode::ALREADY_EXISTS);
  CHECK(reason_of(status) == "IDEMPOTENCY_KEY_REUSED");
  CHECK(wire::read_error(status)->field == "amount");
  node.payments->on_call(
      [](payment_call& call) { call.refusal = payment_refusal::request_in_progress; });
  status = node.pay(quick_pay());
  CHECK(status.error_code() == StatusCode::ABORTED);
  CHECK(wire::read_error(status)->retry_after);
  node.payments->on_call([](payment_call& call) {
    call.refusal = payment_refusal::exceeds_refundable;
    call.refundable = {70};
  });
  status = node.pay(quick_pay());
  CHECK(status.error_code() == StatusCode::FAILED_PRECONDITION);
  CHECK(wire::read_error(status)->metadata.front().second == "70");
}

TEST_CASE("payments: a malformed order reaches nobody") {
  paying node;
  auto request = quick_pay();
  request.set_amount(-1);
  const auto status = node.pay(request);
  CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
  CHECK(wire::read_error(status)->field == "amount");
  CHECK(reason_of(call_with_bytes(node.channel(), "/suanpan.v1.Payments/CreateQuickPay",
                                  "no protobuf \xff")) == "MALFORMED_MESSAGE");
  CHECK(node.payments->calls() == 0);
}

TEST_CASE("payments: a merchant's key acts for its merchant, and for no other") {
  paying node;
  REQUIRE(node.pay(quick_pay(""), own_key).ok());
  CHECK(node.payments->last_call().merchant.value == "M001");
  const auto refused = node.pay(quick_pay("M002"), own_key);
  CHECK(refused.error_code() == StatusCode::PERMISSION_DENIED);
  CHECK(reason_of(refused) == "MERCHANT_NOT_YOURS");
  CHECK(node.payments->calls() == 1);
  REQUIRE(node.pay(quick_pay("M002"), operator_key).ok());
  CHECK(node.payments->last_call().merchant.value == "M002");
  CHECK(reason_of(node.pay(quick_pay(""), operator_key)) == "MERCHANT_INVALID");
  CHECK(reason_of(node.pay(quick_pay(), auditor_key)) == "ROLE_NOT_ALLOWED");
}

TEST_CASE("payments: another card and a close are handed on for the merchant that asks") {
  paying node;
  v1::RetryPaymentRequest retry;
  retry.set_payment_id(some_payment);
  retry.set_card(some_card);
  keyed_context first(own_key);
  REQUIRE(node.client->RetryPayment(&first, retry, &node.answer).ok());
  auto told = node.payments->last_call();
  CHECK(told.verb == payment_verb::retry);
  CHECK(told.merchant.value == "M001");
  CHECK(told.id == *parse_payment_id(some_payment));
  CHECK(told.card.value == some_card);
  v1::ClosePaymentRequest close;
  close.set_payment_id(some_payment);
  close.set_merchant("M002");
  keyed_context second(operator_key);
  REQUIRE(node.client->ClosePayment(&second, close, &node.answer).ok());
  told = node.payments->last_call();
  CHECK(told.verb == payment_verb::close);
  CHECK(told.merchant.value == "M002");
  CHECK(told.shard == shard_of_owner("merchant:M002", 64));
  retry.set_card("4242");
  keyed_context third(own_key);
  CHECK(reason_of(node.client->RetryPayment(&third, retry, &node.answer)) == "CARD_INVALID");
}

TEST_CASE(
    "payments: the answer is due before the client stops waiting, or at the node's own time") {
  auto settings = dev_settings();
  settings.payments.answer_deadline_ms = 10'000;
  paying node(settings);
  const auto now = [] { return system_wall_clock().unix_micros(); };
  auto before = now();
  bounded_context soon(std::chrono::seconds(5));
  REQUIRE(node.client->CreateQuickPay(&soon, quick_pay(), &node.answer).ok());
  auto due = node.payments->last_call().answer_by_micros;
  CHECK(due > before + 4'000'000);
  CHECK(due < now() + 4'950'000);
  before = now();
  bounded_context late(std::chrono::seconds(300));
  REQUIRE(node.client->CreateQuickPay(&late, quick_pay(), &node.answer).ok());
  due = node.payments->last_call().answer_by_micros;
  CHECK(due >= before + 10'000'000);
  CHECK(due <= now() + 10'000'000);
}

TEST_CASE("payments: a call that the node can't answer says that the order may be there") {
  auto settings = dev_settings();
  settings.grpc.answer_deadline_ms = 200;
  paying node(settings);
  node.payments->keep();
  const auto status = node.pay(quick_pay());
  CHECK(status.error_code() == StatusCode::DEADLINE_EXCEEDED);
  CHECK(reason_of(status) == "ANSWER_LATE");
  CHECK(status.error_message().find("order number") != std::string::npos);
  REQUIRE(node.payments->kept(1));
  node.payments->release();  // the actors' late answer harms nobody
}
