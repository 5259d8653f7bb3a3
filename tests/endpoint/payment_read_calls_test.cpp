// GetPayment, ListPayments, ExplainPayment, and a merchant's own accounts: who sees what.
#include "suanpan/v1/payments.grpc.pb.h"
#include "tests/endpoint/keyed_calls.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <set>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

struct reading : served {
  reading() : served(dev_settings(), some_keys()) {}

  grpc::Status get(const v1::GetPaymentRequest& request, const std::string& key = {}) {
    keyed_context context(key);
    return client->GetPayment(&context, request, &answer);
  }

  std::unique_ptr<v1::Payments::Stub> client = v1::Payments::NewStub(channel());
  v1::Payment answer;
};

v1::GetPaymentRequest by_id() {
  v1::GetPaymentRequest request;
  request.set_payment_id(some_payment);
  return request;
}

}  // namespace

TEST_CASE("reading a payment: by our id, or by the merchant's number, never by both") {
  reading node;
  REQUIRE(node.get(by_id()).ok());
  CHECK(node.answer.id() == some_payment);
  CHECK(node.answer.amount() == 10'000);
  v1::GetPaymentRequest by_number;
  by_number.set_order_number("order-1");
  CHECK(reason_of(node.get(by_number)) == "MERCHANT_INVALID");
  REQUIRE(node.get(by_number, own_key).ok());
  by_number.set_merchant("M001");
  REQUIRE(node.get(by_number).ok());
  by_number.set_payment_id(some_payment);
  CHECK(reason_of(node.get(by_number)) == "PAYMENT_ID_INVALID");
  CHECK(reason_of(node.get({})) == "PAYMENT_ID_INVALID");
}

TEST_CASE("reading a payment: another merchant's is none, even where the reader tells it") {
  reading node;
  REQUIRE(node.get(by_id(), own_key).ok());
  REQUIRE(node.get(by_id(), auditor_key).ok());
  const auto status = node.get(by_id(), other_key);
  CHECK(status.error_code() == StatusCode::NOT_FOUND);
  CHECK(reason_of(status) == "PAYMENT_NOT_FOUND");
  keyed_context context(other_key);
  v1::ExplainPaymentRequest explain;
  explain.set_payment_id(some_payment);
  v1::PaymentLife life;
  CHECK(reason_of(node.client->ExplainPayment(&context, explain, &life)) == "PAYMENT_NOT_FOUND");
}

TEST_CASE("reading a payment: only that merchant's is asked for") {
  reading node;
  std::optional<merchant_id> asked;
  node.payments->on_read([&asked](payment_read& read) { asked = read.merchant; });
  REQUIRE(node.get(by_id(), own_key).ok());
  REQUIRE(asked);
  CHECK(asked->value == "M001");
  REQUIRE(node.get(by_id(), operator_key).ok());
  CHECK_FALSE(asked);
}

TEST_CASE("reading a payment: what is not there, and what can't be had") {
  reading node;
  node.payments->on_read([](payment_read& read) {
    read.result = read_result::not_found;
    read.found.clear();
  });
  CHECK(reason_of(node.get(by_id())) == "PAYMENT_NOT_FOUND");
  node.payments->on_read([](payment_read& read) { read.result = read_result::unavailable; });
  CHECK(reason_of(node.get(by_id())) == "READ_UNAVAILABLE");
}

TEST_CASE("a list of payments is whole and without repeats over its pages") {
  reading node;
  node.payments->on_read([](payment_read& read) {
    read.found.clear();
    for (std::uint8_t n = 25; n > 0 && read.found.size() < read.limit; --n) {
      payment_id id;
      id.bytes[15] = n;
      if (read.before != payment_id{} && !(id < read.before)) continue;
      read.found.emplace_back().state = paid_order();
      read.found.back().state.order.id = id;
    }
  });
  v1::ListPaymentsRequest request;
  request.set_page_size(10);
  request.set_state(v1::PAYMENT_STATE_SUCCEEDED);
  std::set<std::string> seen;
  int pages = 0;
  do {
    keyed_context context(own_key);
    v1::ListPaymentsResponse page;
    REQUIRE(node.client->ListPayments(&context, request, &page).ok());
    for (const auto& payment : page.payments()) CHECK(seen.insert(payment.id()).second);
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  CHECK(pages == 3);
  CHECK(seen.size() == 25);
}

TEST_CASE("a list of payments refuses what it can't be asked") {
  reading node;
  const auto reason = [&node](const std::function<void(v1::ListPaymentsRequest&)>& spoil,
                              const std::string& key = {}) {
    v1::ListPaymentsRequest request;
    spoil(request);
    keyed_context context(key);
    v1::ListPaymentsResponse page;
    return reason_of(node.client->ListPayments(&context, request, &page));
  };
  CHECK(reason([](auto& r) { r.set_merchant("M 1"); }) == "MERCHANT_INVALID");
  CHECK(reason([](auto& r) { r.set_merchant("M002"); }, own_key) == "MERCHANT_NOT_YOURS");
  CHECK(reason([](auto& r) { r.set_kind(static_cast<v1::PaymentKind>(77)); }) == "KIND_UNKNOWN");
  CHECK(reason([](auto& r) { r.set_state(static_cast<v1::PaymentState>(77)); }) == "STATE_UNKNOWN");
  CHECK(reason([](auto& r) { r.set_from_micros(-1); }) == "RANGE_INVALID");
  CHECK(reason([](auto& r) { r.set_page_size(1'001); }) == "PAGE_SIZE_TOO_LARGE");
  CHECK(reason([](auto& r) { r.set_page_token("0000"); }) == "PAGE_TOKEN_INVALID");
}

TEST_CASE("a merchant reads its own accounts in the ledger, and nobody else's") {
  reading node;
  const auto ledger = node.served::client();
  v1::GetAccountRequest request;
  request.set_number(account_number::make({4}, 9).value);  // of merchant:M1, by the stand-in
  v1::Account account;
  keyed_context own(own_key);
  CHECK(reason_of(ledger->GetAccount(&own, request, &account)) == "ACCOUNT_NOT_FOUND");
  keyed_context staff(auditor_key);
  REQUIRE(ledger->GetAccount(&staff, request, &account).ok());
  v1::GetStatementRequest lines;
  lines.set_number(request.number());
  v1::Statement statement;
  keyed_context again(own_key);
  CHECK(reason_of(ledger->GetStatement(&again, lines, &statement)) == "ACCOUNT_NOT_FOUND");
  v1::ListAccountsRequest list;
  list.set_owner("merchant:M002");
  v1::ListAccountsResponse accounts;
  keyed_context third(own_key);
  REQUIRE(ledger->ListAccounts(&third, list, &accounts).ok());
  CHECK(accounts.accounts_size() == 0);
  keyed_context fourth(own_key);
  v1::TrialBalance balance;
  CHECK(reason_of(ledger->GetTrialBalance(&fourth, {}, &balance)) == "ROLE_NOT_ALLOWED");
}
