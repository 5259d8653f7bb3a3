// What merchants ask: each fault told alone, two by the field with the smaller number; what is
// content; and how a refusal reads.
#include "protocol/wire/payments.hpp"

#include "protocol/model/payment_content.hpp"
#include "tests/wire/orders.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::wire;
using grpc::StatusCode;

namespace {

const std::optional<merchant_id> staff;

template <class Request>
request_error fault_of(const Request& request, const std::optional<merchant_id>& own = staff) {
  const auto got = translate(request, own);
  const auto* error = std::get_if<request_error>(&got);
  return error == nullptr ? request_error{StatusCode::OK, "", ""} : *error;
}

template <class Request>
payment_order order_of(const Request& request, const std::optional<merchant_id>& own = staff) {
  const auto got = translate(request, own);
  REQUIRE_MESSAGE(std::holds_alternative<payment_order>(got), fault_of(request, own).reason);
  return std::get<payment_order>(got);
}

template <class Request>
struct spoilt {
  const char* reason;
  const char* field;
  std::function<void(Request&)> spoil;
};

/// Every fault that all kinds share, before and after what a kind has of its own.
template <class Request>
std::vector<spoilt<Request>> faults_around(std::vector<spoilt<Request>> own) {
  std::vector<spoilt<Request>> all{
      {"MERCHANT_INVALID", "merchant", [](Request& r) { r.set_merchant("M 1"); }},
      {"ORDER_NUMBER_INVALID", "order_number", [](Request& r) { r.set_order_number("a b"); }},
      {"AMOUNT_INVALID", "amount", [](Request& r) { r.set_amount(0); }},
      {"CURRENCY_UNKNOWN", "currency", [](Request& r) { r.set_currency("cny"); }},
  };
  for (auto& each : own) all.push_back(std::move(each));
  all.push_back({"DESCRIPTION_INVALID", "description",
                 [](Request& r) { r.set_description(std::string(257, 'd')); }});
  all.push_back(
      {"EXPIRES_AT_INVALID", "expires_at_micros", [](Request& r) { r.set_expires_at_micros(-1); }});
  return all;
}

template <class Request>
void check_precedence(const Request& good, std::vector<spoilt<Request>> own) {
  const auto faults = faults_around(std::move(own));
  REQUIRE(fault_of(good).reason.empty());
  int last_number = 0;
  for (std::size_t first = 0; first < faults.size(); ++first) {
    const auto* field = Request::descriptor()->FindFieldByName(faults[first].field);
    REQUIRE(field != nullptr);
    CHECK(field->number() > last_number);
    last_number = field->number();
    auto alone = good;
    faults[first].spoil(alone);
    const auto told = fault_of(alone);
    CHECK(told.code == StatusCode::INVALID_ARGUMENT);
    CHECK(told.reason == faults[first].reason);
    CHECK(told.field == faults[first].field);
    for (std::size_t second = first + 1; second < faults.size(); ++second) {
      auto both = alone;
      faults[second].spoil(both);
      CHECK(fault_of(both).reason == faults[first].reason);
    }
  }
}

}  // namespace

TEST_CASE("a quick pay without fault is translated, field by field") {
  auto request = good_quick_pay();
  request.set_expires_at_micros(1'800'000'000'000'000);
  const auto order = order_of(request);
  CHECK(order.merchant.value == "M001");
  CHECK(order.number.value == "order-1");
  CHECK(order.kind == payment_kind::quick_pay);
  CHECK(order.amount == minor_units{10'000});
  CHECK(letters(order.ccy) == "CNY");
  CHECK(order.card.value == some_card);
  CHECK(order.description == "午餐");
  CHECK(order.expires_micros == 1'800'000'000'000'000);
  CHECK(order.content_hash == hash_of_content(order));
  CHECK(order.id == payment_id{});
}

TEST_CASE("each kind of order is translated into its kind") {
  CHECK(order_of(good_top_up()).kind == payment_kind::top_up);
  CHECK(order_of(good_top_up()).payer == "user:42");
  const auto transfer = order_of(good_transfer_order());
  CHECK(transfer.kind == payment_kind::transfer);
  CHECK(transfer.payee == "merchant:M002");
  CHECK(order_of(good_online_bank_pay()).kind == payment_kind::online_bank_pay);
  CHECK(order_of(good_online_bank_pay()).return_url == "https://shop.example/done?order=1");
  const auto refund = order_of(good_refund());
  CHECK(refund.kind == payment_kind::refund);
  REQUIRE(refund.original);
  CHECK(to_string(*refund.original) == some_payment);
  auto withholding = plain_request<v1::CreateWithholdingRequest>();
  withholding.set_card(some_card);
  CHECK(order_of(withholding).kind == payment_kind::withholding);
  auto payout = plain_request<v1::CreatePayoutRequest>();
  payout.set_card(some_card);
  CHECK(order_of(payout).kind == payment_kind::payout);
  auto withdrawal = plain_request<v1::CreateWithdrawalRequest>();
  withdrawal.set_card(some_card);
  withdrawal.set_payer("user:42");
  CHECK(order_of(withdrawal).kind == payment_kind::withdrawal);
}

TEST_CASE("every fault of a request is told alone, and two by the smaller field number") {
  using quick_pay = v1::CreateQuickPayRequest;
  check_precedence<quick_pay>(
      good_quick_pay(), {{"CARD_INVALID", "card", [](quick_pay& r) { r.set_card("card_1"); }}});
  using top_up = v1::CreateTopUpRequest;
  check_precedence<top_up>(
      good_top_up(), {{"CARD_INVALID", "card", [](top_up& r) { r.clear_card(); }},
                      {"PAYER_INVALID", "payer", [](top_up& r) { r.set_payer("merchant:M001"); }}});
  using transfer = v1::CreateTransferRequest;
  check_precedence<transfer>(
      good_transfer_order(),
      {{"PAYER_INVALID", "payer", [](transfer& r) { r.set_payer("merchant:M002"); }},
       {"PAYEE_INVALID", "payee", [](transfer& r) { r.set_payee("channel:icbc"); }}});
  using online = v1::CreateOnlineBankPayRequest;
  check_precedence<online>(
      good_online_bank_pay(),
      {{"RETURN_URL_INVALID", "return_url", [](online& r) { r.set_return_url("ftp://x"); }}});
  using refund = v1::CreateRefundRequest;
  check_precedence<refund>(good_refund(), {{"PAYMENT_ID_INVALID", "payment_id",
                                            [](refund& r) { r.set_payment_id("pay_1"); }}});
}

TEST_CASE("a merchant's key acts for its merchant alone; staff name one") {
  const std::optional<merchant_id> own = merchant_id{"M001"};
  auto request = good_quick_pay();
  CHECK(order_of(request, own).merchant.value == "M001");
  request.clear_merchant();
  CHECK(order_of(request, own).merchant.value == "M001");
  CHECK(fault_of(request).reason == "MERCHANT_INVALID");
  request.set_merchant("M002");
  const auto refused = fault_of(request, own);
  CHECK(refused.code == StatusCode::PERMISSION_DENIED);
  CHECK(refused.reason == "MERCHANT_NOT_YOURS");
  CHECK(order_of(request).merchant.value == "M002");
}

TEST_CASE("order numbers are printable ASCII of 64 bytes; the system keeps surplus- for itself") {
  auto request = good_quick_pay();
  for (const std::string& good : {std::string("1"), std::string(64, '~'), std::string("a/b#?:=")}) {
    request.set_order_number(good);
    CHECK(order_of(request).number.value == good);
  }
  for (const std::string& bad : {std::string(), std::string(65, '1'), std::string("é"),
                                 std::string("a\tb"), std::string("surplus-1")}) {
    request.set_order_number(bad);
    CHECK(fault_of(request).reason == "ORDER_NUMBER_INVALID");
  }
  CHECK(std::holds_alternative<order_number>(number_of("surplus-01J8ZQ4K2M7N9P0R1S2T3V4W5Y-2")));
}

TEST_CASE("a quick pay tries one card unless more are asked for, and ten at most") {
  auto request = good_quick_pay();
  CHECK(order_of(request).attempts_max == 1);
  const auto one = order_of(request).content_hash;
  request.set_cards_max(1);
  CHECK(order_of(request).content_hash == one);
  request.set_cards_max(10);
  CHECK(order_of(request).attempts_max == 10);
  CHECK(order_of(request).content_hash != one);
}

TEST_CASE("a payer is a user or the merchant that asks, a payee is another") {
  auto request = good_transfer_order();
  request.set_payer("merchant:M001");
  CHECK(order_of(request).payer == "merchant:M001");
  request.set_payee("merchant:M001");
  CHECK(fault_of(request).field == "payee");
  for (const char* bad : {"", "user:", "user:4 2", "users:42", "internal", "channel:icbc",
                          "merchant:M002", "merchant:", "user:\xe4\xba\x8c"}) {
    request.set_payer(bad);
    CHECK(fault_of(request).reason == "PAYER_INVALID");
  }
}

TEST_CASE("the content's hash differs in each field that a merchant can choose") {
  std::set<std::array<std::uint8_t, 32>> hashes{order_of(good_transfer_order()).content_hash};
  const std::vector<std::function<void(v1::CreateTransferRequest&)>> changes{
      [](auto& r) { r.set_merchant("M003"); },    [](auto& r) { r.set_order_number("order-2"); },
      [](auto& r) { r.set_amount(10'001); },      [](auto& r) { r.set_currency("USD"); },
      [](auto& r) { r.set_payer("user:43"); },    [](auto& r) { r.set_payee("user:7"); },
      [](auto& r) { r.set_description("晚餐"); }, [](auto& r) { r.set_expires_at_micros(5); }};
  for (const auto& change : changes) {
    auto request = good_transfer_order();
    change(request);
    CHECK(hashes.insert(order_of(request).content_hash).second);
  }
  CHECK(hashes.insert(order_of(good_quick_pay()).content_hash).second);
  CHECK(hashes.insert(order_of(good_refund()).content_hash).second);
  CHECK(hashes.insert(order_of(good_online_bank_pay()).content_hash).second);
  CHECK_FALSE(hashes.insert(order_of(good_transfer_order()).content_hash).second);
}

TEST_CASE("text can't move from one field into its neighbour and keep the hash") {
  payment_order one;
  one.payer = "user:1";
  one.payee = "2";
  payment_order other;
  other.payer = "user:12";
  CHECK(hash_of_content(one) != hash_of_content(other));
}

TEST_CASE("the first field that differs is named, by the order of the fields") {
  const auto known = [] {
    auto order = order_of(good_transfer_order());
    order.return_url = "https://a";
    order.card = {some_card};
    order.original = parse_payment_id(some_payment);
    order.expires_micros = 99;  // filled in by the system
    order.fee = {60};
    return order;
  }();
  CHECK(first_different_field(known, known).empty());
  using change = std::function<void(payment_order&)>;
  const std::vector<std::pair<const char*, change>> changes{
      {"kind", [](auto& o) { o.kind = payment_kind::payout; }},
      {"amount", [](auto& o) { o.amount = {1}; }},
      {"currency", [](auto& o) { o.ccy = *parse_currency("USD"); }},
      {"card", [](auto& o) { o.card = {"other"}; }},
      {"cards_max", [](auto& o) { o.attempts_max = 9; }},
      {"payer", [](auto& o) { o.payer = "user:43"; }},
      {"payee", [](auto& o) { o.payee = "user:43"; }},
      {"payment_id", [](auto& o) { o.original.reset(); }},
      {"return_url", [](auto& o) { o.return_url = "https://b"; }},
      {"description", [](auto& o) { o.description = "x"; }},
      {"expires_at_micros", [](auto& o) { o.content_hash[0] ^= 1; }}};
  for (std::size_t first = 0; first < changes.size(); ++first) {
    auto asked = known;
    asked.fee = {};  // set by the system: no content
    asked.expires_micros = 0;
    for (std::size_t i = first; i < changes.size(); ++i) {
      changes[i].second(asked);
      CHECK(first_different_field(known, asked) == changes[first].first);
    }
  }
}

TEST_CASE("the parties of a refund are its original's: no content of it") {
  const auto asked = order_of(good_refund());
  auto known = asked;
  known.card = {some_card};
  known.payer = "user:42";
  CHECK(first_different_field(known, asked).empty());
  known.amount = {5};
  CHECK(first_different_field(known, asked) == "amount");
}

TEST_CASE("every refusal has a reason of its own, and only UNAVAILABLE invites a retry by itself") {
  std::set<std::string> reasons;
  for (int i = static_cast<int>(payment_refusal::order_number_reused);
       i <= static_cast<int>(payment_refusal::internal); ++i) {
    const auto why = static_cast<payment_refusal>(i);
    const auto error = error_of({why, "amount", {70}});
    INFO(error.reason);
    CHECK(reasons.insert(error.reason).second);
    const bool pause = error.code == StatusCode::UNAVAILABLE || error.code == StatusCode::ABORTED;
    CHECK(error.retry_after.has_value() == pause);
  }
  CHECK(error_of({payment_refusal::order_number_reused, "amount", {}}).field == "amount");
  CHECK(error_of({payment_refusal::order_number_reused, "amount", {}}).code ==
        StatusCode::ALREADY_EXISTS);
  CHECK(error_of({payment_refusal::request_in_progress, "", {}}).reason == "REQUEST_IN_PROGRESS");
  CHECK(error_of({payment_refusal::exceeds_refundable, "", {70}}).metadata ==
        std::vector<std::pair<std::string, std::string>>{{"refundable", "70"}});
  CHECK(error_of({payment_refusal::attempt_open, "", {}}).code == StatusCode::FAILED_PRECONDITION);
  CHECK(error_of({payment_refusal::payment_not_found, "", {}}).code == StatusCode::NOT_FOUND);
}
