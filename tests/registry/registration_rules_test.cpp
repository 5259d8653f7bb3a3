// What may be registered, field by field.
#include "actors/registry/registration_rules.hpp"

#include "actors/registry/registry_words.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace suanpan;

namespace {

merchant tea_house() {
  merchant m;
  m.id = {"M001"};
  m.name = "茶馆";
  m.products = {{payment_kind::quick_pay, 60, false, false},
                {payment_kind::refund, 0, true, false}};
  m.webhook_url = "https://tea.example/hook";
  return m;
}

card_wish a_wish() {
  return {.request_id = "req-1",
          .channel = {},
          .holder = "user:42",
          .holder_name = "Li Lei",
          .card_number = "4242424242424242",
          .mandate = true};
}

}  // namespace

TEST_CASE("registry: card numbers are 12 to 19 digits with a right check digit") {
  for (const std::string_view good : {"4242424242424242", "4000000000000002", "4000000000009995",
                                      "6222021234567890128", "79927398713", "000000000000"})
    CHECK(is_card_number(good) == (good.size() >= 12));
  // Every single wrong digit and every swap of neighbours (but 09) is noticed.
  const std::string number = "4000000000009995";
  for (std::size_t i = 0; i < number.size(); ++i)
    for (char c = '0'; c <= '9'; ++c) {
      auto wrong = number;
      wrong[i] = c;
      CHECK(is_card_number(wrong) == (c == number[i]));
    }
  for (const std::string_view wrong :
       {"", "4242 4242 4242 4242", "424242424242424x", "42424242424242424242", "-42424242424242"})
    CHECK(!is_card_number(wrong));
}

TEST_CASE("registry: a webhook is https with a host and no user; plain http in development only") {
  CHECK(is_webhook_url("https://tea.example", false));
  CHECK(is_webhook_url("https://tea.example:8443/hook?a=b#c", false));
  CHECK(!is_webhook_url("http://tea.example/hook", false));
  CHECK(is_webhook_url("http://127.0.0.1:9000/hook", true));
  CHECK(is_webhook_url("https://" + std::string(webhook_url_bytes_max - 8, 'a'), false));
  CHECK(!is_webhook_url("https://" + std::string(webhook_url_bytes_max - 7, 'a'), false));
  for (const std::string_view wrong :
       {"", "tea.example", "ftp://tea.example", "https://", "https:///hook", "https://:443/",
        "https://user@tea.example/", "https://tea.example/a b", "https://tea.example/\n",
        "https://tea.example\\@evil.example/", "https://茶.example/", "file:///etc/passwd"})
    CHECK(!is_webhook_url(wrong, true));
}

TEST_CASE("registry: a merchant's first wrong field is named") {
  CHECK(fault_of(tea_house(), false).empty());
  auto m = tea_house();
  m.id = {"M 1"};
  CHECK(fault_of(m, false) == "id");
  m.id = {std::string(33, 'M')};
  CHECK(fault_of(m, false) == "id");
  m = tea_house();
  m.name.clear();
  CHECK(fault_of(m, false) == "name");
  m.name = "line\nbreak";
  CHECK(fault_of(m, false) == "name");
  m = tea_house();
  m.products.push_back({payment_kind::quick_pay, 10, false, false});
  CHECK(fault_of(m, false) == "products");
  m = tea_house();
  m.products[0].fee_basis_points = fee_basis_points_max + 1;
  CHECK(fault_of(m, false) == "products");
  m.products[0].fee_basis_points = -1;
  CHECK(fault_of(m, false) == "products");
  m = tea_house();
  m.webhook_url = "http://tea.example/";
  CHECK(fault_of(m, false) == "webhook_url");
  CHECK(fault_of(m, true).empty());
  m.webhook_url.clear();
  CHECK(fault_of(m, false).empty());
}

TEST_CASE("registry: the same merchant again differs in nothing, whatever the order of its terms") {
  auto again = tea_house();
  std::swap(again.products[0], again.products[1]);
  again.webhook_url.clear();
  CHECK(differing_field(tea_house(), again).empty());
  again.products[0].fee_basis_points = 1;
  CHECK(differing_field(tea_house(), again) == "products");
  again.name = "Tea";
  CHECK(differing_field(tea_house(), again) == "name");
}

TEST_CASE("registry: a binding request's first wrong field is named") {
  CHECK(fault_of(a_wish()).empty());
  auto wish = a_wish();
  wish.request_id = "";
  CHECK(fault_of(wish) == "request_id");
  wish.request_id = "a b";
  CHECK(fault_of(wish) == "request_id");
  wish = a_wish();
  wish.card_number = "4242424242424241";
  CHECK(fault_of(wish) == "card_number");
  wish = a_wish();
  wish.holder = "user\n";
  CHECK(fault_of(wish) == "holder");
  wish = a_wish();
  const std::string longer(holder_name_bytes_max + 1, 'x');
  wish.holder_name = longer;
  CHECK(fault_of(wish) == "holder_name");
}

TEST_CASE("registry: a card's repeated request is told apart from another one under its id") {
  bound_card card;
  card.channel = {"icbc"};
  card.holder = "user:42";
  card.last_four = "4242";
  card.mandate = true;
  CHECK(differing_field(card, a_wish()).empty());
  auto wish = a_wish();
  wish.channel = "abc";
  CHECK(differing_field(card, wish) == "channel");
  wish = a_wish();
  wish.holder = "user:43";
  CHECK(differing_field(card, wish) == "holder");
  wish = a_wish();
  wish.card_number = "4000000000000002";
  CHECK(differing_field(card, wish) == "card_number");
  wish = a_wish();
  wish.mandate = false;
  CHECK(differing_field(card, wish) == "mandate");
}

TEST_CASE(
    "registry: a card's id follows from merchant and request, and its reference from the id") {
  const auto id = card_of_request({"M001"}, "req-1");
  CHECK(id.value.size() == 31);
  CHECK(id.value.starts_with("card_"));
  CHECK(id == card_of_request({"M001"}, "req-1"));
  CHECK(id != card_of_request({"M001"}, "req-2"));
  CHECK(card_of_request({"M1"}, "1/r") != card_of_request({"M11"}, "/r"));
  CHECK(reference_of(id).value == "bind_" + id.value.substr(5));
  CHECK(reference_of(id).value.size() <= 40);
}

TEST_CASE("registry: keys are long, never twice the same, and known by their hash") {
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto made = make_key(i % 2 == 0);
    REQUIRE(made);
    CHECK(made->key.starts_with(i % 2 == 0 ? "sk_test_" : "sk_live_"));
    CHECK(made->key.size() == 8 + 43);
    CHECK(made->key_id.size() == 18);
    CHECK(made->sha256_hex.size() == 64);
    seen.insert(made->key);
    seen.insert(made->key_id);
  }
  CHECK(seen.size() == 100);
}
