// One order number is one payment (R4): however often, over however many connections, and whatever
// else is said under it. The bank of these cases moves money each time that it is asked.
#include "protocol/wire/errors.hpp"
#include "tests/scenarios/payment_town.hpp"
#include "tools/orders/bank_truth.hpp"
#include "tools/orders/merchant_client.hpp"
#include "tools/orders/order_cases.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace suanpan;
using orders::merchant_client;
using orders::milliseconds;

namespace {

constexpr int connections = 20;
constexpr int calls = 100;
constexpr milliseconds patience{60'000};

struct answer {
  grpc::Status status;
  v1::Payment payment;
};

class crowded_shop {
 public:
  crowded_shop()
      : town({.bank = {"--no-dedupe", "--work-ms", "300"}}), client(town.endpoint(), {"crowded"}) {
    (void)client.register_merchant("", 60);
    client.use_new_key();
    for (int n = 0; n < 2; ++n)
      cards.push_back(client.bind({.request = "card-" + std::to_string(n),
                                   .number = orders::card_number_of(bank::behaviour::honest, n),
                                   .holder = ""}));
    for (int n = 0; n < connections; ++n)
      clients.push_back(client.on_another_connection(town.endpoint(), n));
  }

  [[nodiscard]] v1::CreateQuickPayRequest quick_pay(const std::string& number) const {
    v1::CreateQuickPayRequest request;
    request.set_merchant(client.id().value);
    request.set_order_number(number);
    request.set_amount(12'345);
    request.set_currency("CNY");
    request.set_card(cards.front().value);
    return request;
  }

  // As a merchant's program does: again while a copy of it is being worked on.
  static answer ask(merchant_client& over, const v1::CreateQuickPayRequest& request) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      answer told;
      grpc::ClientContext context;
      over.prepare(context, milliseconds(20'000));
      told.status = over.payments().CreateQuickPay(&context, request, &told.payment);
      const auto code = told.status.error_code();
      const bool again = code == grpc::StatusCode::ABORTED || code == grpc::StatusCode::UNAVAILABLE;
      if (!again || std::chrono::steady_clock::now() > until) return told;
      faults::pause_for(milliseconds(20));
    }
  }

  // One of each request, all at once.
  std::vector<answer> ask_at_once(const std::vector<v1::CreateQuickPayRequest>& requests) {
    std::vector<answer> told(requests.size());
    std::vector<std::thread> threads;
    std::latch start(static_cast<std::ptrdiff_t>(requests.size()));
    for (std::size_t i = 0; i < requests.size(); ++i)
      threads.emplace_back([this, &requests, &told, &start, i] {
        start.arrive_and_wait();
        told[i] = ask(clients[i % clients.size()], requests[i]);
      });
    for (auto& one : threads) one.join();
    return told;
  }

  [[nodiscard]] std::string rows_of(const std::string& number) const {
    return testing::sql_value(
        town.dsn(),
        "SELECT count(DISTINCT p.id)||' payments, '||count(a.payment)||' attempts' FROM"
        " suanpan.payment p LEFT JOIN suanpan.payment_attempt a ON a.payment = p.id"
        " WHERE p.number = '" +
            number + "'");
  }
  /// Amounts that the bank took from cards, in its order.
  [[nodiscard]] std::vector<std::int64_t> charges() const {
    std::vector<std::int64_t> amounts;
    for (const auto& entry : orders::read_bank_ledger(town.bank_address()))
      if (entry.kind == "pay" && entry.declined.empty()) amounts.push_back(entry.amount.value);
    return amounts;
  }

  scenarios::payment_town town;
  merchant_client client;
  std::vector<card_id> cards;
  std::vector<merchant_client> clients;
};

// "IDEMPOTENCY_KEY_REUSED field=amount".
std::string refusal_of(const answer& told) {
  if (told.status.ok()) return "none";
  const auto error = wire::read_error(told.status);
  if (!error) return told.status.error_message();
  std::string text = error->reason;
  for (const auto& [key, value] : error->metadata) text += ' ' + key + '=' + value;
  return text;
}

}  // namespace

TEST_CASE("scenario: one order number sent a hundred times at once is one payment (R4)") {
  crowded_shop shop;
  const auto told =
      shop.ask_at_once(std::vector<v1::CreateQuickPayRequest>(calls, shop.quick_pay("crowd-1")));
  std::set<std::string> ids;
  int first = 0;
  for (const auto& one : told) {
    CHECK(refusal_of(one) == "none");
    // A copy is told how the order stood when it came.
    if (!one.payment.replayed()) CHECK(one.payment.state() == v1::PAYMENT_STATE_SUCCEEDED);
    ids.insert(one.payment.id());
    if (!one.payment.replayed()) ++first;
  }
  CHECK(ids.size() == 1);
  CHECK(first == 1);
  const auto again = crowded_shop::ask(shop.client, shop.quick_pay("crowd-1"));
  CHECK(again.payment.replayed());
  CHECK(again.payment.state() == v1::PAYMENT_STATE_SUCCEEDED);
  CHECK(shop.rows_of("crowd-1") == "1 payments, 1 attempts");
  CHECK(shop.charges() == std::vector<std::int64_t>{12'345});

  struct change {
    std::string field;
    void (*make)(v1::CreateQuickPayRequest&);
  };
  const std::vector<change> changes = {
      {"amount", [](v1::CreateQuickPayRequest& r) { r.set_amount(12'346); }},
      {"currency", [](v1::CreateQuickPayRequest& r) { r.set_currency("USD"); }},
      {"cards_max", [](v1::CreateQuickPayRequest& r) { r.set_cards_max(2); }},
      {"description", [](v1::CreateQuickPayRequest& r) { r.set_description("other"); }},
      {"expires_at_micros",
       [](v1::CreateQuickPayRequest& r) { r.set_expires_at_micros(4'000'000'000'000'000); }},
  };
  for (const auto& one : changes) {
    auto request = shop.quick_pay("crowd-1");
    one.make(request);
    CHECK(refusal_of(crowded_shop::ask(shop.client, request)) ==
          "IDEMPOTENCY_KEY_REUSED field=" + one.field);
  }
  auto other_card = shop.quick_pay("crowd-1");
  other_card.set_card(shop.cards.back().value);
  CHECK(refusal_of(crowded_shop::ask(shop.client, other_card)) ==
        "IDEMPOTENCY_KEY_REUSED field=card");
  v1::Payment none;
  const auto other_kind = shop.client.create({.kind = payment_kind::payout,
                                              .number = {"crowd-1"},
                                              .amount = {12'345},
                                              .card = shop.cards.front()},
                                             none);
  CHECK(refusal_of({other_kind, none}) == "IDEMPOTENCY_KEY_REUSED field=kind");
  CHECK(shop.rows_of("crowd-1") == "1 payments, 1 attempts");
  CHECK(shop.charges().size() == 1);
  const auto verified = shop.town.verified();
  CHECK_MESSAGE(verified.starts_with("verify: ok "), verified);
}

TEST_CASE(
    "scenario: of two contents at once under one number one is paid, the other refused (R4)") {
  crowded_shop shop;
  std::vector<v1::CreateQuickPayRequest> requests(calls, shop.quick_pay("crowd-2"));
  for (std::size_t i = 0; i < requests.size(); i += 2) requests[i].set_amount(777);
  const auto told = shop.ask_at_once(requests);
  const auto charged = shop.charges();
  REQUIRE(charged.size() == 1);
  int paid = 0;
  for (std::size_t i = 0; i < told.size(); ++i) {
    const bool won = requests[i].amount() == charged.front();
    CHECK(refusal_of(told[i]) == (won ? "none" : "IDEMPOTENCY_KEY_REUSED field=amount"));
    if (won) CHECK(told[i].payment.amount() == charged.front());
    if (told[i].status.ok()) ++paid;
  }
  CHECK(paid == calls / 2);
  CHECK(shop.rows_of("crowd-2") == "1 payments, 1 attempts");
  const auto verified = shop.town.verified();
  CHECK_MESSAGE(verified.starts_with("verify: ok "), verified);
}
