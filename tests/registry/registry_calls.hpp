// Calls of the registry whose answers a test reads itself.
#pragma once

#include "protocol/messages/registry_requests.hpp"

#include <memory>
#include <string>

namespace suanpan::testing {

template <class Call>
class told final : public Call {
 public:
  void finish() noexcept override { ++finished; }
  int finished = 0;
};

inline std::shared_ptr<told<merchant_creation>> creation_of(
    const std::string& id, const std::string& url = "https://tea.example/hook") {
  auto call = std::make_shared<told<merchant_creation>>();
  call->asked.id = {id};
  call->asked.name = "Tea";
  call->asked.products = {{payment_kind::quick_pay, 60, false, false},
                          {payment_kind::withholding, 30, false, false}};
  call->asked.webhook_url = url;
  return call;
}

inline std::shared_ptr<told<card_binding_call>> binding_of(const std::string& merchant,
                                                           const std::string& request) {
  auto call = std::make_shared<told<card_binding_call>>();
  call->merchant = {merchant};
  call->request_id = request;
  call->holder = "user:42";
  call->holder_name = "Li Lei";
  call->card_number = "4242424242424242";
  call->mandate = true;
  call->answer_by_micros = 1'795'392'005'000'000;
  return call;
}

inline std::shared_ptr<told<card_unbinding_call>> unbinding_of(const std::string& merchant,
                                                               const card_id& card) {
  auto call = std::make_shared<told<card_unbinding_call>>();
  call->merchant = {merchant};
  call->card = card;
  return call;
}

}  // namespace suanpan::testing
