// Methods of Merchants: each is handed to the registrar.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"
#include "protocol/messages/registry_requests.hpp"
#include "protocol/wire/payments.hpp"

#include <string>
#include <utility>
#include <variant>

namespace suanpan::endpoint {

/// Why the registrar refused a call.
struct registry_refusal {
  registry_result result = registry_result::none;
  std::string field;
  payment_failure failure;
};
[[nodiscard]] wire::request_error error_of(const registry_refusal& refused, rpc_method method);

/// What they share; `Asked`: of registry_requests.hpp.
template <class Asked>
class registry_rpc : public queued_call, public Asked {
 public:
  void finish() noexcept final {
    leave_queue();
    if (!claim()) return;
    const auto ended = Asked::result;
    if (ended != registry_result::done && ended != registry_result::replayed)
      return refuse(error_of({ended, Asked::field, failure_of(*this)}, method_));
    tell();
  }

 protected:
  using queued_call::queued_call;
  /// Hands it to the registrar.
  void ask();
  /// It was done, or had been.
  virtual void tell() = 0;
  /// Finds whom the call acts for; otherwise it is refused already, and false.
  [[nodiscard]] bool take_merchant(const std::string& named, merchant_id& into) {
    auto whose = wire::merchant_of(own_merchant(*who_), named);
    if (const auto* error = std::get_if<wire::request_error>(&whose)) {
      refuse_now(*error);
      return false;
    }
    into = std::get<merchant_id>(std::move(whose));
    return true;
  }

 private:
  template <class Call>
  static payment_failure failure_of(const Call& call) {
    if constexpr (requires { call.failure; })
      return call.failure;
    else
      return {};
  }
};

/// CreateMerchant.
class create_merchant_call final : public registry_rpc<merchant_creation> {
 public:
  explicit create_merchant_call(const arrival& from)
      : registry_rpc(from, rpc_method::create_merchant) {}

 private:
  void begin() override;
  void tell() override;
};

/// GetMerchant.
class get_merchant_call final : public registry_rpc<merchant_read> {
 public:
  explicit get_merchant_call(const arrival& from) : registry_rpc(from, rpc_method::get_merchant) {}

 private:
  void begin() override;
  void tell() override;
};

/// CreateApiKey.
class create_api_key_call final : public registry_rpc<key_creation> {
 public:
  explicit create_api_key_call(const arrival& from)
      : registry_rpc(from, rpc_method::create_api_key) {}

 private:
  void begin() override;
  void tell() override;
};

/// RevokeApiKey.
class revoke_api_key_call final : public registry_rpc<key_revocation> {
 public:
  explicit revoke_api_key_call(const arrival& from)
      : registry_rpc(from, rpc_method::revoke_api_key) {}

 private:
  void begin() override;
  void tell() override;
};

/// SetWebhook.
class set_webhook_call final : public registry_rpc<webhook_change> {
 public:
  explicit set_webhook_call(const arrival& from) : registry_rpc(from, rpc_method::set_webhook) {}

 private:
  void begin() override;
  void tell() override;
};

/// BindCard.
class bind_card_call final : public registry_rpc<card_binding_call> {
 public:
  explicit bind_card_call(const arrival& from) : registry_rpc(from, rpc_method::bind_card) {}

 private:
  void begin() override;
  void tell() override;
};

/// UnbindCard.
class unbind_card_call final : public registry_rpc<card_unbinding_call> {
 public:
  explicit unbind_card_call(const arrival& from) : registry_rpc(from, rpc_method::unbind_card) {}

 private:
  void begin() override;
  void tell() override;
};

/// ListCards.
class list_cards_call final : public registry_rpc<card_list_read> {
 public:
  explicit list_cards_call(const arrival& from) : registry_rpc(from, rpc_method::list_cards) {}

 private:
  void begin() override;
  void tell() override;

  std::string filter_;
  std::uint32_t page_size_ = 0;
};

}  // namespace suanpan::endpoint
