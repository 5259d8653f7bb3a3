// Operations of suanpan.v1 on gRPC's callback API, as ledger_service.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "suanpan/v1/operations.grpc.pb.h"

#include <memory>
#include <utility>

namespace suanpan::endpoint {

namespace detail {
using v1::Operations;
using raw_operations_rest = Operations::WithRawCallbackMethod_ListCases<
    Operations::WithRawCallbackMethod_GetCase<Operations::Service>>;
using raw_operations = Operations::WithRawCallbackMethod_ListNotifications<
    Operations::WithRawCallbackMethod_ResendNotifications<raw_operations_rest>>;
}  // namespace detail

class operations_service final : public detail::raw_operations {
 public:
  explicit operations_service(std::shared_ptr<ledger_context> context)
      : context_(std::move(context)) {}

  using bytes = grpc::ByteBuffer;
  using unary = grpc::ServerUnaryReactor;
  using call = grpc::CallbackServerContext;

  unary* ListNotifications(call* from, const bytes* in, bytes* out) override;
  unary* ResendNotifications(call* from, const bytes* in, bytes* out) override;
  unary* ListCases(call* from, const bytes* in, bytes* out) override;
  unary* GetCase(call* from, const bytes* in, bytes* out) override;

 private:
  std::shared_ptr<ledger_context> context_;
};

}  // namespace suanpan::endpoint
