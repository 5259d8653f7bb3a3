#include "tools/bench/silent_payouts.hpp"

#include "tools/bench/order_stream.hpp"
#include "tools/orders/order_cases.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace suanpan::bench {
namespace {

constexpr std::int64_t payout_amount = 100;
constexpr std::int64_t funds = 5'000'000'00;
constexpr std::uint32_t no_fee = 0;
constexpr const char* nowhere = "http://127.0.0.1:9/";  // nobody listens; payouts here end late

std::string serial() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// What the merchant pays out must have come in.
void fund(orders::merchant_client& pays) {
  const auto card = pays.bind({.request = "funds",
                               .number = orders::card_number_of(bank::behaviour::honest, 2),
                               .holder = "user:silence"});
  v1::Payment seen;
  const auto status = pays.create({.number = {"funds"}, .amount = {funds}, .card = card}, seen);
  if (!status.ok() || seen.state() != v1::PAYMENT_STATE_SUCCEEDED)
    throw std::runtime_error("the payouts have no money: " + status.error_message());
}

}  // namespace

silent_payouts::silent_payouts(const std::string& endpoint, std::uint32_t at_once) {
  orders::merchant_client pays(endpoint, {"silence-" + serial()});
  static_cast<void>(pays.register_merchant(nowhere, no_fee));
  pays.use_new_key();
  fund(pays);
  const auto card =
      pays.bind({.request = "silence",
                 .number = orders::card_number_of(bank::behaviour::timeout_then_nothing, 3),
                 .holder = "user:silence"});
  v1::CreatePayoutRequest like;
  like.set_merchant(pays.id().value);
  like.set_amount(payout_amount);
  like.set_currency("CNY");
  like.set_card(card.value);
  using stream = order_stream<v1::CreatePayoutRequest>;
  thread_ =
      std::thread([this, own = pays.on_another_connection(endpoint, 1), like, at_once]() mutable {
        std::uint64_t last = 0;
        stream(std::move(own),
               {.with = &v1::Payments::Stub::AsyncCreatePayout,
                .like = like,
                .in_flight = at_once,
                .next_number = [&last] { return "silent-" + std::to_string(++last); },
                .ended =
                    [this](const ended_order& one) {
                      const bool unknown =
                          one.status.ok() && one.answer.state() == v1::PAYMENT_STATE_UNKNOWN;
                      ++(unknown ? unknown_ : others_);
                    }})
            .run(stopping_);
      });
}

silent_payouts::~silent_payouts() {
  stopping_ = true;
  thread_.join();
}

}  // namespace suanpan::bench
