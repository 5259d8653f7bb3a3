// Merchants of suanpan.v1 on gRPC's callback API, as ledger_service.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "suanpan/v1/merchants.grpc.pb.h"

#include <memory>
#include <utility>

namespace suanpan::endpoint {

namespace detail {
using v1::Merchants;
using raw_merchants_rest = Merchants::WithRawCallbackMethod_SetWebhook<
    Merchants::WithRawCallbackMethod_BindCard<Merchants::WithRawCallbackMethod_UnbindCard<
        Merchants::WithRawCallbackMethod_ListCards<Merchants::Service>>>>;
using raw_merchants = Merchants::WithRawCallbackMethod_CreateMerchant<
    Merchants::WithRawCallbackMethod_GetMerchant<Merchants::WithRawCallbackMethod_CreateApiKey<
        Merchants::WithRawCallbackMethod_RevokeApiKey<raw_merchants_rest>>>>;
}  // namespace detail

class merchant_service final : public detail::raw_merchants {
 public:
  explicit merchant_service(std::shared_ptr<ledger_context> context)
      : context_(std::move(context)) {}

  using bytes = grpc::ByteBuffer;
  using unary = grpc::ServerUnaryReactor;
  using call = grpc::CallbackServerContext;

  unary* CreateMerchant(call* from, const bytes* in, bytes* out) override;
  unary* GetMerchant(call* from, const bytes* in, bytes* out) override;
  unary* CreateApiKey(call* from, const bytes* in, bytes* out) override;
  unary* RevokeApiKey(call* from, const bytes* in, bytes* out) override;
  unary* SetWebhook(call* from, const bytes* in, bytes* out) override;
  unary* BindCard(call* from, const bytes* in, bytes* out) override;
  unary* UnbindCard(call* from, const bytes* in, bytes* out) override;
  unary* ListCards(call* from, const bytes* in, bytes* out) override;

 private:
  std::shared_ptr<ledger_context> context_;
};

}  // namespace suanpan::endpoint
