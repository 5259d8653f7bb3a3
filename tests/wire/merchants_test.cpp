// Registering a merchant and binding a card: each fault told alone, by the order of the fields.
#include "protocol/wire/merchants.hpp"

#include "suanpan/v1/merchants.pb.h"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace suanpan;
using namespace suanpan::wire;

namespace {

v1::CreateMerchantRequest good_merchant() {
  v1::CreateMerchantRequest r;
  r.set_id("M001");
  r.set_name("第一家");
  auto& terms = *r.add_products();
  terms.set_product(v1::PAYMENT_KIND_QUICK_PAY);
  terms.set_fee_basis_points(60);
  terms.set_returns_fee(true);
  r.add_products()->set_product(v1::PAYMENT_KIND_TOP_UP);
  r.set_webhook_url("https://shop.example/hook");
  return r;
}

v1::BindCardRequest good_binding() {
  v1::BindCardRequest r;
  r.set_merchant("M001");
  r.set_request_id("bind-1");
  r.set_card_number("6222020200000000");
  r.set_holder_name("张三");
  r.set_holder("user:42");
  r.set_channel("icbc");
  r.set_mandate(true);
  return r;
}

template <class Judged>
request_error fault_in(const Judged& got) {
  const auto* error = std::get_if<request_error>(&got);
  return error == nullptr ? request_error{grpc::StatusCode::OK, "", ""} : *error;
}

template <class Request>
struct spoilt {
  const char* reason;
  const char* field;
  std::function<void(Request&)> spoil;
};

template <class Request, class Judge>
void check_precedence(const Request& good, const std::vector<spoilt<Request>>& faults,
                      const Judge& judge) {
  REQUIRE(fault_in(judge(good)).reason.empty());
  for (std::size_t first = 0; first < faults.size(); ++first) {
    auto alone = good;
    faults[first].spoil(alone);
    CHECK(fault_in(judge(alone)).reason == faults[first].reason);
    CHECK(fault_in(judge(alone)).field == faults[first].field);
    for (std::size_t second = first + 1; second < faults.size(); ++second) {
      auto both = alone;
      faults[second].spoil(both);
      CHECK(fault_in(judge(both)).reason == faults[first].reason);
    }
  }
}

}  // namespace

TEST_CASE("a merchant without fault is translated, its products by kind") {
  const auto got = translate(good_merchant());
  REQUIRE(std::holds_alternative<merchant>(got));
  const auto& made = std::get<merchant>(got);
  CHECK(made.id.value == "M001");
  CHECK(made.name == "第一家");
  REQUIRE(made.products.size() == 2);
  CHECK(made.products[0].product == payment_kind::top_up);
  CHECK(made.products[1].fee_basis_points == 60);
  CHECK(made.products[1].returns_fee);
  v1::Merchant told;
  fill(made, told);
  CHECK(told.products(1).product() == v1::PAYMENT_KIND_QUICK_PAY);
  CHECK(told.webhook_url() == "https://shop.example/hook");
}

TEST_CASE("faults of a merchant are told in the order of the fields") {
  using request = v1::CreateMerchantRequest;
  const std::vector<spoilt<request>> faults{
      {"MERCHANT_INVALID", "id", [](request& r) { r.set_id("M/1"); }},
      {"NAME_INVALID", "name", [](request& r) { r.clear_name(); }},
      {"PRODUCTS_INVALID", "products",
       [](request& r) { r.mutable_products(0)->set_fee_basis_points(10'001); }},
      {"WEBHOOK_INVALID", "webhook_url", [](request& r) { r.set_webhook_url("shop.example"); }},
  };
  check_precedence<request>(good_merchant(), faults, [](const request& r) { return translate(r); });
}

TEST_CASE("terms are of a product that is known, once, and never of refunds") {
  for (const auto product :
       {v1::PAYMENT_KIND_UNSPECIFIED, v1::PAYMENT_KIND_REFUND, v1::PAYMENT_KIND_QUICK_PAY,
        static_cast<v1::PaymentKind>(99), static_cast<v1::PaymentKind>(65'539)}) {
    auto request = good_merchant();
    request.add_products()->set_product(product);
    CHECK(fault_in(translate(request)).reason == "PRODUCTS_INVALID");
  }
}

TEST_CASE("faults of a card to bind are told in the order of the fields") {
  using request = v1::BindCardRequest;
  const std::vector<spoilt<request>> faults{
      {"MERCHANT_INVALID", "merchant", [](request& r) { r.clear_merchant(); }},
      {"REQUEST_ID_INVALID", "request_id", [](request& r) { r.clear_request_id(); }},
      {"CARD_NUMBER_INVALID", "card_number", [](request& r) { r.set_card_number("6222-0202"); }},
      {"HOLDER_NAME_INVALID", "holder_name",
       [](request& r) { r.set_holder_name(std::string(129, 'n')); }},
      {"HOLDER_INVALID", "holder", [](request& r) { r.set_holder("merchant:M001"); }},
      {"CHANNEL_INVALID", "channel", [](request& r) { r.set_channel("ICBC"); }},
  };
  check_precedence<request>(good_binding(), faults,
                            [](const request& r) { return translate(r, std::nullopt); });
}

TEST_CASE("no fault of a card repeats its number") {
  auto request = good_binding();
  request.set_card_number("62220202000000001234567890");
  const auto error = fault_in(translate(request, std::nullopt));
  CHECK(error.message.find("6222") == std::string::npos);
}

TEST_CASE("a card reads without its token") {
  bound_card card;
  card.id = {"card_1"};
  card.owner = {"M001"};
  card.token = "tok_secret";
  card.last_four = "0000";
  v1::Card told;
  fill(card, told);
  CHECK(told.active());
  CHECK(told.last_four() == "0000");
  CHECK(told.SerializeAsString().find("tok_secret") == std::string::npos);
}
