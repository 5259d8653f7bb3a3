// One order of each kind through each lie of the bank: the table of tools/orders/order_cases. And
// then: did anything that happened on the way leave a secret behind?
#include "tests/scenarios/payment_town.hpp"
#include "tests/scenarios/secret_search.hpp"
#include "tools/orders/order_drill.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string>

using namespace suanpan;
using scenarios::kept_secret;
using scenarios::secret_search;

namespace {

// Of "sk_test_…" and "whsec_…" what is random, which may hold another _.
std::string random_part(const std::string& text) {
  for (const std::string prefix : {"sk_live_", "sk_test_", "whsec_"})
    if (text.starts_with(prefix)) return text.substr(prefix.size());
  throw std::runtime_error("no secret begins like this");
}

std::string file_text(const std::string& path) {
  std::string text;
  std::getline(std::ifstream(path), text);
  return text;
}

std::string told(const grpc::Status& status) {
  return status.error_message() + ' ' + status.error_details();
}

// A luckless merchant's program: everything that can be wrong about a secret, and what it is told.
class clumsy_program {
 public:
  clumsy_program(orders::order_drill& drill, const std::string& endpoint)
      : drill_(drill), endpoint_(endpoint) {}

  void run(secret_search& into) {
    binds_what_is_no_card(into);
    asks_with_what_is_no_key(into);
    changes_its_webhook(into);
  }
  std::vector<std::string> card_numbers;
  std::string wrong_key;
  std::string newest_webhook_secret;
  const std::string odd_holder = "Murong Nobody-Else";

 private:
  void binds_what_is_no_card(secret_search& into) {
    // The check digit is wrong; the bank refuses it; its request had another card's number.
    const std::array<std::array<std::string, 2>, 3> tries = {{{"odd-1", "6225889876540001"},
                                                              {"odd-2", "6225889800000002"},
                                                              {"card-honest", "6225889876543210"}}};
    for (const auto& [request, number] : tries) {
      card_numbers.push_back(number);
      v1::BindCardRequest asked;
      asked.set_merchant(drill_.client().id().value);
      asked.set_request_id(request);
      asked.set_card_number(number);
      asked.set_holder_name(odd_holder);
      grpc::ClientContext context;
      drill_.client().prepare(context, orders::milliseconds(10'000));
      v1::Card card;
      const auto status = drill_.client().merchants().BindCard(&context, asked, &card);
      CAPTURE(request);
      CHECK_FALSE(status.ok());
      into.read("errors", told(status));
    }
  }

  void asks_with_what_is_no_key(secret_search& into) {
    // Right but for its last letter.
    wrong_key = drill_.client().key();
    wrong_key.back() = wrong_key.back() == 'A' ? 'B' : 'A';
    orders::merchant_client stranger(endpoint_, drill_.client().id(), wrong_key);
    v1::Payment seen;
    const auto status = stranger.get({"drill-1"}, seen);
    CHECK(status.error_code() == grpc::StatusCode::UNAUTHENTICATED);
    into.read("errors", told(status));
  }

  void changes_its_webhook(secret_search& into) {
    v1::SetWebhookRequest request;
    request.set_merchant(drill_.client().id().value);
    request.set_url("ftp://127.0.0.1/hook");
    request.set_rotate_secret(true);
    into.read("errors", told(set_webhook(request)));
    request.set_url(drill_.receiver().url());
    CHECK(set_webhook(request).ok());
  }
  grpc::Status set_webhook(const v1::SetWebhookRequest& request) {
    grpc::ClientContext context;
    drill_.client().prepare(context, orders::milliseconds(10'000));
    v1::SetWebhookResponse response;
    auto status = drill_.client().merchants().SetWebhook(&context, request, &response);
    newest_webhook_secret = response.secret();
    return status;
  }

  orders::order_drill& drill_;
  std::string endpoint_;
};

// Whatever an API tells, a merchant hears, and the programs write.
void read_all(secret_search& into, scenarios::payment_town& town, orders::order_drill& drill) {
  for (const auto& one : drill.client().list()) {
    into.read("payments", one.DebugString());
    v1::PaymentLife life;
    if (drill.client().explain(one.id(), life).ok()) into.read("lives", life.DebugString());
  }
  for (const auto& one : drill.client().cases()) into.read("cases", one.DebugString());
  for (const auto& event : drill.receiver().events()) into.read("webhooks", event.body);
  into.read("metrics", faults::http_get(town.node().http_port(), "/metrics").body);
  into.read("readyz", town.node().readyz().body);
  into.read_files("node", town.node().directory());
  into.read_files("bank", town.directory());
  into.read_files("postgres", testing::sql_value(town.dsn(), "SHOW data_directory") + "/../log");
  into.read_database(town.dsn());
}

std::vector<kept_secret> secrets_of(const orders::order_drill& drill, const std::string& key,
                                    const clumsy_program& clumsy, const std::string& dsn) {
  std::vector<kept_secret> all = {
      {"the merchant's key", random_part(key)},
      {"a key that is none", random_part(clumsy.wrong_key)},
      {"the channel's secret",
       file_text(std::string(SUANPAN_SOURCE_DIR) + "/config/channels.dev.secret")},
      {"a holder's name", std::string(orders::card_holder_name)},
      {"another holder's name", clumsy.odd_holder},
      // What is sent is signed with these two, so the database has them as they are: there alone.
      {"the former webhook secret",
       random_part(drill.webhook_secret()),
       {"suanpan.merchant.former_webhook_secret"}},
      {"the webhook secret",
       random_part(clumsy.newest_webhook_secret),
       {"suanpan.merchant.webhook_secret"}},
  };
  for (const auto* numbers : {&drill.card_numbers(), &clumsy.card_numbers})
    for (const auto& number : *numbers) all.push_back({"card number " + number, number});
  // The bank's word for a card: the bank is asked with it, and knows it in its own books.
  for (const auto& row : testing::sql(dsn, "SELECT token FROM suanpan.card"))
    all.push_back({"token " + row[0], row[0], {"suanpan.card.token", "bank/bank/journal"}});
  return all;
}

void expect_found(const secret_search& in, const std::string& text, const std::string& place) {
  CAPTURE(text);
  CHECK_MESSAGE(in.places_of(text).contains(place), "the search does not see ", place);
}

void expect_no_secrets(scenarios::payment_town& town, orders::order_drill& drill) {
  clumsy_program clumsy(drill, town.endpoint());
  secret_search left_behind;
  clumsy.run(left_behind);
  read_all(left_behind, town, drill);

  // Nothing found means nothing unless each place is seen.
  const auto& merchant = drill.client().id().value;
  const auto number = std::string("drill-1");
  const auto last_four = drill.card_numbers().front().substr(12);
  expect_found(left_behind, last_four, "suanpan.card.last_four");
  expect_found(left_behind, number, "suanpan.payment_order_key.number");
  expect_found(left_behind, number, "payments");
  expect_found(left_behind, number, "webhooks");
  expect_found(left_behind, "attempt", "lives");
  expect_found(left_behind, "summary", "cases");
  expect_found(left_behind, "CARD_NUMBER_INVALID", "errors");
  expect_found(left_behind, "suanpan_build_info", "metrics");
  expect_found(left_behind, "merchant " + merchant + " is registered", "node/node.log");
  expect_found(left_behind, "tok_", "bank/bank/journal");
  expect_found(left_behind, "listen", "bank/bank.log");
  expect_found(left_behind, "ready to accept connections", "postgres/postgresql.log");
  // Of a key there is its hash.
  const auto key = drill.client().key();
  const auto hash =
      testing::sql_value(town.dsn(), "SELECT encode(sha256('" + key + "'::bytea), 'hex')");
  expect_found(left_behind, hash, "suanpan.api_key.sha256");

  for (const auto& secret : secrets_of(drill, key, clumsy, town.dsn())) {
    const auto anywhere = left_behind.leaks_of({secret.name, secret.text});
    for (const auto& place : secret.needed_in)
      CHECK_MESSAGE(anywhere.contains(place), secret.name, " is not seen in ", place);
    for (const auto& place : left_behind.leaks_of(secret))
      CHECK_MESSAGE(false, secret.name, " is in ", place);
  }
}

}  // namespace

TEST_CASE("scenario: a secret is found in plain text, in hex and in base64, and where it may be") {
  const kept_secret secret{"a secret", "0123456789", {"home"}};
  secret_search in;
  in.read("home", "0123456789");
  in.read("nowhere", "012345678 9 30313233343536373 MDEyMzQ1Nj");
  CHECK(in.leaks_of(secret).empty());
  in.read("plain", "x0123456789x");
  in.read("hex", "\\x30313233343536373839");
  in.read("base64", "key=MDEyMzQ1Njc4OQ==");
  CHECK(in.leaks_of(secret) == std::set<std::string>{"plain", "hex", "base64"});
}

TEST_CASE(
    "scenario: every kind of order comes to its one right end through every lie of the bank") {
  scenarios::payment_town town({.node = {"node.log_level=trace"}});
  orders::order_drill drill(
      {.endpoint = town.endpoint(), .bank_address = town.bank_address(), .serial = "scenario"});
  const auto result = drill.run([](const auto&) {});
  for (const auto& fault : result.faults) CHECK_MESSAGE(false, fault);
  for (const auto& difference : result.differences) CHECK_MESSAGE(false, difference);
  CHECK(result.orders.size() > 90);
  CHECK(result.notifications >= result.orders.size());
  CHECK(result.refused_notifications == 0);
  const auto verified = town.verified();
  CHECK_MESSAGE(verified.starts_with("verify: ok "), verified);
  expect_no_secrets(town, drill);
  if (!result.faults.empty() || !result.differences.empty()) town.keep();
}
