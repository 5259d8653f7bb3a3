// From the configuration to an adapter that speaks to a bank.
#include "actors/channel/make_channels.hpp"

#include "tests/channel/scripted_server.hpp"
#include "tests/channel/waiting.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <string>

namespace suanpan {
namespace {

// The body of a charge as it comes to the bank.
std::string charge_of(config::channel_config configured, const callback_address* reached_at) {
  std::mutex guard;
  std::string body;
  scripted_server bank([&](const served_request& asked) {
    const std::scoped_lock lock(guard);
    body = asked.body;
    return http_answer(200, "{}");
  });
  configured.name = {"alpha"};
  configured.url = bank.url();
  configured.merchant_at_bank = "US";
  configured.secret = "a secret of the bank";
  const system_wall_clock clock;
  http_client client{{}};
  const auto channels = make_channels({configured}, {&client, &clock, reached_at});
  channel_request charge;
  charge.operation = channel_operation::charge;
  charge.reference = {"one"};
  charge.amount = {100};
  charge.ccy = *parse_currency("CNY");
  charge.token = "token";
  charge.deadline_micros = clock.unix_micros() + 5'000'000;
  const answers<channel_answer> said;
  channels.front().adapter->start(charge, said.taker());
  static_cast<void>(said.wait(1));
  const std::scoped_lock lock(guard);
  return body;
}

bool asks_for_callbacks(const std::string& body) {
  return body.find("callback_url") != std::string::npos;
}

TEST_CASE("a bank is asked to call back where it may, and can") {
  callback_address here;
  here.set("https://pay.example.org");
  const auto asked = charge_of({}, &here);
  CHECK(asked.find("https://pay.example.org/callbacks/alpha") != std::string::npos);
  CHECK_FALSE(asks_for_callbacks(charge_of({.callbacks = false}, &here)));
  CHECK_FALSE(asks_for_callbacks(charge_of({}, nullptr)));
}

}  // namespace
}  // namespace suanpan
