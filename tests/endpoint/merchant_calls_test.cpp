// Merchants and Operations over the wire: what is handed on, how each end reads, secrets once.
#include "suanpan/v1/merchants.grpc.pb.h"
#include "suanpan/v1/operations.grpc.pb.h"
#include "tests/endpoint/keyed_calls.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <vector>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

struct registering : served {
  registering() : served(dev_settings(), some_keys()) {}

  template <class Request, class Response>
  grpc::Status ask(grpc::Status (v1::Merchants::Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                   const Request& request, Response& response, const std::string& key = {}) {
    keyed_context context(key);
    return (client.get()->*method)(&context, request, &response);
  }
  template <class Request, class Response>
  grpc::Status ask(grpc::Status (v1::Operations::Stub::*method)(grpc::ClientContext*,
                                                                const Request&, Response*),
                   const Request& request, Response& response, const std::string& key = {}) {
    keyed_context context(key);
    return (operations.get()->*method)(&context, request, &response);
  }

  std::unique_ptr<v1::Merchants::Stub> client = v1::Merchants::NewStub(channel());
  std::unique_ptr<v1::Operations::Stub> operations = v1::Operations::NewStub(channel());
};

v1::CreateMerchantRequest new_merchant() {
  v1::CreateMerchantRequest request;
  request.set_id("M001");
  request.set_name("Shop");
  request.add_products()->set_product(v1::PAYMENT_KIND_QUICK_PAY);
  request.set_webhook_url("https://shop.example/hook");
  return request;
}

v1::BindCardRequest new_card() {
  v1::BindCardRequest request;
  request.set_merchant("M001");
  request.set_request_id("bind-1");
  request.set_card_number("6222020200000000");
  return request;
}

using merchants = v1::Merchants::Stub;
using operations = v1::Operations::Stub;

}  // namespace

TEST_CASE("merchants: a new one is told its secret once") {
  registering node;
  v1::CreateMerchantResponse answer;
  REQUIRE(node.ask(&merchants::CreateMerchant, new_merchant(), answer).ok());
  CHECK(answer.merchant().id() == "M001");
  CHECK(answer.webhook_secret() == "whsec_secret");
  node.payments->registry_ends(registry_result::replayed);
  REQUIRE(node.ask(&merchants::CreateMerchant, new_merchant(), answer).ok());
  CHECK(answer.replayed());
  CHECK(answer.webhook_secret().empty());
  CHECK(answer.DebugString().find("whsec") == std::string::npos);
}

TEST_CASE("merchants: only operators register one; a merchant manages its own keys") {
  registering node;
  v1::CreateMerchantResponse made;
  CHECK(reason_of(node.ask(&merchants::CreateMerchant, new_merchant(), made, own_key)) ==
        "ROLE_NOT_ALLOWED");
  v1::CreateApiKeyRequest request;
  v1::CreateApiKeyResponse key;
  request.set_note("till 7");
  REQUIRE(node.ask(&merchants::CreateApiKey, request, key, own_key).ok());
  CHECK(key.secret() == "sk_live_secret");
  CHECK(key.key().note() == "till 7");
  CHECK(reason_of(node.ask(&merchants::CreateApiKey, request, key, auditor_key)) ==
        "ROLE_NOT_ALLOWED");
  request.set_merchant("M002");
  CHECK(reason_of(node.ask(&merchants::CreateApiKey, request, key, own_key)) ==
        "MERCHANT_NOT_YOURS");
  v1::GetMerchantResponse found;
  REQUIRE(node.ask(&merchants::GetMerchant, {}, found, own_key).ok());
  CHECK(found.merchant().id() == "M001");
  CHECK(found.keys(0).id() == "k_0123456789abcdef");
  v1::RevokeApiKeyRequest end;
  v1::RevokeApiKeyResponse ended;
  end.set_key_id("k_0123456789abcdef");
  CHECK(node.ask(&merchants::RevokeApiKey, end, ended, own_key).ok());
  end.set_key_id("k_1");
  CHECK(reason_of(node.ask(&merchants::RevokeApiKey, end, ended, own_key)) == "KEY_ID_INVALID");
}

TEST_CASE("merchants: every end of a registry call has a reason") {
  registering node;
  v1::CreateMerchantResponse made;
  v1::CreateApiKeyResponse key;
  v1::Card card;
  using r = registry_result;
  struct end {
    r result;
    StatusCode code;
    const char* merchant;
    const char* key;
    const char* card;
  };
  const std::vector<end> ends{
      {r::different_content, StatusCode::ALREADY_EXISTS, "MERCHANT_EXISTS",
       "IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_REUSED"},
      {r::not_found, StatusCode::NOT_FOUND, "MERCHANT_NOT_FOUND", "MERCHANT_NOT_FOUND",
       "MERCHANT_NOT_FOUND"},
      {r::merchant_closed, StatusCode::FAILED_PRECONDITION, "MERCHANT_CLOSED", "MERCHANT_CLOSED",
       "MERCHANT_CLOSED"},
      {r::too_many, StatusCode::FAILED_PRECONDITION, "CARDS_EXHAUSTED", "KEYS_EXHAUSTED",
       "CARDS_EXHAUSTED"},
      {r::no_channel, StatusCode::FAILED_PRECONDITION, "NO_CHANNEL", "NO_CHANNEL", "NO_CHANNEL"},
      {r::channel_refused, StatusCode::FAILED_PRECONDITION, "CARD_REFUSED", "CARD_REFUSED",
       "CARD_REFUSED"},
      {r::channel_unknown, StatusCode::ABORTED, "CARD_UNDECIDED", "CARD_UNDECIDED",
       "CARD_UNDECIDED"},
      {r::overloaded, StatusCode::UNAVAILABLE, "OVERLOADED", "OVERLOADED", "OVERLOADED"},
      {r::unavailable, StatusCode::UNAVAILABLE, "REGISTRY_UNAVAILABLE", "REGISTRY_UNAVAILABLE",
       "REGISTRY_UNAVAILABLE"}};
  for (const auto& each : ends) {
    node.payments->registry_ends(each.result, "name");
    auto status = node.ask(&merchants::CreateMerchant, new_merchant(), made);
    CHECK(status.error_code() == each.code);
    CHECK(reason_of(status) == each.merchant);
    v1::CreateApiKeyRequest request;
    request.set_merchant("M001");
    CHECK(reason_of(node.ask(&merchants::CreateApiKey, request, key)) == each.key);
    status = node.ask(&merchants::BindCard, new_card(), card);
    CHECK(status.error_code() == each.code);
    CHECK(reason_of(status) == each.card);
  }
  node.payments->registry_ends(r::invalid, "webhook_url");
  CHECK(reason_of(node.ask(&merchants::CreateMerchant, new_merchant(), made)) == "WEBHOOK_INVALID");
  node.payments->registry_ends(r::channel_refused);
  const auto refused = wire::read_error(node.ask(&merchants::BindCard, new_card(), card));
  REQUIRE(refused);
  CHECK(std::map<std::string, std::string>(refused->metadata.begin(), refused->metadata.end()) ==
        std::map<std::string, std::string>{{"code", "card_declined"}, {"channel_code", "14"}});
}

TEST_CASE("merchants: a webhook's new secret is told, and only that") {
  registering node;
  v1::SetWebhookRequest request;
  v1::SetWebhookResponse answer;
  request.set_url("https://shop.example/hook");
  REQUIRE(node.ask(&merchants::SetWebhook, request, answer, own_key).ok());
  CHECK(answer.secret().empty());
  request.set_rotate_secret(true);
  REQUIRE(node.ask(&merchants::SetWebhook, request, answer, own_key).ok());
  CHECK(answer.secret() == "whsec_new");
  request.set_url("shop.example");
  CHECK(reason_of(node.ask(&merchants::SetWebhook, request, answer, own_key)) == "WEBHOOK_INVALID");
}

TEST_CASE("cards: one is bound and unbound, and all are listed over their pages") {
  registering node;
  v1::Card card;
  REQUIRE(node.ask(&merchants::BindCard, new_card(), card, own_key).ok());
  CHECK(card.id() == some_card);
  CHECK(card.last_four() == "0000");
  CHECK(card.active());
  v1::UnbindCardRequest end;
  end.set_card(some_card);
  REQUIRE(node.ask(&merchants::UnbindCard, end, card, own_key).ok());
  CHECK_FALSE(card.active());
  v1::ListCardsRequest request;
  request.set_page_size(2);
  std::vector<std::string> ids;
  int pages = 0;
  do {
    v1::ListCardsResponse page;
    REQUIRE(node.ask(&merchants::ListCards, request, page, own_key).ok());
    for (const auto& each : page.cards()) ids.push_back(each.id());
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  CHECK(pages == 3);
  CHECK(ids.size() == 5);
  request.set_page_token("card_01J8ZQ4K2M7N9P0R1S2T3V4W5X.0000000000000000");
  v1::ListCardsResponse page;
  CHECK(reason_of(node.ask(&merchants::ListCards, request, page, own_key)) == "PAGE_TOKEN_INVALID");
}

TEST_CASE("operations: notifications are listed over their pages, each once") {
  registering node;
  v1::ListNotificationsRequest request;
  request.set_page_size(3);
  std::vector<std::string> seen;
  int pages = 0;
  do {
    v1::ListNotificationsResponse page;
    REQUIRE(node.ask(&operations::ListNotifications, request, page).ok());
    for (const auto& each : page.notifications())
      seen.push_back(each.payment_id() + std::to_string(each.notification().sequence()));
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  CHECK(pages == 4);
  CHECK(seen.size() == 10);
  CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 10);
}

TEST_CASE("operations: what is sent again is bounded, and the caller's own") {
  registering node;
  v1::ResendNotificationsRequest request;
  v1::ResendNotificationsResponse answer;
  REQUIRE(node.ask(&operations::ResendNotifications, request, answer, own_key).ok());
  CHECK(answer.taken() == 1'000);
  request.set_limit(10'001);
  CHECK(reason_of(node.ask(&operations::ResendNotifications, request, answer, own_key)) ==
        "LIMIT_INVALID");
  request.set_limit(5);
  request.set_sequence(1);
  CHECK(reason_of(node.ask(&operations::ResendNotifications, request, answer, own_key)) ==
        "SEQUENCE_INVALID");
  request.set_payment_id(some_payment);
  CHECK(reason_of(node.ask(&operations::ResendNotifications, request, answer, other_key)) ==
        "PAYMENT_NOT_FOUND");
  CHECK(reason_of(node.ask(&operations::ResendNotifications, request, answer, auditor_key)) ==
        "ROLE_NOT_ALLOWED");
}

TEST_CASE("operations: a page of cases never ends between two of one moment") {
  registering node;
  v1::ListCasesRequest request;
  request.set_page_size(3);
  std::vector<std::int64_t> opened;
  do {
    v1::ListCasesResponse page;
    REQUIRE(node.ask(&operations::ListCases, request, page).ok());
    for (const auto& each : page.cases()) opened.push_back(each.case_().opened_at_micros());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(opened == std::vector<std::int64_t>{9, 8, 7, 7, 5});
  request.set_reason("bad_weather");
  v1::ListCasesResponse page;
  CHECK(reason_of(node.ask(&operations::ListCases, request, page)) == "CASE_REASON_UNKNOWN");
}

TEST_CASE("operations: one case comes with the life of its order; the last one if none is named") {
  registering node;
  v1::GetCaseRequest request;
  v1::GetCaseResponse answer;
  request.set_payment_id(some_payment);
  REQUIRE(node.ask(&operations::GetCase, request, answer).ok());
  CHECK(answer.case_().number() == 2);
  CHECK(answer.life().payment().id() == some_payment);
  request.set_number(1);
  REQUIRE(node.ask(&operations::GetCase, request, answer).ok());
  CHECK(answer.case_().reason() == "answer_mismatched");
  request.set_number(3);
  CHECK(reason_of(node.ask(&operations::GetCase, request, answer)) == "CASE_NOT_FOUND");
  CHECK(reason_of(node.ask(&operations::GetCase, request, answer, other_key)) ==
        "PAYMENT_NOT_FOUND");
}
